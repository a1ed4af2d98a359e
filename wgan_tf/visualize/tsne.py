"""The way of samples through their refinement, flattened to two dimensions by t-SNE."""

import os

import numpy as np

from wgan_tf.errors import UserError

MIN_POINTS = 4
MAX_PERPLEXITY = 30.0


def tsne_embedding(points: np.ndarray, seed: int = 0) -> np.ndarray:
    """Embeds points with scikit-learn's t-SNE (van der Maaten and Hinton, 2008).

    Starts from the two first principal components, which keeps far apart what is far apart and
    makes the result depend on `seed` only. The perplexity is 30, or a third of the points where
    there are few. Takes about a second for 1,000 points, minutes for 50,000: thin out first.

    Args:
        points: (m, d) finite floats, m at least 4.
        seed: of the embedding.

    Returns:
        float32 (m, 2).

    Raises:
        UserError: fewer than 4 points, points that are not finite, or all in one place.
    """
    points = np.asarray(points, np.float32)
    if points.ndim != 2:
        raise ValueError(f"points must be (m, d), not {points.shape}")
    count, dimensions = points.shape
    if count < MIN_POINTS:
        raise UserError(
            f"t-SNE needs at least {MIN_POINTS} points, not {count}: use a larger --batch_size "
            "or more steps"
        )
    if not np.isfinite(points).all():
        raise UserError("t-SNE met values that are not finite: use a smaller --learning_rate")
    if (points == points[0]).all():
        raise UserError("t-SNE found all points in one place: use a larger --learning_rate")
    from sklearn.manifold import TSNE  # a second or more, which no other picture should pay

    return TSNE(
        perplexity=min(MAX_PERPLEXITY, (count - 1) / 3),
        init="pca" if dimensions > 1 else "random",
        random_state=seed,
    ).fit_transform(points)


def tsne_scatter(
    path: str | os.PathLike,
    points: np.ndarray,
    steps: np.ndarray,
    sample: np.ndarray | None = None,
    seed: int = 0,
    title: str = "The way of the samples, by t-SNE",
) -> np.ndarray:
    """Embeds the points and draws them, coloured by step.

    Args:
        path: the PNG file.
        points: (m, d) finite floats, such as flattened z or images.
        steps: (m,) the refinement step at which each point was taken.
        sample: (m,) which sample a point belongs to; points of one sample are joined in the
            order of their steps, its first marked by a ring and its last by a filled square.
        seed: of the embedding.
        title: heading of the plot.

    Returns:
        The embedding, float32 (m, 2).

    Raises:
        ValueError: `steps` or `sample` does not have one entry per point.
        UserError: see `tsne_embedding`; or the file cannot be written.
    """
    points, steps = np.asarray(points), np.asarray(steps)
    sample = None if sample is None else np.asarray(sample)
    for name, values in (("steps", steps), ("sample", sample)):
        if values is not None and values.shape != (len(points),):
            raise ValueError(f"{name} must be ({len(points)},), not {values.shape}")
    embedding = tsne_embedding(points, seed)
    _draw(path, embedding, steps, sample, title)
    return embedding


def _draw(path, embedding: np.ndarray, steps: np.ndarray, sample, title: str) -> None:
    from wgan_tf.visualize.figure import FAINT, INK, new_figure, save_figure

    figure, axes = new_figure(title, height=6.0)
    if sample is not None:
        _draw_ways(axes, embedding, steps, sample)
    dots = axes.scatter(
        *embedding.T, c=steps, cmap="viridis", vmin=steps.min(),
        vmax=max(steps.max(), steps.min() + 1), s=12, linewidths=0, zorder=2,
    )
    bar = figure.colorbar(dots, ax=axes, shrink=0.7, aspect=28, pad=0.02)
    bar.ax.yaxis.get_major_locator().set_params(integer=True)
    bar.set_label("refinement step", color=INK, fontsize=10)
    bar.ax.tick_params(colors=INK, labelsize=9, color=FAINT)
    bar.outline.set_visible(False)
    # t-SNE's axes have no unit and no meaning: only neighbourhood counts.
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.set_adjustable("datalim")
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)
    save_figure(path, figure)


def _draw_ways(axes, embedding: np.ndarray, steps: np.ndarray, sample: np.ndarray) -> None:
    from matplotlib.collections import LineCollection

    from wgan_tf.visualize.figure import INK

    orders = [np.flatnonzero(sample == name) for name in np.unique(sample)]
    ways = [embedding[order[np.argsort(steps[order], kind="stable")]] for order in orders]
    axes.add_collection(LineCollection(ways, colors=INK, linewidths=0.5, alpha=0.35, zorder=1))
    starts, ends = (np.stack([way[place] for way in ways]) for place in (0, -1))
    axes.scatter(
        *starts.T, s=34, facecolors="none", edgecolors=INK, linewidths=0.9, zorder=3,
        label="start",
    )
    axes.scatter(
        *ends.T, s=26, marker="s", color="#d6336c", edgecolors="white", linewidths=0.6,
        zorder=4, label="end",
    )
    axes.legend(
        frameon=False, fontsize=9, labelcolor=INK, loc="lower right", ncols=2,
        bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2,
    )
