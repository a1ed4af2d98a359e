"""Half floats: no update of one network is left out while the other learns."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, same, strong, weights

REAL = np.random.default_rng(0).uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)


def iterations(model, count, updates):
    """By iteration: whether critic and generator moved, and the logs."""
    rows = []
    batches = updates + model.generator_needs_real
    data = tf.data.Dataset.from_tensors(np.stack([REAL] * batches, 1))
    for _ in range(count):
        before = weights(model.critic), weights(model.generator)
        logs = model.fit(data, steps_per_epoch=1, verbose=0, shuffle=False).history
        moved = not same(before[0], model.critic), not same(before[1], model.generator)
        rows.append((moved, {name: value[0] for name, value in logs.items()}))
    return rows


@pytest.mark.parametrize("kind, updates", [("wgan", 3), ("gan", 1)])
def test_both_networks_learn_from_the_first_iteration_on(kind, updates):
    model = strong(make_model(kind, rate=1e-4, dtype="mixed_float16"))
    # So large that the gradients of either network overflow.
    begin = 2.0**24
    model.optimizer.dynamic_scale.assign(begin)
    rows = iterations(model, 3, updates)
    assert float(model.optimizer.dynamic_scale) < begin / 2
    for moved, logs in rows:
        assert moved == (True, True)
        assert all(np.isfinite(value) for value in logs.values()), logs
    assert int(model.optimizer.iterations) == 3 * (updates + 1)


def test_norms_are_those_of_full_floats():
    """The scale that counts is the one that the gradients have."""
    half, full = (strong(make_model(rate=1e-4, dtype=p)) for p in ("mixed_float16", "float32"))
    half.optimizer.dynamic_scale.assign(2.0**26)
    (_, ours), (_, theirs) = (iterations(model, 1, 1)[0] for model in (half, full))
    for name in ("critic_gradient_norm", "generator_gradient_norm"):
        assert ours[name] == pytest.approx(theirs[name], rel=0.05), name


def test_the_generator_does_not_learn_from_a_critic_that_is_left_out():
    model = make_model("gan", dtype="mixed_float16")
    compute = model.critic_gradients

    def broken(*inputs):
        gradients, logs = compute(*inputs)
        return [gradient * np.nan for gradient in gradients], logs

    model.critic_gradients = broken
    ((moved, logs),) = iterations(model, 1, 2)
    assert moved == (False, False)
    assert np.isfinite(logs["generator_loss"]) and np.isnan(logs["generator_gradient_norm"])


def test_gradients_that_fit_at_no_scale_move_nothing_and_write_no_infinity():
    model = make_model("gan", dtype="mixed_float16")
    begin, before = float(model.optimizer.dynamic_scale), weights(model.critic)
    logs = model.critic_step(np.full_like(REAL, np.nan), model._training_z(1, 8))
    assert same(before, model.critic)
    assert np.isnan(float(logs["critic_gradient_norm"]))
    # As Keras leaves it: the scale is not lost to one broken batch.
    assert float(model.optimizer.dynamic_scale) == begin / 2


def test_full_floats_compute_once(monkeypatch):
    calls = []
    model = make_model()
    compute = model.critic_gradients
    monkeypatch.setattr(model, "critic_gradients", lambda *x: calls.append(1) or compute(*x))
    model.critic_step(REAL, model._training_z(1, 8))
    assert calls == [1]
