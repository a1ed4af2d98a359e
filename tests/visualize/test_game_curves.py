"""The plot of the feedback: curves where the numbers are, marks where the warnings are."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from wgan_tf.errors import UserError
from wgan_tf.visualize import game_curves as feedback
from wgan_tf.visualize.figure import BLUE, ORANGE
from wgan_tf.visualize.game_curves import RED, plot_feedback


def looks(count=21, **changes):
    at = np.arange(count)
    columns = {
        "iteration": 50 * (at + 1),
        "accuracy_real": np.linspace(1, 0.6, count),
        "accuracy_fake": np.linspace(0.9, 0.2, count),
        "accuracy": np.linspace(0.95, 0.4, count),
        "critic_loss": np.linspace(1, 2, count),
        "generator_loss": np.linspace(5, 3, count),
        "variety": np.linspace(0.2, 0.9, count),
        **changes,
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.fixture
def figures(monkeypatch):
    """The figures that were drawn, kept to be asked for their axes."""
    drawn, save = [], feedback.save_figure
    monkeypatch.setattr(
        feedback, "save_figure", lambda path, figure: (drawn.append(figure), save(path, figure))
    )
    return drawn


def near(pixels, colour):
    """Where a picture (h, w, 3) shows a colour."""
    return (abs(pixels - 255 * np.array(to_rgb(colour))) < 12).all(-1)


def test_three_rows_with_their_curves_and_lines(tmp_path, figures):
    path = tmp_path / "feedback.png"
    plot_feedback(path, looks(), [], "discriminator")
    shares, losses, variety = figures[0].axes
    lines = {line.get_label(): line for line in shares.lines}
    np.testing.assert_allclose(lines["real"].get_ydata(), np.linspace(1, 0.6, 21))
    np.testing.assert_allclose(lines["generated"].get_ydata(), np.linspace(0.9, 0.2, 21))
    np.testing.assert_allclose(lines["generated"].get_xdata(), 50 * np.arange(1, 22))
    assert 0.5 in [line.get_ydata()[0] for line in shares.lines if len(set(line.get_ydata())) == 1]
    assert [line.get_label() for line in losses.lines] == ["discriminator", "generator"]
    heights = [line.get_ydata()[0] for line in variety.lines[1:]]
    assert heights == [1.0, 0.1]
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(float)
    third = len(pixels) // 3
    # The generator's loss falls and lies above the discriminator's, which rises.
    middle = pixels[third : 2 * third - 40]
    rows = {colour: np.nonzero(near(middle, colour)) for colour in (BLUE, ORANGE)}
    assert rows[ORANGE][0].mean() < rows[BLUE][0].mean()


def test_a_warning_is_marked_in_its_row(tmp_path, figures):
    warnings = [{"iteration": at, "warning": "collapse"} for at in (400, 750)]
    for name, drawn in (("none", []), ("two", warnings)):
        plot_feedback(tmp_path / f"{name}.png", looks(), drawn)
    marks = [
        [line.get_xdata()[0] for line in axes.lines if line.get_color() == RED][-2:]
        for axes in figures[1].axes
    ]
    assert marks[2] == [400, 750] and not marks[0] and not marks[1]
    none, two = (
        np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGB")).astype(float)
        for name in ("none", "two")
    )
    changed = (none != two).any(-1).any(1)
    assert changed[2 * len(changed) // 3 :].any() and not changed[: len(changed) // 2].any()


def test_every_sign_has_a_mark():
    from wgan_tf.metrics.discrimination import SIGNS

    assert feedback.MARKS.keys() == SIGNS.keys()


def test_what_is_no_number_is_left_out(tmp_path, figures):
    values = np.linspace(5, 3, 21)
    values[4:9] = np.nan
    gaps = looks(generator_loss=values)
    gaps[12]["critic_loss"] = None
    plot_feedback(tmp_path / "gaps.png", gaps, [])
    critic, generator = figures[0].axes[1].lines
    assert len(generator.get_ydata()) == 16 and len(critic.get_ydata()) == 20
    nothing = dict.fromkeys(gaps[0], np.nan) | {"iteration": 50}
    warning = {"iteration": 50, "warning": "not_a_number"}
    plot_feedback(tmp_path / "nothing.png", [nothing], [warning])


def test_one_look_is_a_dot_and_a_folder_is_no_file(tmp_path, figures):
    plot_feedback(tmp_path / "one.png", looks(1), [])
    assert figures[0].axes[0].lines[0].get_marker() == "o"
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(UserError, match="taken.png"):
        plot_feedback(tmp_path / "taken.png", looks(), [])
