"""A ratio as a network and as a file."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.errors import UserError
from wgan_tf.networks.inference import compiled
from wgan_tf.refine.ratio.ratio import Ratio


@pytest.fixture
def saved(fitted, tmp_path):
    path = tmp_path / "folder" / "ratio.keras"
    fitted.save(path)
    return path


def test_saved_and_loaded_it_is_the_same_bit_for_bit(laws, fitted, saved):
    images, loaded = laws.images(700, 5), Ratio.load(saved)
    np.testing.assert_array_equal(loaded.log_ratio(images), fitted.log_ratio(images))
    assert loaded.facts == fitted.facts and loaded.level == fitted.level
    assert loaded.shape == (1, 1, 2) and loaded.name == "ratio"
    assert sorted(path.name for path in saved.parent.iterdir()) == ["ratio.json", "ratio.keras"]
    # Once more, from what was loaded.
    loaded.save(saved.with_name("again.keras"))
    again = Ratio.load(saved.with_name("again.keras"))
    np.testing.assert_array_equal(again.log_ratio(images), fitted.log_ratio(images))


def test_plain_keras_opens_it(laws, fitted, saved):
    images = laws.images(40, 5)
    network = keras.models.load_model(saved)
    expected = fitted.log_ratio(images)
    np.testing.assert_array_equal(compiled(network)(images), expected)
    assert expected.shape == (40,) and expected.dtype == np.float32
    assert all(type(layer).__module__.startswith("keras.") for layer in network.layers)


def test_gradient_by_the_images_against_finite_differences(laws, fitted):
    images = laws.images(200, 6)
    at = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(at)
        values = fitted(at)
    np.testing.assert_allclose(values, fitted.log_ratio(images), rtol=1e-5, atol=1e-6)
    gradient, differences = tape.gradient(values, at).numpy(), np.zeros_like(images)
    for channel in range(2):
        step = np.zeros((1, 1, 1, 2), np.float32)
        step[..., channel] = 1e-2
        ends = fitted.log_ratio(images + step), fitted.log_ratio(images - step)
        differences[:, 0, 0, channel] = (ends[0] - ends[1]) / 2e-2
    # Kinks of the network lie between some ends.
    errors = np.abs(gradient - differences).reshape(-1) / np.abs(differences).mean()
    assert np.mean(errors < 0.03) > 0.9 and errors.mean() < 0.03
    # The true one is mean / deviation^2 everywhere.
    assert gradient.mean() == pytest.approx(1.2, rel=0.1)


def test_images_of_any_number(laws, fitted):
    images = laws.images(300, 7)
    np.testing.assert_allclose(
        fitted.log_ratio(images[:1]), fitted.log_ratio(images)[:1], rtol=1e-4
    )


def test_no_file(tmp_path):
    with pytest.raises(UserError, match="nowhere.keras: no such file: use") as error:
        Ratio.load(tmp_path / "nowhere.keras")
    assert "\n" not in str(error.value)


def test_no_facts_beside_it(saved):
    saved.with_suffix(".json").unlink()
    with pytest.raises(UserError, match="ratio.json: no such file"):
        Ratio.load(saved)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


@pytest.mark.parametrize(
    "spoil",
    [
        cut,
        flip,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not a network"),
        lambda path: path.with_suffix(".json").write_text("{"),
        lambda path: path.with_suffix(".json").write_text("{}"),
        lambda path: path.with_suffix(".json").write_text("[1]"),
        lambda path: path.with_suffix(".json").write_text('{"real_median": null}'),
    ],
)
def test_a_damaged_file(saved, spoil):
    spoil(saved)
    with pytest.raises(UserError, match="damaged or no ratio") as error:
        Ratio.load(saved)
    assert "\n" not in str(error.value) and "fit it again" in str(error.value)


def test_another_network(saved):
    images = keras.Input((1, 1, 2))
    keras.Model(images, keras.layers.Flatten()(images), name="judge").save(saved)
    with pytest.raises(UserError, match="holds another network, no ratio"):
        Ratio.load(saved)


def test_a_level_that_is_no_number(saved):
    saved.with_suffix(".json").write_text('{"real_median": NaN}')
    with pytest.raises(UserError, match="no ratio"):
        Ratio.load(saved)


def test_a_network_of_several_numbers_is_no_ratio(saved):
    images = keras.Input((1, 1, 2))
    keras.Model(images, keras.layers.Flatten()(images), name="ratio").save(saved)
    with pytest.raises(UserError, match="holds another network, no ratio"):
        Ratio.load(saved)
