"""`--mode=image_iterator` and `--mode=z_iterator`: samples fine-tuned by the frozen critic."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.errors import UserError
from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.refine import REFINERS
from wgan_tf.refine.distances import psnr
from wgan_tf.runs.artefacts import write_images
from wgan_tf.visualize.animation import save_gif
from wgan_tf.visualize.curves import error_plot, score_plot
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.grid import grid, layout, save_png

# Records on the way: chunks of compiled steps, and frames of the animation.
RECORDS = 25


def run(config) -> list[Path]:
    """Runs one iterator and writes what came of it.

    Returns:
        The pictures.
    """
    mode, steps = config.run.mode, config.refinement.nr_iter_vis
    model = runs.load_trained(config)
    real = _real_images(model, config)
    result = refine_batch(model, config, mode, _start(model, config, real), real)
    real_scores = None if real is None else np.asarray(model.score(real))
    figures = _figures(result, real_scores)
    pictures = _write_pictures(config, mode, model, result, real_scores)
    folder = Path(config.run.logs_dir)
    write_json(
        folder / f"{mode}.json",
        {
            "iteration": int(model.iteration.numpy()),
            "learning_rate": config.refinement.iterator_learning_rate,
            "start": config.refinement.start,
            "seed": config.run.seed,
            "difference_gain": pictures["gain"],
            **figures,
        },
    )
    with written_whole(folder / f"{mode}.npz") as unfinished:
        np.savez_compressed(
            unfinished,
            start=result.start,
            end=result.end,
            before=result.images_before,
            after=result.images_after,
            loss=result.loss,
        )
    _write_events(folder / mode, result, pictures)
    level = "" if real is None else f" (real images {real_scores.mean():+.3f})"
    print(
        f"{mode}: {steps} steps, {1000 * result.seconds / steps:.2f} ms each; mean score "
        f"{result.scores_before.mean():+.3f} -> {result.scores_after.mean():+.3f}{level}; "
        f"mean change per pixel {figures['mean_absolute_change']:.4f} of a range of 2"
    )
    return pictures["paths"]


def refine_batch(model, config, mode, start, real, record_every=None):
    """Runs one of `REFINERS` under a progress bar.

    Args:
        model: a trained model.
        config: of the command.
        mode: a key of `REFINERS`.
        start: what to move: images or latents.
        real: real images, or None where the model needs none.
        record_every: steps between two records; None: `RECORDS` in all.

    Returns:
        A `Refinement`.
    """
    refinement, training = config.refinement, config.training
    steps = refinement.nr_iter_vis
    with tqdm(total=steps, desc=mode, unit="step", dynamic_ncols=True) as bar:

        def on_record(done, loss):
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            bar.update(done - bar.n)

        return REFINERS[mode](
            model,
            start,
            steps,
            refinement.iterator_learning_rate,
            optimizer=training.optimizer,
            optimizer_param=training.optimizer_param,
            real=real,
            record_every=record_every or max(1, steps // RECORDS),
            on_record=on_record,
        )


def _real_images(model, config):
    """A fixed batch to compare with, or None where the data is gone and nothing depends on it."""
    try:
        source = runs.open_images(config)
    except UserError as error:
        if model.generator_needs_real or config.refinement.start == "real":
            raise
        print(f"no real images to compare with: {error}")
        return None
    return batch(source, config.data.batch_size, config.run.seed)


def _start(model, config, real):
    count, seed = config.data.batch_size, config.run.seed
    if config.refinement.start == "real":
        return real
    if config.refinement.start == "noise":
        shape = (count, model.size, model.size, model.channels)
        return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
    z = model.sample_z(count, seed)
    return z if config.run.mode == "z_iterator" else model.generate(z)


def _figures(result, real_scores) -> dict:
    """What changed, per image: scores, and distances on the [-1, 1] scale."""
    change = (result.images_after - result.images_before).reshape(len(result.scores_after), -1)
    return {
        "steps": len(result.loss),
        "images": len(change),
        "seconds_per_step": result.seconds / len(result.loss),
        "score_mean_before": result.scores_before.mean(),
        "score_mean_after": result.scores_after.mean(),
        "score_mean_real": None if real_scores is None else real_scores.mean(),
        "mean_absolute_change": np.abs(change).mean(),
        "score_before": result.scores_before,
        "score_after": result.scores_after,
        "l2": np.linalg.norm(change, axis=1),
        "linf": np.abs(change).max(axis=1),
        # Infinite, null in JSON, for an image that did not change.
        "psnr_db": psnr(result.images_after, result.images_before),
        "loss": result.loss,
    }


def _write_pictures(config, mode, model, result, real_scores) -> dict:
    """Before, after, difference, animation and plots under `images/`."""
    folder = Path(config.run.logs_dir) / "images"
    # The original's 4 x n/4, but a row for fewer than 8 images.
    rows = 1 if len(result.images_before) < 8 else layout(len(result.images_before))[0]
    changed, gain = difference(result.images_before, result.images_after)
    paths = []
    for suffix, images in (
        ("", result.images_before),
        ("_after", result.images_after),
        ("_dif", changed),
    ):
        paths.append(folder / f"generated_{mode}{suffix}.png")
        save_png(paths[-1], grid(images, rows=rows))
    if config.refinement.plot_iter_error:
        paths.append(folder / f"{mode}_plot.png")
        what = "pixels" if mode == "image_iterator" else "z"
        reference = None
        if real_scores is not None and not model.generator_needs_real:
            reference = -float(real_scores.mean())
        error_plot(paths[-1], result.loss, f"Fine-tuning {what}", real_loss=reference)
        paths.append(folder / f"{mode}_scores.png")
        score_plot(paths[-1], result.scores_before, result.scores_after, real_scores)
    paths.append(folder / f"{mode}.gif")
    save_gif(paths[-1], _Frames(model, result), scale=max(1, 96 // model.size))
    return {"paths": paths, "difference": changed, "gain": gain}


class _Frames:
    """The images along the way, generated one frame at a time."""

    def __init__(self, model, result, count: int = 16):
        self.path = result.path[:, :count]
        self.generate = model.generate if result.path.ndim == 3 else np.asarray

    def __len__(self):
        return len(self.path)

    def __getitem__(self, index):
        return np.asarray(self.generate(self.path[index]))


def _write_events(folder: Path, result, pictures: dict) -> None:
    """TensorBoard's entry; the loss at step i is the one after i updates."""
    last = len(result.loss)
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        for step, loss in enumerate(result.loss):
            tf.summary.scalar("refined/loss", loss, step=step)
        tf.summary.histogram("refined/score", result.scores_before, step=0)
        tf.summary.histogram("refined/score", result.scores_after, step=last)
    write_images(writer, "refined/before", result.images_before, last)
    write_images(writer, "refined/after", result.images_after, last)
    note = f"after - before, enlarged {pictures['gain']:.3g} times; grey is no change"
    write_images(writer, "refined/difference", pictures["difference"], last, note)
    writer.close()
