"""`--mode=latent_map`: a map of z, coloured by what a classifier takes the images for."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data import is_in_data_dir
from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics.purity import K, Purity, purity
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.training.judging import find_judge, no_judge
from wgan_tf.visualize.class_map import class_map, thumbnails
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
    neighbours = purity(z, classes, seed=config.run.seed)
    iteration = int(model.iteration.numpy())
    with Artefacts(config.run.logs_dir, "latent_map", iteration) as artefacts:
        views = _draw(artefacts, z, classes, names, _sentence(neighbours), config.run.seed)
        figures = {
            "iteration": iteration,
            "seed": config.run.seed,
            "samples": count,
            "class_names": names,
            "shares": np.bincount(classes, minlength=len(names)) / count,
            "confidence_mean": confidence.mean(),
            "neighbours": K,
            "purity": neighbours.value,
            "purity_error": neighbours.error,
            "purity_by_chance": neighbours.chance,
            "purity_by_chance_spread": neighbours.chance_spread,
            **views,
        }
        artefacts.figures(figures)
        artefacts.arrays(z=z, classes=classes)
        metadata = {
            "class": [names[number] for number in classes],
            "confidence": confidence.round(4),
        }
        folder = artefacts.folder / "latent_map"
        write_projector(folder, "latents", z, metadata, thumbnails(images))
        # TensorBoard lists a projector only beside an event file.
        for name in ("purity", "purity_by_chance", "confidence_mean"):
            artefacts.scalar(f"latent_map/{name}", figures[name])
        for path in artefacts.pictures:
            artefacts.show(f"latent_map/{path.stem}", path)
    print(f"latent_map: {count} latents, {_sentence(neighbours)}: {artefacts.pictures[0]}")
    return artefacts.pictures


def _draw(artefacts: Artefacts, z, classes, names, note: str, seed: int) -> dict:
    """The map itself where z has two values, else two views of it.

    Args:
        artefacts: where the pictures go.
        z: (n, z_dim), z_dim at least 2.
        classes: int (n,).
        names: of all classes.
        note: what is measured.
        seed: of t-SNE.

    Returns:
        What `latent_map.json` says of the views.
    """
    title = "Which z gives which class"
    if z.shape[1] == 2:
        path = artefacts.image_path("latent_map.png")
        class_map(path, z, classes, names, title, note, ("z 0", "z 1"))
        return {"view": "exact"}
    from sklearn.decomposition import PCA

    pca = PCA(2, random_state=seed).fit(z)
    shares = pca.explained_variance_ratio_
    of_pca = f"{title}: PCA, {shares.sum():.1%} of the variance of z"
    axes = tuple(f"component {k + 1} ({share:.1%})" for k, share in enumerate(shares))
    path = artefacts.image_path("latent_map_pca.png")
    class_map(path, pca.transform(z), classes, names, of_pca, note, axes)
    print(f"t-SNE of {len(z)} points")
    path = artefacts.image_path("latent_map_tsne.png")
    class_map(path, tsne_embedding(z, seed), classes, names, f"{title}: t-SNE", note)
    return {"view": "pca, t-SNE", "variance_explained": shares}


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


def _sentence(neighbours: Purity) -> str:
    return (
        f"{neighbours.value:.1%} ± {neighbours.error:.1%} of the {K} nearest neighbours in z have "
        f"the same class, by chance {neighbours.chance:.1%}"
    )
