"""Samples fine-tuned under a progress bar, what changed, and what is written of it."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.errors import UserError
from wgan_tf.looks.progress import progress
from wgan_tf.machine.guest import say
from wgan_tf.refine import REFINERS
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.loop import Refinement
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.animation import save_gif
from wgan_tf.visualize.curves import error_plot, score_plot
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.grid import grid, layout

# Records on the way: chunks of compiled steps, and frames of the animation.
RECORDS = 25
_FILMED = 16  # samples in the animation


def real_images(config, model) -> np.ndarray | None:
    """A fixed batch to compare with, or None where the data is gone and nothing depends on it."""
    try:
        source = runs.open_images(config)
    except UserError as error:
        if model.generator_needs_real or config.refinement.start == "real":
            raise
        say(f"no real images to compare with: {error}")
        return None
    return batch(source, config.data.batch_size, config.run.seed)


def refining(config, guide=None) -> dict:
    """What a command says about `refined`.

    Args:
        config: of the command.
        guide: a ratio; None: the critic by the game's own loss.
    """
    by_ratio = {}
    if guide is not None:
        # The original's factor for z belongs to its own rule.
        by_ratio = {"guide": guide, "stop": config.guided.stop_at_real, "rate_factor": 1.0}
    return {
        "steps": config.refinement.nr_iter_vis,
        "learning_rate": config.refinement.iterator_learning_rate,
        "optimizer": config.training.optimizer,
        "optimizer_param": config.training.optimizer_param,
        **by_ratio,
    }


def refined(model, name: str, start, steps: int, record_every=None, **options) -> Refinement:
    """Runs one of `REFINERS` under a progress bar.

    Args:
        model: a trained model.
        name: a key of `REFINERS`.
        start: what to move: images or latents.
        steps: number of steps.
        record_every: steps between two records; None: `RECORDS` in all.
        options: see `refiner.Refiner`.
    """
    with progress(name, steps) as following:
        return REFINERS[name](
            model,
            start,
            steps,
            record_every=record_every or max(1, steps // RECORDS),
            on_record=following(),
            **options,
        )


def change_figures(result: Refinement, real_scores: np.ndarray | None) -> dict:
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


def write_refinement(
    config, name: str, model, result: Refinement, real, guide=None, latents=None
) -> list[Path]:
    """Writes figures, arrays, pictures and events of one of `REFINERS`, and prints a line.

    Args:
        config: of the command.
        name: a key of `REFINERS`, and what the files are called, with "_ratio" where a ratio was
            the guide.
        model: a trained model.
        result: what came of it.
        real: images (m, h, w, c) to compare with, or None.
        guide: see `refining`; scores are its values.
        latents: arrays of z's (n, z_dim) by the names under which they are stored.

    Returns:
        The pictures.
    """
    score, label = (model.score, "score") if guide is None else (guide.log_ratio, "log ratio")
    moves = REFINERS[name].moves
    name = name if guide is None else f"{name}_{guide.name}"
    real_scores = None if real is None else np.asarray(score(real))
    by_loss = guide is not None or not model.generator_needs_real
    figures, steps = change_figures(result, real_scores), len(result.loss)
    changed, gain = difference(result.images_before, result.images_after)
    with Artefacts(config.run.logs_dir, name, steps) as artefacts:
        _write_pictures(artefacts, result, changed)
        if config.refinement.plot_iter_error:
            _write_plots(artefacts, moves, guide, result, real_scores, by_loss)
        frames, scale = _Frames(model, result), max(1, 96 // model.size)
        save_gif(artefacts.image_path(f"{name}.gif"), frames, scale=scale)
        artefacts.figures(
            {
                "iteration": int(model.iteration.numpy()),
                "learning_rate": config.refinement.iterator_learning_rate,
                "start": config.refinement.start,
                "guide": config.guided.guide,
                "seed": config.run.seed,
                "difference_gain": gain,
                **figures,
            }
        )
        artefacts.arrays(
            start=result.start,
            end=result.end,
            before=result.images_before,
            after=result.images_after,
            loss=result.loss,
            **(latents or {}),
        )
        _write_events(artefacts, result, changed, gain)
    level = "" if real is None else f" (real images {real_scores.mean():+.3f})"
    say(
        f"{name}: {steps} steps, {1000 * result.seconds / steps:.2f} ms each; mean {label} "
        f"{result.scores_before.mean():+.3f} -> {result.scores_after.mean():+.3f}{level}; "
        f"mean change per pixel {figures['mean_absolute_change']:.4f} of a range of 2"
    )
    return artefacts.pictures


def _write_pictures(artefacts: Artefacts, result: Refinement, changed: np.ndarray) -> None:
    """Before, after and difference."""
    # The original's 4 x n/4, but a row for fewer than 8 images.
    rows = 1 if len(changed) < 8 else layout(len(changed))[0]
    for suffix, images in (
        ("", result.images_before),
        ("_after", result.images_after),
        ("_dif", changed),
    ):
        artefacts.picture(f"generated_{artefacts.mode}{suffix}", grid(images, rows=rows))


def _write_plots(artefacts: Artefacts, moves: str, guide, result, real_scores, of_scores) -> None:
    """The loss by steps, and the scores before and after.

    Args:
        of_scores: whether the loss is minus the mean score, as real images have one too.
    """
    what, reference = "z" if moves == "z" else "pixels", None
    if real_scores is not None and of_scores:
        reference = -float(real_scores.mean())
    loss, axis = "generator loss", "critic score (high = real)"
    if guide is not None:
        loss, axis = "minus the mean log ratio", "log ratio (high = real)"
    path = artefacts.image_path(f"{artefacts.mode}_plot.png")
    error_plot(path, result.loss, f"Fine-tuning {what}", reference, loss)
    path = artefacts.image_path(f"{artefacts.mode}_scores.png")
    score_plot(path, result.scores_before, result.scores_after, real_scores, axis)


def _write_events(artefacts: Artefacts, result: Refinement, changed, gain: float) -> None:
    """TensorBoard's entry; the loss at step i is the one after i updates."""
    artefacts.curve("refined/loss", result.loss)
    artefacts.histogram("refined/score", result.scores_before, step=0)
    artefacts.histogram("refined/score", result.scores_after)
    artefacts.show_grid("refined/before", result.images_before)
    artefacts.show_grid("refined/after", result.images_after)
    note = f"after - before, enlarged {gain:.3g} times; grey is no change"
    artefacts.show_grid("refined/difference", changed, note)


class _Frames:
    """The images along the way, generated one frame at a time."""

    def __init__(self, model, result: Refinement):
        self.path = result.path[:, :_FILMED]
        self.generate = model.generate if result.path.ndim == 3 else np.asarray

    def __len__(self):
        return len(self.path)

    def __getitem__(self, index):
        return np.asarray(self.generate(self.path[index]))
