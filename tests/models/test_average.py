"""The average of the generator's weights."""

import numpy as np
import tensorflow as tf

from tests.tiny import make_model, strong, train, weights
from wgan_tf.runs import checkpoints

_REAL = np.random.default_rng(0).uniform(-1, 1, (8, 1, 16, 16, 1)).astype(np.float32)


def _averages(model):
    return [v.numpy() for v in model.average.weights]


def test_it_moves_by_what_the_decay_leaves():
    model = make_model(ema=0.15)
    expected = weights(model.generator)
    for iteration, decay in enumerate((1 / 10, 0.15, 0.15)):
        train(model, _REAL)
        after = weights(model.generator)
        pairs = zip(expected, after, strict=True)
        expected = [decay * mean + (1 - decay) * weight for mean, weight in pairs]
        assert int(model.iteration.numpy()) == iteration + 1
        for mean, value in zip(expected, _averages(model), strict=True):
            np.testing.assert_allclose(mean, value, rtol=1e-5, atol=1e-7)


def test_it_does_not_change_training():
    plain, averaged = make_model(), make_model(ema=0.9)
    for model in (plain, averaged):
        train(model, _REAL, 3)
    for one, other in zip(weights(plain.generator), weights(averaged.generator), strict=True):
        assert (one == other).all()


def test_samples_are_drawn_by_it_and_nothing_of_the_model_moves():
    model = strong(make_model(ema=0.9))
    for average in model.average.weights:
        average.assign(average * 0.5 + 0.1)
    z, before = model.sample_z(5), [v.numpy() for v in model.variables]
    images = model.generate(z).numpy()
    for value, variable in zip(before, model.variables, strict=True):
        assert (value == variable.numpy()).all()
    other = make_model()
    other.generator.set_weights(model.generator.get_weights())
    pairs = zip(other.generator.trainable_variables, model.average.weights, strict=True)
    for variable, average in pairs:
        variable.assign(average)
    # Its statistics are its own: moving ones of other weights would give other images.
    assert np.abs(images - other.generate(z).numpy()).max() > 0.01
    z_of_statistics = tf.concat([model.statistics_z(index, 64) for index in range(8)], 0)
    measured = other.generate_as_trained(tf.concat([z, z_of_statistics], 0), 517).numpy()[:5]
    np.testing.assert_allclose(images, measured, atol=0.05)


def test_a_settled_model_has_it_as_its_generator_and_trains_on_with_its_own():
    one, other = make_model(ema=0.5), make_model(ema=0.5)
    for model in (one, other):
        train(model, _REAL, 2)
    z, own = one.sample_z(4), weights(one.generator)
    images = one.generate(z).numpy()
    one.settle()
    np.testing.assert_allclose(images, one.generate(z), atol=1e-6)
    assert (one.generate(z).numpy() == one.generator(z, training=False).numpy()).all()
    stored = {name: v.numpy() for name, v in checkpoints.variables(one).items()}
    for value, variable in zip(own, one.generator.trainable_variables, strict=True):
        assert (stored[f"generator/{variable.path}"] == value).all()
        assert (stored[f"average/{variable.path}"] == variable.numpy()).all()
    one.fit(_REAL, epochs=1, steps_per_epoch=1, batch_size=8, verbose=0)
    other.fit(_REAL, epochs=1, steps_per_epoch=1, batch_size=8, verbose=0)
    for name, variable in checkpoints.variables(other).items():
        if "moving" not in name:
            assert (variable.numpy() == checkpoints.variables(one)[name].numpy()).all(), name


def test_checkpoints_hold_it(tmp_path):
    model = make_model(ema=0.5)
    train(model, _REAL, 2)
    checkpoints.save(tmp_path, model)
    again = make_model(ema=0.5)
    checkpoints.restore_latest(tmp_path, again)
    for one, other in zip(_averages(model), _averages(again), strict=True):
        assert (one == other).all()
