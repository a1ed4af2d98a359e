"""What a study asks of points: small steps where values are steep, advisers of known densities."""

import numpy as np
import pytest

from tests.identity import Identity, Linear
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.study import point_samples
from wgan_tf.study.point_samples import PointSamples
from wgan_tf.training.studied_points import PointTrainings


class Advisers:
    """Linear values, whose slope is 5 everywhere."""

    def __getitem__(self, name):
        return Linear([3.0, 4.0])

    def gflop(self, name):
        return 0.0


@pytest.fixture
def samples():
    model = Identity()
    model.generate = lambda z: np.asarray(z).reshape(-1, 1, 1, 2)
    return PointSamples(model, model.sample_z(30, 1), Advisers())


def test_steps_are_no_longer_than_one_over_the_square_slope(samples):
    (outcome,) = samples.outcomes("fitted", "flow", [2])
    # 1 / 25 is more than the flow's own 0.02, and less than Langevin's 0.05.
    assert samples.settings_of("fitted", [("flow", {})]) == [("flow", {"rate": 0.02})]
    assert samples.settings_of("fitted", [("langevin", {"temperature": 0.5})]) == [
        ("langevin", {"rate": pytest.approx(0.04), "temperature": 0.5})
    ]
    assert samples.settings_of("fitted", [("gradient", {"rate": 9.0})]) == [
        ("gradient", {"rate": 9.0})
    ]
    assert samples.settings_of("fitted", [("rejection", {}), ("transport", {})]) == [
        ("rejection", {}), ("transport", {})
    ]  # fmt: skip
    np.testing.assert_allclose(
        outcome.diagnostics["mean_move"], np.hypot(0.06, 0.08), atol=0.03
    )


def test_slopes_are_measured_once(samples, monkeypatch):
    samples.settings_of("fitted", [("gradient", {})])
    monkeypatch.setattr(point_samples, "median_square_slope", None)
    samples.settings_of("fitted", [("gradient", {}), ("flow", {})])


def test_games_that_are_not_played_on_points(tmp_path):
    config = resolve({
        "mode": "study", "dataset": "ring8", "study_games": "wgan,infogan",
        "logs_dir": str(tmp_path),
    })  # fmt: skip
    with pytest.raises(UsageError, match="study_games=infogan: on points one of wgan"):
        PointTrainings(config)
