"""Curves of two kinds of trainings against what they use up."""

import numpy as np
from matplotlib.colors import to_rgb

from wgan_tf.visualize import budgets
from wgan_tf.visualize.figure import BLUE, ORANGE


def test_every_training_is_a_line_in_every_panel(tmp_path, monkeypatch):
    figures = []
    save = budgets.save_figure
    monkeypatch.setattr(
        budgets, "save_figure", lambda path, figure: (figures.append(figure), save(path, figure))
    )
    curve = [{"a": 10 * k, "b": k, "metrics": {"m": 5.0 - k}} for k in (1, 2, 3)]
    other = [{"a": 20 * k, "b": k, "metrics": {"m": 9.0 - k}} for k in (1, 2)]
    kinds = {"without": [curve, other], "with": [other]}
    path = tmp_path / "x.png"
    names = {"a": "updates", "b": "seconds"}
    budgets.plot_budgets(path, kinds, names, "m", "value", "Title", reference=0.5)
    assert path.stat().st_size > 1000
    for axes, budget in zip(figures[0].axes, "ab", strict=True):
        lines = axes.get_lines()
        assert len(lines) == 4  # three trainings, and real images
        np.testing.assert_allclose(lines[0].get_xdata(), [point[budget] for point in curve])
        np.testing.assert_allclose(lines[2].get_ydata(), [8.0, 7.0])
        assert to_rgb(lines[0].get_color()) == to_rgb(BLUE)
        assert to_rgb(lines[2].get_color()) == to_rgb(ORANGE)
        assert set(lines[3].get_ydata()) == {0.5}
    (legend,) = figures[0].legends
    assert [text.get_text() for text in legend.get_texts()] == ["without", "with", "real"]
