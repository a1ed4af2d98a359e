"""Refining z."""

import numpy as np

from tests.tiny import make_model, strong
from wgan_tf.refine.z_iterator import z_iterator


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
