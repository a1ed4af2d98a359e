"""`--mode=project`: the z whose image is nearest to a given one."""

import os
from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.image_set import read_image, read_images
from wgan_tf.data.order import batch
from wgan_tf.errors import UsageError
from wgan_tf.looks.nearest import MEANINGS, nearest, nearest_sheet
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.project import Projection
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.projection import plot_distances


def run(config) -> list[Path]:
    """Finds the z's that are nearest to `--target`, or to real images, and shows them.

    Returns:
        The pictures.

    Raises:
        UsageError: there is no such target.
        UserError: it is no image; without one, the run's data is gone.
    """
    latent, refinement = config.latent, config.refinement
    targets, what = open_targets(config)
    model = runs.load_trained(config)
    result = nearest(
        model,
        targets,
        latent.distance,
        starts=latent.starts,
        steps=refinement.nr_iter_vis,
        rate=refinement.iterator_learning_rate,
        seed=config.run.seed,
    )
    changed, gain = difference(targets, result.images)
    figures = _figures(config, targets, result)
    with Artefacts(config.run.logs_dir, "project", result.curve_steps[-1]) as artefacts:
        artefacts.picture("project", nearest_sheet(targets, result, latent.distance, changed, gain))
        plot, meaning = artefacts.image_path("project_plot.png"), MEANINGS[latent.distance]
        plot_distances(plot, result.curve_steps, result.curve, "Finding z", meaning)
        artefacts.figures(
            {
                "iteration": int(model.iteration.numpy()),
                "target": what,
                "seed": config.run.seed,
                "difference_gain": gain,
                **figures,
            }
        )
        artefacts.arrays(
            target=targets, found=result.images, z=result.z, nearest_start=result.start_images
        )
        artefacts.curve("project/distance", figures["curve_median"], result.curve_steps)
        artefacts.show_grid("project/target", targets)
        artefacts.show_grid("project/found", result.images)
        note = f"found - target, enlarged {gain:.3g} times; grey is no difference"
        artefacts.show_grid("project/difference", changed, note)
    print(_line(figures, what))
    return artefacts.pictures


def open_targets(config) -> tuple[np.ndarray, str]:
    """The images to find z's for, float32 (n, h, w, c) in [-1, 1], and which they are.

    Raises:
        UsageError: there is no such file or folder.
        UserError: it holds no image; without one, the run's data is gone.
    """
    data, target, most = config.data, config.latent.target, config.latent.targets
    form = {"crop": data.crop, "size": data.size, "channels": data.channels}
    if target is None:
        source, what = runs.open_unseen(config)
        return batch(source, min(most, source.count), config.run.seed), what
    path = Path(os.path.expanduser(target))
    if not path.exists():
        raise UsageError(f"--target={target}: there is no such file or folder")
    if path.is_dir() or path.suffix.lower() == ".npz":
        return read_images(path, most, **form), target
    return read_image(path, **form), target


def _figures(config, targets: np.ndarray, result: Projection) -> dict:
    count, starts = result.starts.shape
    steps = config.refinement.nr_iter_vis
    return {
        "distance": config.latent.distance,
        "meaning": MEANINGS[config.latent.distance],
        "targets": count,
        "starts": starts,
        "steps": steps,
        "learning_rate": config.refinement.iterator_learning_rate,
        "seconds_per_step": result.seconds / steps,
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


def _line(figures: dict, what: str) -> str:
    return (
        f"project: {figures['targets']} targets ({what}), {figures['starts']} starts, "
        f"{figures['steps']} steps, {1000 * figures['seconds_per_step']:.2f} ms each; "
        f"{figures['meaning']} {figures['distance_mean_before']:.4f} (nearest random sample) -> "
        f"{figures['distance_mean_after']:.4f}, PSNR {figures['psnr_db'].mean():.1f} dB"
    )
