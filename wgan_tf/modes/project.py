"""`--mode=project`: the z whose image is nearest to a given one."""

import os
from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.image_set import read_image, read_images
from wgan_tf.data.order import batch
from wgan_tf.data.tfrecord_format import is_records
from wgan_tf.errors import UsageError
from wgan_tf.looks.nearest import nearest
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.figure import save_figure


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
    (changed, gain), figures = result.difference, result.figures()
    steps = result.projection.curve_steps
    with Artefacts(config.run.logs_dir, "project", steps[-1]) as artefacts:
        artefacts.picture("project", result.picture)
        for name, plot in result.plots().items():
            save_figure(artefacts.image_path(f"{name}.png"), plot)
        artefacts.figures(
            {
                "iteration": int(model.iteration.numpy()),
                "target": what,
                "seed": config.run.seed,
                "difference_gain": gain,
                **figures,
            }
        )
        start_images = result.projection.start_images
        artefacts.arrays(
            target=targets, found=result.images, z=result.z, nearest_start=start_images
        )
        artefacts.curve("project/distance", figures["curve_median"], steps)
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
    form = {"crop": data.crop, "size": data.size, "channels": data.channels, "how": data.fit}
    if target is None:
        source, what = runs.open_unseen(config)
        return batch(source, min(most, source.count), config.run.seed), what
    path = Path(os.path.expanduser(target))
    if not path.exists():
        raise UsageError(f"--target={target}: there is no such file or folder")
    packed = (".npz", ".npy", ".zip", ".tar", ".tgz", ".gz")
    if path.is_dir() or path.suffix.lower() in packed or is_records(path.name):
        return read_images(path, most, **form), target
    return read_image(path, **form), target


def _line(figures: dict, what: str) -> str:
    return (
        f"project: {figures['targets']} targets ({what}), {figures['starts']} starts, "
        f"{figures['steps']} steps, {1000 * figures['seconds_per_step']:.2f} ms each; "
        f"{figures['meaning']} {figures['distance_mean_before']:.4f} (nearest random sample) -> "
        f"{figures['distance_mean_after']:.4f}, PSNR {figures['psnr_db'].mean():.1f} dB"
    )
