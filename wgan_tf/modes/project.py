"""`--mode=project`: the z whose image is nearest to a given one."""

import os
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.config.latent import DISTANCES
from wgan_tf.data.image_set import read_image, read_images
from wgan_tf.data.order import batch
from wgan_tf.errors import UsageError
from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.project import Projection, project
from wgan_tf.runs.artefacts import write_images
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.grid import save_png
from wgan_tf.visualize.projection import plot_distances

NAMES = {
    "l1": "mean absolute difference",
    "l2": "mean squared difference",
    "features": "relative squared difference of features",
}
# Columns of the picture, at least so many that its text fits.
_SHOWN, _FEWEST = 8, 3


def run(config) -> list[Path]:
    """Finds the z's that are nearest to `--target`, or to real images, and shows them.

    Returns:
        The pictures.

    Raises:
        UsageError: there is no such target.
        UserError: it is no image; without one, the run's data is gone.
    """
    targets, what = open_targets(config)
    model = runs.load_trained(config)
    result = search(config, model, targets)
    changed, gain = difference(targets, result.images)
    figures = _figures(config, targets, result)
    folder = Path(config.run.logs_dir)
    paths = [folder / "images" / "project.png", folder / "images" / "project_plot.png"]
    save_png(paths[0], draw(config, targets, result, changed, gain))
    plot_distances(
        paths[1], result.curve_steps, result.curve, "Finding z", NAMES[config.latent.distance]
    )
    write_json(
        folder / "project.json",
        {
            "iteration": int(model.iteration.numpy()),
            "target": what,
            "seed": config.run.seed,
            "difference_gain": gain,
            **figures,
        },
    )
    with written_whole(folder / "project.npz") as unfinished:
        np.savez_compressed(
            unfinished,
            target=targets,
            found=result.images,
            z=result.z,
            nearest_start=result.start_images,
        )
    _write_events(folder / "project", targets, result, changed, gain)
    print(_line(config, figures, what))
    return paths


def open_targets(config) -> tuple[np.ndarray, str]:
    """The images to find z's for, float32 (n, h, w, c) in [-1, 1], and which they are.

    Raises:
        UsageError: there is no such file or folder.
        UserError: it holds no image; without one, the run's data is gone.
    """
    data, given, most = config.data, config.latent.target, config.latent.targets
    form = {"crop": data.crop, "size": data.size, "channels": data.channels}
    if given is None:
        source, what = runs.open_unseen(config)
        return batch(source, min(most, source.count), config.run.seed), what
    path = Path(os.path.expanduser(given))
    if not path.exists():
        raise UsageError(f"--target={given}: there is no such file or folder")
    if path.is_dir() or path.suffix.lower() == ".npz":
        return read_images(path, most, **form), given
    return read_image(path, **form), given


def search(config, model, targets: np.ndarray) -> Projection:
    """Runs `refine.project` under a progress bar."""
    latent, refinement = config.latent, config.refinement
    total = len(targets) * max(latent.starts, model.one_hot) * refinement.nr_iter_vis

    def features(images):
        return model.judged(images).features

    with tqdm(total=total, desc="project", unit=" z steps", dynamic_ncols=True) as bar:

        def on_record(done, distance):
            bar.set_postfix_str(f"distance {distance:.4f}", refresh=False)
            bar.update(done - bar.n)

        return project(
            model,
            targets,
            DISTANCES[latent.distance],
            look=features if latent.distance == "features" else tf.identity,
            starts=latent.starts,
            steps=refinement.nr_iter_vis,
            rate=refinement.iterator_learning_rate,
            seed=config.run.seed,
            on_record=on_record,
        )


def draw(config, targets, result: Projection, changed, gain: float) -> np.ndarray:
    """The first targets, the nearest of as many random samples as starts, what was found, and
    the difference: from top to bottom, or of a single target from left to right.
    """
    shown, title = min(_SHOWN, len(targets)), f"Nearest z: {NAMES[config.latent.distance]}"
    some = f", the first {shown} of {len(targets)}" if len(targets) > shown else ""
    starts, steps = result.starts.shape[1], config.refinement.nr_iter_vis
    before, after = ([f"{v:.4f}" for v in values] for values in (result.before, result.after))
    noise = [f"{value:.1f} dB" for value in psnr(result.images, targets)]
    rows = (
        (f"target{some}", targets, [""] * shown),
        (f"nearest of {starts} random samples", result.start_images, before),
        (f"found after {steps} steps", result.images, after),
        (f"found - target, {gain:.2g} times", changed, noise),
    )
    if shown == 1:
        names, images, captions = zip(*rows, strict=True)
        captions = [each[0] for each in captions]
        images = np.concatenate(images)
        return sheet(images, captions, columns=len(rows), column_names=names, title=title)
    columns = max(shown, _FEWEST)
    parts = [
        # Only the first has a title, and no captions.
        sheet(
            images[:shown],
            captions[:shown] if number else None,
            columns=columns,
            row_names=[name],
            title=None if number else title,
        )
        for number, (name, images, captions) in enumerate(rows)
    ]
    return np.concatenate(parts)


def _figures(config, targets: np.ndarray, result: Projection) -> dict:
    """What `project.json` says, per target, and the means."""
    count, starts = result.starts.shape
    return {
        "distance": config.latent.distance,
        "meaning": NAMES[config.latent.distance],
        "targets": count,
        "starts": starts,
        "steps": config.refinement.nr_iter_vis,
        "learning_rate": config.refinement.iterator_learning_rate,
        "seconds_per_step": result.seconds / config.refinement.nr_iter_vis,
        "distance_mean_before": result.before.mean(),
        "distance_mean_after": result.after.mean(),
        "distance_before": result.before,
        "distance_after": result.after,
        "winner": result.winner,
        "psnr_db": psnr(result.images, targets),
        "spread": result.ends.std(1),
        "distance_of_starts_before": result.starts,
        "distance_of_starts_after": result.ends,
        "curve_steps": result.curve_steps,
        "curve_median": np.median(result.curve, axis=1),
    }


def _write_events(folder: Path, targets, result: Projection, changed, gain: float) -> None:
    """TensorBoard's entry: the median distance so far, and the images."""
    last = int(result.curve_steps[-1])
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        for step, distances in zip(result.curve_steps, result.curve, strict=True):
            tf.summary.scalar("project/distance", np.median(distances), step=int(step))
    write_images(writer, "project/target", targets, last)
    write_images(writer, "project/found", result.images, last)
    note = f"found - target, enlarged {gain:.3g} times; grey is no difference"
    write_images(writer, "project/difference", changed, last, note)
    writer.close()


def _line(config, figures: dict, what: str) -> str:
    return (
        f"project: {figures['targets']} targets ({what}), {figures['starts']} starts, "
        f"{figures['steps']} steps, {1000 * figures['seconds_per_step']:.2f} ms each; "
        f"{figures['meaning']} {figures['distance_mean_before']:.4f} (nearest random sample) -> "
        f"{figures['distance_mean_after']:.4f}, PSNR {figures['psnr_db'].mean():.1f} dB"
    )
