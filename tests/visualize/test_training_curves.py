"""The plot of a training: curves where the numbers are."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.visualize import training_curves
from wgan_tf.visualize.training_curves import plot_losses


def columns(count=12):
    at = np.arange(count)
    return {
        "iteration": 50.0 * (at + 1),
        "seconds": at + 0.5,
        "loss/critic": np.linspace(-1, -2, count),
        "loss/generator": np.linspace(3, 5, count),
        "score/real": np.linspace(0, 7, count),
        "score/fake": np.linspace(0, -4, count),
        "training/critic_gradient_norm": np.full(count, 1e9),
    }


@pytest.fixture
def figures(monkeypatch):
    drawn, save = [], training_curves.save_figure
    monkeypatch.setattr(
        training_curves,
        "save_figure",
        lambda path, figure: (drawn.append(figure), save(path, figure)),
    )
    return drawn


def curves(axes):
    return {line.get_label(): line.get_xydata().T for line in axes.lines}


def test_losses_above_scores(tmp_path, figures):
    plot_losses(tmp_path / "losses.png", columns())
    losses, scores = figures[0].axes
    assert list(curves(losses)) == ["critic", "generator"]
    assert list(curves(scores)) == ["real images", "generated images"]
    np.testing.assert_allclose(curves(losses)["critic"][1], np.linspace(-1, -2, 12))
    np.testing.assert_allclose(curves(losses)["generator"][1], np.linspace(3, 5, 12))
    np.testing.assert_allclose(curves(scores)["real images"][1], np.linspace(0, 7, 12))
    np.testing.assert_allclose(curves(scores)["generated images"][1], np.linspace(0, -4, 12))
    np.testing.assert_allclose(curves(scores)["real images"][0], 50 * np.arange(1, 13))
    assert losses.get_xlim() == scores.get_xlim()
    assert max(losses.get_ylim()) < 100  # of norms nothing is drawn
    assert (tmp_path / "losses.png").stat().st_size > 10_000


def test_what_is_no_number_is_left_out(tmp_path, figures):
    some = columns(4)
    some["loss/critic"][[0, 2]] = np.nan, np.inf
    some["score/real"][:] = np.nan
    plot_losses(tmp_path / "losses.png", some)
    losses, scores = figures[0].axes
    np.testing.assert_allclose(curves(losses)["critic"][0], [100, 200])
    assert list(curves(scores)) == ["generated images"]


def test_one_row_is_seen(tmp_path, figures):
    plot_losses(tmp_path / "losses.png", columns(1))
    assert all(line.get_marker() == "o" for axes in figures[0].axes for line in axes.lines)


def test_a_classifier(tmp_path, figures):
    names = ("iteration", "loss/classifier", "accuracy/training_batch")
    plot_losses(tmp_path / "losses.png", {name: np.array([1.0, 2.0]) for name in names})
    assert [list(curves(axes)) for axes in figures[0].axes] == [["classifier"], ["classifier"]]


def test_errors(tmp_path):
    with pytest.raises(ValueError, match="no loss"):
        plot_losses(tmp_path / "losses.png", {"iteration": np.array([1.0])})
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file"):
        plot_losses(tmp_path / "file" / "losses.png", columns())
