"""Several devices of one machine compute what one does."""

import numpy as np
import pytest

from tests.models.two_devices import SMALL, trained


def agree(copies):
    """Both devices hold the same, whichever part of the batches they saw."""
    for path, (first, second) in copies.items():
        np.testing.assert_array_equal(first, second, err_msg=path)


def means(run, name):
    return np.array([logs[name] for logs in run["logs"]])


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_both_replicas_end_with_equal_variables(on_two_devices, kind):
    """Moving statistics, too, though each sees its own part of the batches."""
    run = on_two_devices(trained, 2, 3, model=kind, **SMALL)
    assert (run["replicas"], run["iteration"], run["updates"]) == (2, 3, 9)
    assert any("real_statistics" in path for path in run["after"])
    agree(run["after"])
    for path, (first, _) in run["after"].items():
        assert not (first == run["before"][path][0]).all(), path
    assert len(run["logs"]) == 3
    assert all(np.isfinite(list(logs.values())).all() for logs in run["logs"])


def test_averages_and_rates_are_those_of_one(on_two_devices):
    flags = {**SMALL, "model": "wgan", "sync_batch_norm": True, "ema": 0.5, "decay": "linear"}
    flags |= {"critic_learning_rate": 2e-3}
    one, two = (on_two_devices(trained, devices, 3, **flags) for devices in (1, 2))
    agree(two["after"])
    averages = [path for path in one["after"] if path.startswith("average/")]
    assert averages
    for path in averages:
        np.testing.assert_allclose(
            two["after"][path][0], one["after"][path][0], atol=1e-4, err_msg=path
        )


def test_two_replicas_compute_what_one_does_with_synchronised_batch_norm(on_two_devices):
    flags = {"model": "wgan", "sync_batch_norm": True, **SMALL}
    one = on_two_devices(trained, 1, 20, **flags)
    two = on_two_devices(trained, 2, 20, **flags)
    assert (one["replicas"], two["replicas"]) == (1, 2)
    for name in ("critic_loss", "generator_loss", "score_real", "score_fake"):
        alone, shared = means(one, name), means(two, name)
        assert np.ptp(alone) > 1e-3
        np.testing.assert_allclose(shared, alone, rtol=0, atol=1e-5, err_msg=name)
    compared = [path for path in one["after"] if path.startswith("critic/")]
    assert len(compared) > 4
    for path in compared:
        np.testing.assert_allclose(
            two["after"][path][0], one["after"][path][0], atol=1e-5, err_msg=path
        )
    # Without it each replica normalises its four images alone: another computation.
    apart = on_two_devices(trained, 2, 20, **flags | {"sync_batch_norm": False})
    assert np.abs(means(one, "critic_loss") - means(apart, "critic_loss")).max() > 1e-4


def test_a_step_is_as_long_on_two_replicas_as_on_one(on_two_devices):
    """Gradients are averaged, not added up: only an optimizer with momentum alone would show."""
    flags = {**SMALL, "model": "dcgan", "loss": "hinge", "learning_rate": 0.05}
    flags |= {"sync_batch_norm": True, "optimizer": "keras_adam"}
    one, two = (
        on_two_devices(trained, devices, 2, plain_descent=True, **flags)
        for devices in (1, 2)
    )
    compared = [path for path in one["after"] if path.startswith("critic/")]
    assert any(path.endswith("kernel") for path in compared)
    for path in compared:
        np.testing.assert_allclose(
            two["after"][path][0], one["after"][path][0], atol=2e-5, err_msg=path
        )
    alone, shared = means(one, "critic_loss"), means(two, "critic_loss")
    assert abs(alone[1] - alone[0]) > 1e-2 and abs(alone[1] - shared[1]) < 1e-4


def test_a_classifier_learns_on_two_replicas(on_two_devices):
    network = {"network": "fast", "disc_dimension": 4, "classes": 10, "layers": 3}
    flags = {"mode": "train_classifier", "epochs": 1, "augmentation": "turned", **network}
    run = on_two_devices(trained, 2, 4, labelled=True, model="classifier", **flags)
    assert run["iteration"] == 4 and {"loss", "accuracy"} == set(run["logs"][0])
    agree(run["after"])
