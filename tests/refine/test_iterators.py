"""The refinement loop and both iterators."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, strong
from wgan_tf.optimizers import make_optimizer
from wgan_tf.optimizers.steps import SignDescent
from wgan_tf.refine import image_iterator, refine, z_iterator


def test_loop_on_a_known_function():
    """TensorFlow 1's RMSProp on sum((x - 3)^2), followed in NumPy."""
    x, mean_square, losses = np.array([0.0, 1.0]), np.ones(2), []
    for _ in range(7):
        losses.append(((x - 3) ** 2).sum())
        gradient = 2 * (x - 3)
        mean_square = 0.9 * mean_square + 0.1 * gradient**2
        x = x - 0.5 * gradient / np.sqrt(mean_square + 1e-10)
    records, at, loss, seconds = refine(
        lambda value: tf.reduce_sum((value - 3.0) ** 2),
        [0.0, 1.0],
        make_optimizer("RMSProp", 0.5, 0.9),
        7,
        record_every=3,
    )
    assert at.tolist() == [0, 3, 6, 7]
    np.testing.assert_allclose(loss, losses, rtol=1e-5)
    np.testing.assert_allclose(records[-1], x, rtol=1e-5)
    assert records.shape == (4, 2) and seconds > 0


def test_records_do_not_change_the_way():
    def run(**kwargs):
        return refine(
            lambda value: tf.reduce_sum(value**4),
            np.array([1.0, -2.0]),
            make_optimizer("Adam", 0.1, 0.5),
            10,
            **kwargs,
        )

    seen = []
    often = run(record_every=1, on_record=lambda done, loss: seen.append((done, loss)))
    np.testing.assert_array_equal(often[0][-1], run()[0][-1])
    assert [done for done, _ in seen] == list(range(1, 11))
    assert seen[4][1] == often[2][4]


def test_records_after_given_numbers_of_steps():
    def run(record_every):
        return refine(
            lambda value: tf.reduce_sum(value**4),
            np.array([1.0, -2.0]),
            make_optimizer("Adam", 0.1, 0.5),
            10,
            record_every=record_every,
        )

    every, some = run(1), run((2, 5, 10, 30))
    assert some[1].tolist() == [0, 2, 5, 10]
    np.testing.assert_array_equal(some[0], every[0][[0, 2, 5, 10]])
    np.testing.assert_array_equal(some[2], every[2])
    assert run((3, 4))[1].tolist() == [0, 3, 4, 10]


def test_projection_holds_values_and_their_gradients():
    records, _, loss, _ = refine(
        lambda value: -tf.reduce_sum(value),
        np.array([0.95, 2.0, -1.0]),
        make_optimizer("keras_rmsprop", 0.1, 0.9),
        20,
        projection=lambda value: tf.clip_by_value(value, -1.0, 1.0),
    )
    assert records[0].tolist() == pytest.approx([0.95, 1.0, -1.0])
    assert np.abs(records).max() <= 1
    assert records[-1][0] == 1.0


def test_gradient_of_the_z_objective_against_finite_differences():
    """First step of plain descent in float32 against float64 central differences."""
    model = strong(make_model())
    z = model.sample_z(2, 0).numpy()
    double = _in_float64(model)
    gradient, epsilon = np.zeros_like(z, np.float64), 1e-5
    for index in np.ndindex(*z.shape):
        step = np.zeros_like(z, np.float64)
        step[index] = epsilon
        difference = double(z + step) - double(z - step)
        gradient[index] = difference / (2 * epsilon)
    # With the slot at one and a decay near one RMSProp is plain gradient descent.
    rate = 1e-3
    moved = z_iterator(model, z, 1, rate, optimizer_param=0.999999).end
    np.testing.assert_allclose((z - moved) / (10 * rate), gradient, atol=2e-3, rtol=2e-3)
    assert np.abs(gradient).max() > 0.1


def _in_float64(model):
    import keras

    def cast(network):
        config = network.get_config()
        with_double = keras.Model.from_config(_double(config))
        with_double.set_weights(network.get_weights())
        return with_double

    generator, critic = cast(model.generator), cast(model.critic)
    return lambda z: -float(np.mean(critic(generator(np.asarray(z, np.float64)))))


def _double(config):
    """The same configuration with float64 wherever a layer names a type."""
    if isinstance(config, dict):
        return {
            key: "float64" if key == "dtype" else _double(value) for key, value in config.items()
        }
    if isinstance(config, list | tuple):
        return type(config)(_double(value) for value in config)
    return config


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_image_iterator_raises_the_score_and_changes_no_weight(kind):
    model = strong(make_model(kind))
    z = model.sample_z(4, 0)
    real = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    weights = [v.numpy().copy() for v in model.variables]
    result = image_iterator(model, model.generate(z), 60, 1e-2, real=real)
    assert result.loss[-1] < result.loss[0]
    assert np.abs(result.images_after).max() <= 1
    np.testing.assert_allclose(result.scores_after, model.score(result.images_after))
    np.testing.assert_array_equal(result.end, result.images_after)
    for before, variable in zip(weights, model.variables, strict=True):
        assert (before == variable.numpy()).all(), variable.path


def test_z_iterator_moves_ten_times_faster_than_the_flag():
    model = strong(make_model())
    z = model.sample_z(4, 0).numpy() * 0.5
    # Keras' RMSProp moves by rate / sqrt(1 - rho) in its first step, whatever the gradient.
    result = z_iterator(model, z, 1, 1e-3, optimizer="keras_rmsprop", optimizer_param=0.75)
    np.testing.assert_allclose(np.abs(result.end - z), 10 * 1e-3 * 2, rtol=5e-2)
    np.testing.assert_allclose(result.images_after, model.generate(result.end))


def test_z_stays_in_the_box_of_the_uniform_prior_only():
    z = np.full((2, 3), 0.99, np.float32)
    boxed = z_iterator(strong(make_model()), z, 40, 0.05)
    assert np.abs(boxed.path).max() <= 1
    free = z_iterator(strong(make_model(z_prior="normal")), z, 40, 0.05)
    assert np.abs(free.path).max() > 1


def test_the_class_asked_for_stays_while_the_noise_moves():
    model = make_model("acgan")
    z = model.sample_z(6)
    end = z_iterator(model, z, steps=5, learning_rate=0.05).end
    np.testing.assert_array_equal(end[:, :3], z[:, :3])
    assert np.abs(end[:, 3:] - z[:, 3:]).min() > 0


def test_constraint_holds_the_variable_itself():
    """A clipped variable turns back at once; a projected one first has to come back."""

    def run(**kwargs):
        count = tf.Variable(0.0)

        def objective(value):
            # Up for five steps of a half, then down.
            return tf.reduce_sum(value) * tf.where(count.assign_add(1.0) <= 5.0, -1.0, 1.0)

        records, *_ = refine(objective, [0.0], SignDescent(0.5), 7, record_every=1, **kwargs)
        return records[:, 0].tolist()

    def clip(value):
        return tf.clip_by_value(value, -1.0, 1.0)

    assert run(constraint=clip) == [0, 0.5, 1, 1, 1, 1, 0.5, 0]
    assert max(run(projection=clip)) == 1
    assert run() == [0, 0.5, 1, 1.5, 2, 2.5, 2, 1.5]


def test_sign_descent_by_hand_and_its_configuration():
    records, *_ = refine(
        lambda value: tf.reduce_sum(value * tf.constant([5.0, -1e-6, 0.0])),
        [0.0, 0.25, 0.5],
        SignDescent(0.125),
        3,
    )
    assert records[-1].tolist() == [-0.375, 0.625, 0.5]
    copy = SignDescent.from_config(SignDescent(0.5).get_config())
    assert float(copy.learning_rate) == 0.5
