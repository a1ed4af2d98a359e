"""Judges that are trained: they learn what can be learnt, and come back from their files."""

import keras
import numpy as np
import pytest

from wgan_tf.data.scaling import to_uint8
from wgan_tf.data.source import ArraySource
from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics.judges import CriticJudge, Judge
from wgan_tf.training import classifiers, judging
from wgan_tf.training.judging import learn, learn_critic


def stripes(seed, count):
    """Images of upright (class 0), lying (1) or no (2) stripes, in noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=count)
    stripe = np.sign(np.sin(np.arange(16) * np.pi / 2 + 0.5))
    upright = np.tile(stripe, (16, 1))
    patterns = np.stack([upright, upright.T, np.zeros((16, 16))])
    images = 0.6 * patterns[labels] + rng.uniform(-0.4, 0.4, (count, 16, 16))
    return images[..., None].astype(np.float32), labels


def source(seed, count):
    images, labels = stripes(seed, count)
    return ArraySource(to_uint8(images), "stripes", labels)


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "SEEN", 3000)
        return learn(source(0, 300), 0)


def test_learns(trained):
    images, labels = stripes(1, 200)
    assert (trained.probabilities(images).argmax(1) == labels).mean() > 0.95


def test_passes_over_the_images():
    assert classifiers.epochs_for(None, 4000) == 20
    assert classifiers.epochs_for(None, 60_000) == 1
    assert classifiers.epochs_for(None, 1_000_000) == 1
    assert classifiers.epochs_for(None, 10) == 30
    assert classifiers.epochs_for(7, 10) == 7


def test_what_a_judge_says_fits_together(trained):
    judge = trained
    images, _ = stripes(2, 7)
    logits = judge.logits(images)
    assert judge.features(images).shape == (7, judge.width)
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(judge.probabilities(images), probabilities, rtol=1e-4)
    expected = np.log(probabilities.max(1))
    np.testing.assert_allclose(judge.realism(images), expected, rtol=1e-3, atol=1e-6)
    # The logits are a dense layer on the features.
    kernel, bias = (v.numpy() for v in judge.network.get_layer("logits").variables)
    expected = judge.features(images) @ kernel + bias
    np.testing.assert_allclose(expected, logits, rtol=1e-3, atol=1e-4)


def test_comes_back_from_its_file_also_in_plain_keras(trained, tmp_path):
    judge = trained
    images, _ = stripes(2, 5)
    path = tmp_path / "deep" / "judge.keras"
    judge.save(path)
    np.testing.assert_array_equal(Judge.load(path).features(images), judge.features(images))
    plain = keras.saving.load_model(path, safe_mode=True)
    np.testing.assert_allclose(plain(images)[1], judge.logits(images), rtol=1e-4, atol=1e-5)


def test_the_same_seed_gives_the_same_judge(monkeypatch):
    monkeypatch.setattr(judging, "SEEN", 100)
    images, _ = stripes(0, 64)
    first, again, other = (learn(source(0, 64), seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.features(images), again.features(images))
    assert (first.features(images) != other.features(images)).any()


def test_second_critic_tells_real_from_generated(monkeypatch, tmp_path):
    monkeypatch.setattr(judging, "SEEN", 6000)
    real, fake = stripes(0, 150)[0], stripes(1, 200)[0] * 0.3
    critic = learn_critic(real, fake)
    unseen, unseen_fake = stripes(3, 100)[0], stripes(4, 100)[0] * 0.3
    right = np.mean(critic.realism(unseen) > 0) + np.mean(critic.realism(unseen_fake) < 0)
    assert right / 2 > 0.9
    assert critic.probabilities(unseen) is None
    critic.save(tmp_path / "critic.keras")
    np.testing.assert_array_equal(
        CriticJudge.load(tmp_path / "critic.keras").realism(unseen), critic.realism(unseen)
    )
    with pytest.raises(UserError, match="no judge of kind 'classifier'"):
        Judge.load(tmp_path / "critic.keras")


def test_files_that_are_no_judges(tmp_path):
    with pytest.raises(UserError, match="train one with --mode=train_judge"):
        Judge.load(tmp_path / "none.keras")
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"PK no zip")
    with pytest.raises(UserError, match="damaged or no judge"):
        Judge.load(broken)


def test_images_of_another_size(trained):
    with pytest.raises(UserError, match="trained on 16x16x1 images, not 8x8x1"):
        trained.features(np.zeros((3, 8, 8, 1), np.float32))


def test_one_class_is_not_enough():
    with pytest.raises(UsageError, match="two classes"):
        learn(ArraySource(to_uint8(stripes(0, 10)[0]), "one", np.zeros(10, int)), 0)


@pytest.mark.slow
def test_digits_are_judged_right(cache_dir):
    from wgan_tf.data import open_source
    from wgan_tf.data.scaling import to_float

    train, test = (
        open_source("mnist5k", None, str(cache_dir), None, 32, 1, split)
        for split in ("train", "test")
    )
    judge = learn(train, 0)
    assert np.mean(judge.probabilities(to_float(test.images)).argmax(1) == test.labels) >= 0.985
