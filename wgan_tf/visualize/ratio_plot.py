"""The picture of a log density ratio: how it parts both kinds, and whether its odds are true."""

import os

import numpy as np

from wgan_tf.visualize.figure import BLUE, GREY, INK, ORANGE, new_panels, save_figure

_BINS = 60


def plot_ratio(
    path: str | os.PathLike,
    real: np.ndarray,
    generated: np.ndarray,
    reliability: list[dict],
    features: str,
) -> None:
    """Draws two histograms and a reliability curve.

    Args:
        path: the PNG file.
        real, generated: log ratios (n,), (m,) of images that the ratio did not learn from.
        reliability: see `refine.ratio.diagnostics.reliability`.
        features: in which it was fitted.

    Raises:
        UserError: the file cannot be written.
    """
    names = ["How it parts them", "Is it right as often as it says?"]
    figure, (parts, curve) = new_panels(f"log ratio in {features} features", names, 3.6)
    ends = np.quantile(np.concatenate([real, generated]), [0.001, 0.999])
    edges = np.linspace(*ends, _BINS)
    for name, values, colour in (("real", real, BLUE), ("generated", generated, ORANGE)):
        share = np.full(len(values), 100 / len(values))
        inside = np.clip(values, *ends)
        parts.hist(inside, edges, weights=share, color=colour, alpha=0.55, label=name)
    parts.axvline(0, color=GREY, linewidth=1)
    parts.set_xlabel("log p(real) / p(generated)")
    parts.set_ylabel("share of images, %")
    # Above the bars, which may be anywhere.
    parts.set_ylim(0, 1.25 * parts.get_ylim()[1])
    parts.legend(frameon=False, fontsize=9, labelcolor=INK, ncols=2, loc="upper left")
    curve.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    stated, observed, share = (
        [row[key] for row in reliability] for key in ("stated", "observed", "share")
    )
    curve.plot(stated, observed, color=BLUE, linewidth=1.6)
    curve.scatter(stated, observed, s=20 + 200 * np.array(share), color=BLUE, alpha=0.6)
    curve.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    curve.set_xlabel("stated chance to be real")
    curve.set_ylabel("share that is real (size: images)")
    save_figure(path, figure)
