"""`--mode=latent_map`: a map of z, coloured by what a classifier takes the images for."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data import is_in_data_dir
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files.writing import write_json
from wgan_tf.metrics.purity import K, Purity, purity
from wgan_tf.training.judging import find_judge, no_judge
from wgan_tf.visualize.class_map import class_map, thumbnails
from wgan_tf.visualize.page import read_png
from wgan_tf.visualize.projector import write_projector
from wgan_tf.visualize.tsne import tsne_embedding


def run(config) -> list[Path]:
    """Draws `--map_samples` latents by their images' classes, and measures how they lie together.

    Returns:
        The pictures.

    Raises:
        UsageError: too few samples for neighbourhoods.
        UserError: z has a single value, or there is no classifier; see `judging.find_judge`.
    """
    count = config.latent.map_samples
    if count <= K:
        raise UsageError(
            f"--map_samples={count}: must be more than the {K} neighbours that are looked at"
        )
    reason = no_judge(config)
    if reason:
        raise UserError(f"{reason}: name the folder of a classifier with --judge_dir")
    model = runs.load_trained(config)
    if model.z_dim < 2:
        raise UserError("--mode=latent_map: z has a single value, which is no map")
    judge = find_judge(config)
    z = np.asarray(model.sample_z(count, config.run.seed))
    images = np.asarray(model.generate(z))
    probabilities = judge.probabilities(images)
    classes, confidence = probabilities.argmax(1), probabilities.max(1)
    names = _class_names(config, probabilities.shape[1])
    found = purity(z, classes, seed=config.run.seed)
    folder = Path(config.run.logs_dir)
    paths, report = draw(folder / "images", z, classes, names, found, config.run.seed)
    report = {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "samples": count,
        "class_names": names,
        "shares": np.bincount(classes, minlength=len(names)) / count,
        "confidence_mean": confidence.mean(),
        "neighbours": K,
        "purity": found.value,
        "purity_error": found.error,
        "purity_by_chance": found.chance,
        "purity_by_chance_spread": found.chance_spread,
        **report,
    }
    write_json(folder / "latent_map.json", report)
    metadata = {"class": [names[each] for each in classes], "confidence": confidence.round(4)}
    write_projector(folder / "latent_map", "latents", z, metadata, thumbnails(images))
    _write_events(folder / "latent_map", report, paths)
    print(f"latent_map: {count} latents, {_sentence(found)}: {paths[0]}")
    return paths


def draw(folder: Path, z, classes, names, found: Purity, seed: int) -> tuple[list[Path], dict]:
    """The map itself where z has two values, else two views of it.

    Args:
        folder: of the pictures.
        z: (n, z_dim), z_dim at least 2.
        classes: int (n,).
        names: of all classes.
        found: what is measured, for the captions.
        seed: of t-SNE.

    Returns:
        The pictures, and what `latent_map.json` says of the views.
    """
    note = _sentence(found)
    if z.shape[1] == 2:
        path = folder / "latent_map.png"
        class_map(path, z, classes, names, "Which z gives which class", note, ("z 0", "z 1"))
        return [path], {"view": "exact"}
    from sklearn.decomposition import PCA

    paths = [folder / f"latent_map_{view}.png" for view in ("pca", "tsne")]
    pca = PCA(2, random_state=seed).fit(z)
    shares = pca.explained_variance_ratio_
    title = f"Which z gives which class: PCA, {shares.sum():.1%} of the variance of z"
    axes = tuple(f"component {k + 1} ({share:.1%})" for k, share in enumerate(shares))
    class_map(paths[0], pca.transform(z), classes, names, title, note, axes)
    print(f"t-SNE of {len(z)} points")
    embedding = tsne_embedding(z, seed)
    class_map(paths[1], embedding, classes, names, "Which z gives which class: t-SNE", note)
    return paths, {"view": "pca, t-SNE", "variance_explained": shares}


def _class_names(config, count: int) -> list[str]:
    """Those of the data where it has any and is at hand, else numbers."""
    numbers = [str(number) for number in range(count)]
    if is_in_data_dir(config.data.dataset):  # It names no classes, and would be read to say so.
        return numbers
    try:
        names = list(runs.open_images(config).class_names or ())
    except UserError:
        return numbers
    return names if len(names) == count else numbers


def _sentence(found: Purity) -> str:
    return (
        f"{found.value:.1%} ± {found.error:.1%} of the {K} nearest neighbours in z have the same "
        f"class, by chance {found.chance:.1%}"
    )


def _write_events(folder: Path, report: dict, paths: list[Path]) -> None:
    """TensorBoard's entry, without which it would not list the projector either."""
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default(step=report["iteration"]):
        for name in ("purity", "purity_by_chance", "confidence_mean"):
            tf.summary.scalar(f"latent_map/{name}", report[name])
        for path in paths:
            tf.summary.image(f"latent_map/{path.stem}", read_png(path)[None])
    writer.close()
