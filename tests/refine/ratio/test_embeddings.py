"""What a ratio looks at."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, same, strong, weights
from wgan_tf.errors import UserError
from wgan_tf.files.keras_file import load_network
from wgan_tf.networks.inference import compiled
from wgan_tf.refine.ratio import RATIO_FEATURES, embeddings, fitting
from wgan_tf.refine.ratio.fitting import fit_ratio
from wgan_tf.refine.ratio.ratio import Ratio

FROZEN = ("critic", "score", "random", "pixels")


def real_images(count=240):
    """Dark images with a bright square somewhere, and its half as a label."""
    rng = np.random.default_rng(2)
    images = rng.uniform(-1, -0.6, (count, 16, 16, 1)).astype(np.float32)
    corners = rng.integers(0, 12, (count, 2))
    for image, (y, x) in zip(images, corners, strict=True):
        image[y : y + 4, x : x + 4] = 0.9
    return images, (corners[:, 0] >= 6).astype(int)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(fitting, "_EPOCHS", 1)


@pytest.fixture(scope="module")
def model():
    return strong(make_model())


@pytest.mark.parametrize("name", FROZEN)
def test_a_ratio_in_frozen_features_fits_and_is_saved(model, name, quick, tmp_path):
    images, _ = real_images()
    before, trainable = weights(model), len(model.critic.trainable_variables)
    ratio = fit_ratio(model, images, features=name, seed=1)
    assert same(before, model) and len(model.critic.trainable_variables) == trainable > 0
    values = ratio.log_ratio(images)
    assert values.shape == (240,) and np.isfinite(values).all() and values.std() > 0
    assert ratio.facts["features"] == name
    ratio.save(tmp_path / "ratio.keras")
    np.testing.assert_array_equal(Ratio.load(tmp_path / "ratio.keras").log_ratio(images), values)
    keras.models.load_model(tmp_path / "ratio.keras")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("gan", "score"),
        ("dcgan", "critic"),
        ("infogan", "score"),
        ("wgan_gp", "critic"),
    ],
)
def test_features_of_every_critic_can_be_saved(kind, name, tmp_path):
    model, (images, _) = strong(make_model(kind)), real_images(20)
    network, rows = RATIO_FEATURES[name](model, images, None, 0)
    np.testing.assert_array_equal(rows, np.arange(20))
    values = compiled(network)(images)
    # As the critic itself says it.
    judged = model.critic_with_features(images, training=False)
    expected = judged[name == "critic"].numpy().reshape(20, -1)
    np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-5)
    assert expected.std() > 1e-3
    network.save(tmp_path / "features.keras")
    loaded = load_network(tmp_path / "features.keras")
    np.testing.assert_array_equal(compiled(loaded)(images), values)


def test_features_are_float32_under_mixed_precision():
    model, (images, _) = make_model("dcgan", dtype="mixed_bfloat16"), real_images(20)
    for name in FROZEN:
        network, _ = RATIO_FEATURES[name](model, images, None, 0)
        assert compiled(network)(images).dtype == tf.float32, name


def test_a_critic_that_learns_on_takes_its_features_not_along():
    model, (images, _) = strong(make_model()), real_images(20)
    network, _ = embeddings.critic(model, images, None, 0)
    before = compiled(network)(images).numpy()
    for variable in model.critic.variables:
        variable.assign(variable + 0.5)
    np.testing.assert_array_equal(compiled(network)(images), before)


@pytest.mark.parametrize("name", ["critic", "score"])
def test_a_critic_of_whole_batches_has_no_features(name):
    model, (images, _) = make_model("dcgan", minibatch_discrimination=True), real_images()
    with pytest.raises(UserError, match="scores a batch as a whole"):
        fit_ratio(model, images, features=name)


def test_pixels_and_score_by_themselves():
    model, (images, _) = strong(make_model()), real_images(20)
    network, _ = embeddings.pixels(model, images, None, 0)
    np.testing.assert_array_equal(network(images), images.reshape(20, -1))
    network, _ = embeddings.score(model, images, None, 0)
    np.testing.assert_allclose(network(images)[:, 0], model.score(images), rtol=1e-4, atol=1e-6)


def test_random_features_are_the_same_everywhere():
    images, _ = real_images(20)
    networks = [embeddings.random(None, images, None, seed)[0] for seed in (0, 1)]
    first, second = (network(images).numpy() for network in networks)
    np.testing.assert_array_equal(first, second)
    assert first.shape == (20, 64) and (first.std(0) > 0).mean() > 0.8


@pytest.fixture(scope="module")
def by_labels():
    """Features of 600 images by their labels, and the rows from which they were not learnt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(embeddings.LEARNT_FROM, "labels", 128 * 60)
        return embeddings.labels(None, *real_images(600), 1)


def test_features_by_labels_tell_labels_of_the_other_half(by_labels):
    (images, labels), (network, fresh) = real_images(600), by_labels
    assert len(fresh) == len(set(fresh)) == 300 and network.name == "labels"
    values = compiled(network)(images).numpy()
    assert values.shape == (600, network.output_shape[1])
    # By the nearer of the labels' centres, which are of other images.
    learnt = np.setdiff1d(np.arange(600), fresh)
    centres = np.stack([values[learnt][labels[learnt] == label].mean(0) for label in (0, 1)])
    nearest = ((values[fresh, None] - centres) ** 2).sum(-1).argmin(1)
    assert np.mean(nearest == labels[fresh]) > 0.8


def test_a_ratio_by_labels_is_fitted_to_the_other_half(
    model, by_labels, quick, monkeypatch, tmp_path
):
    monkeypatch.setattr(embeddings, "labels", lambda *_: by_labels)
    images, labels = real_images(600)
    ratio = fit_ratio(model, images, labels)
    # 15 % of 300.
    assert ratio.facts["features"] == "labels" and ratio.facts["real_images"] == 45
    ratio.save(tmp_path / "ratio.keras")
    loaded = Ratio.load(tmp_path / "ratio.keras")
    np.testing.assert_array_equal(loaded.log_ratio(images), ratio.log_ratio(images))


@pytest.mark.parametrize(
    ("labels", "message"),
    [(None, "these images have no labels"), (np.full(240, 3), "all labels are the same")],
)
def test_labels_that_teach_nothing(labels, message):
    with pytest.raises(UserError, match=f"{message}: --ratio_features=self needs none") as error:
        fit_ratio(make_model(), real_images()[0], labels, features="labels")
    assert "\n" not in str(error.value)


def test_noise_moves_images_by_a_few_pixels():
    images = np.zeros((2, 32, 32, 1), np.float32)
    images[0, 16, 16], images[1, 10, 20] = 9, 9
    places = set()
    for step in range(40):
        noisy = embeddings.noisy(tf.constant(images), tf.constant([step, 0], tf.int64)).numpy()
        assert noisy.shape == images.shape
        peaks = [np.unravel_index(image[..., 0].argmax(), (32, 32)) for image in noisy]
        shift = np.subtract(peaks[0], (16, 16))
        np.testing.assert_array_equal(np.subtract(peaks[1], (10, 20)), shift)
        places.add(tuple(shift))
        rest = np.delete(
            noisy.reshape(2, -1), [np.ravel_multi_index(p, (32, 32)) for p in peaks], 1
        )
        assert 0.13 < rest.std() < 0.17
    # 6 % of 32 pixels.
    assert {y for y, _ in places} == {x for _, x in places} == set(range(-2, 3))
