"""Pictures of a study show its numbers, at the width of a page."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from tests.synthetic_study import large_study, model, over_seeds, study
from wgan_tf.study.findings import findings_of
from wgan_tf.visualize import study_costs, study_curves, study_plots
from wgan_tf.visualize.figure import BLUE, GREEN
from wgan_tf.visualize.page import read_png
from wgan_tf.visualize.study_plots import plot_study


@pytest.fixture
def figures(monkeypatch):
    """The figures that are saved, by the name of their file."""
    saved = {}
    for module in (study_costs, study_curves, study_plots):
        save = module.save_figure

        def kept(path, figure, save=save):
            saved[path.stem] = figure
            save(path, figure)

        monkeypatch.setattr(module, "save_figure", kept)
    return saved


def near(mean, foreign=None):
    each = (mean, 1.01 * mean, 0.99 * mean)
    return [(one, one if foreign is None else foreign) for one in each]


def small():
    """Two methods of one adviser over three budgets, the critic, and more training."""
    rows = {}
    for budget, change in ((2, -1.0), (20, -10.0), (200, 400.0)):
        rows["labels", "gradient", budget] = near(change)
        rows["labels", "best_of", budget] = near(change / 2, -change)
        rows["critic", "gradient", budget] = near(change / 4)
        rows["", "more_training", budget] = near(-2.0)
    rows["shuffled", "gradient", 20] = [1.0, -1.0, 0.0]
    for temperature, change in ((0.1, -9.0), (0.5, -7.0)):
        rows["labels", f"langevin:temperature={temperature}", 20] = near(change)
    return over_seeds(rows)


def drawn(folder, made, strips=None):
    return {path.stem: path for path in plot_study(folder, made, findings_of(made), strips)}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_all_pictures_of_a_large_study(tmp_path):
    made = large_study(seeds=2, games=("wgan",))
    paths = drawn(tmp_path, made)
    assert list(paths) == [
        "study_map_wgan", "study_price_wgan_300", "study_price_wgan_3000", "study_training_wgan",
        "study_temperature_wgan",
    ]  # fmt: skip
    for path in paths.values():
        pixels = read_png(path)
        assert pixels.std() > 5 and pixels.shape[1] == 1440


def test_map_has_the_change_in_percent(tmp_path, figures):
    drawn(tmp_path, small())
    (axes,) = figures["study_map_wgan"].axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [
        "labels", "critic", "no adviser", "shuffled",
    ]  # fmt: skip
    # 10 of 50; half of it where the other judge says no; a sign that matplotlib has.
    assert texts(axes)[:4] == ["−20▲", "−10", "−5.0▲", "−4.0▲"]
    assert "0.0" in texts(axes)
    (image,) = axes.get_images()
    colours = np.ma.filled(image.get_array(), np.nan)
    assert colours[0, 0] == pytest.approx(-20.0) and np.isnan(colours[0, 1])
    assert len([patch for patch in axes.patches if patch.get_hatch()]) == 1


@pytest.mark.parametrize(
    "percent, text",
    [(-4.14, "−4.1"), (-12.3, "−12"), (9.96, "+10"), (1234.0, "+1.2k"), (-0.01, "0.0")],
)
def test_numbers_in_cells_are_short(percent, text):
    assert study_plots._short(percent) == text


def test_price_has_a_line_for_every_method_and_what_it_is_compared_with(tmp_path, figures):
    drawn(tmp_path, small())
    (axes,) = figures["study_price_wgan_300"].axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert list(lines) == [
        "gradient", "best of", "gradient by critic", "more training", "nothing",
        "real against real",
    ]  # fmt: skip
    np.testing.assert_allclose(lines["gradient"].get_xdata(), [2, 20, 200])
    np.testing.assert_allclose(lines["gradient"].get_ydata(), [49.0, 40.0, 450.0])
    np.testing.assert_allclose(lines["gradient by critic"].get_ydata(), [49.75, 47.5, 150.0])
    assert lines["gradient by critic"].is_dashed() and not lines["gradient"].is_dashed()
    assert set(lines["nothing"].get_ydata()) == {50.0}
    assert set(lines["real against real"].get_ydata()) == {2.0}
    assert lines["more training"].get_linestyle() == "None"
    assert axes.get_ylim()[1] < 80  # 450 would flatten all that matters
    assert "further astray" in axes.get_title(loc="left")
    # t(0.975, 2) = 4.303, standard error 0.1 / sqrt(3), about 40 at 20 evaluations.
    heights = axes.collections[0].get_paths()[0].vertices
    at_20 = sorted({round(y, 3) for x, y in heights if x == 20})
    assert at_20 == pytest.approx([40 - 0.248, 40 + 0.248], abs=2e-3)


def test_training_is_drawn_by_cost(tmp_path, figures):
    drawn(tmp_path, small())
    (axes,) = figures["study_training_wgan"].axes
    kinds = {container.get_label(): container[0] for container in axes.containers}
    assert list(kinds) == ["best refinement", "more training"]
    # 0.001 an evaluation, 50 shared by 1,000. Nothing is better at 200: the lowest stands in.
    np.testing.assert_allclose(kinds["best refinement"].get_xydata()[:, 0], [0.052, 0.07, 0.25])
    np.testing.assert_allclose(kinds["best refinement"].get_xydata()[:2, 1], [49.0, 40.0])
    np.testing.assert_allclose(kinds["more training"].get_xydata()[:, 1], [48.0] * 3)
    assert to_rgb(kinds["best refinement"].get_color()) == to_rgb(BLUE)
    assert to_rgb(kinds["more training"].get_color()) == to_rgb(GREEN)
    assert texts(axes) == ["2", "20", "200"] * 2


def test_temperatures_are_drawn_with_precision_and_recall(tmp_path, figures):
    drawn(tmp_path, small())
    change, quality = figures["study_temperature_wgan"].axes
    line = change.containers[0][0]
    np.testing.assert_allclose(line.get_xydata()[:, 0], [0.1, 0.5])
    np.testing.assert_allclose(line.get_xydata()[:, 1], [-18.0, -14.0])
    precision, recall = quality.get_lines()
    np.testing.assert_allclose(precision.get_ydata(), [0.59, 0.57])
    np.testing.assert_allclose(recall.get_ydata(), [0.355, 0.365])
    assert quality.get_title(loc="left") == "precision (line) and recall (dashed)"


def test_rows_of_samples(tmp_path, figures):
    for name, grey in (("a", 0), ("b", 255)):
        Image.fromarray(np.full((8, 80), grey, np.uint8)).save(tmp_path / f"{name}.png")
    strips = {
        "nothing": tmp_path / "a.png",
        "gradient by labels at 20": tmp_path / "b.png",
        "flow by labels at 20": tmp_path / "missing.png",
    }
    paths = drawn(tmp_path, small(), {"wgan": {"300": strips}})
    assert "study_samples_wgan_300" in paths
    (axes,) = figures["study_samples_wgan_300"].axes
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    assert names == ["nothing", "gradient\nby labels at 20"]
    assert [image.get_array().max() for image in axes.get_images()] == [0, 255]
    assert read_png(paths["study_samples_wgan_300"]).shape[1] == 1440


def test_nothing_is_drawn_of_a_study_that_has_begun(tmp_path):
    assert drawn(tmp_path, study(model([]))) == {}


def test_one_training_has_no_bands(tmp_path, figures):
    rows = {("labels", "gradient", budget): [-1.0] for budget in (2, 20)}
    paths = drawn(tmp_path, over_seeds(rows, reference={}))
    assert list(paths) == ["study_map_wgan", "study_price_wgan_300"]
    (axes,) = figures["study_price_wgan_300"].axes
    assert not axes.collections
