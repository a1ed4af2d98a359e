"""Judges that are trained: they learn what can be learnt, and come back from their files."""

import keras
import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics import judge as module
from wgan_tf.metrics.judge import CriticJudge, Judge, train_critic_judge, train_judge


def stripes(seed, count):
    """Images of upright (class 0), lying (1) or no (2) stripes, in noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=count)
    stripe = np.sign(np.sin(np.arange(16) * np.pi / 2 + 0.5))
    upright = np.tile(stripe, (16, 1))
    patterns = np.stack([upright, upright.T, np.zeros((16, 16))])
    images = 0.6 * patterns[labels] + rng.uniform(-0.4, 0.4, (count, 16, 16))
    return images[..., None].astype(np.float32), labels


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SEEN", 3000)
        news = []
        images, labels = stripes(0, 300)
        judge = train_judge(images, labels, on_epoch=lambda *each: news.append(each))
    return judge, news


def test_learns_and_reports_each_epoch(trained):
    judge, news = trained
    images, labels = stripes(1, 200)
    assert (judge.probabilities(images).argmax(1) == labels).mean() > 0.95
    assert [epoch for epoch, _, _ in news] == list(range(1, 11))
    assert news[-1][1] < news[0][1]
    # What an epoch's judge says is not what a later one says.
    assert news[0][2].network is judge.network


def test_what_a_judge_says_fits_together(trained):
    judge, _ = trained
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
    judge, _ = trained
    images, _ = stripes(2, 5)
    path = tmp_path / "deep" / "judge.keras"
    judge.save(path)
    np.testing.assert_array_equal(Judge.load(path).features(images), judge.features(images))
    plain = keras.saving.load_model(path, safe_mode=True)
    np.testing.assert_allclose(plain(images)[1], judge.logits(images), rtol=1e-4, atol=1e-5)


def test_the_same_seed_gives_the_same_judge(monkeypatch):
    monkeypatch.setattr(module, "_SEEN", 100)
    monkeypatch.setattr(module, "_FEWEST_EPOCHS", 1)
    images, labels = stripes(0, 64)
    first, again, other = (train_judge(images, labels, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.features(images), again.features(images))
    assert (first.features(images) != other.features(images)).any()


def test_second_critic_tells_real_from_generated(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_SEEN", 6000)
    real, fake = stripes(0, 150)[0], stripes(1, 200)[0] * 0.3
    critic = train_critic_judge(real, fake)
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
        trained[0].features(np.zeros((3, 8, 8, 1), np.float32))


def test_one_class_is_not_enough():
    with pytest.raises(UserError, match="two classes"):
        train_judge(stripes(0, 10)[0], np.zeros(10, int))


def test_augmentation_is_a_function_of_its_key_and_moves_little():
    images = stripes(0, 4)[0]
    first, again, other = (
        module._augmented(images, np.array([0, step], np.int64)).numpy() for step in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and first.shape == images.shape
    # The middle of an image stays near the middle.
    dot = np.full((50, 17, 17, 1), -1, np.float32)
    dot[:, 8, 8] = 1
    moved = module._augmented(dot, np.array([0, 3], np.int64)).numpy()[..., 0] + 1
    rows = (moved.sum(2) * np.arange(17)).sum(1) / moved.sum((1, 2))
    assert 0.1 < np.abs(rows - 8).max() < 1.5


@pytest.mark.slow
def test_digits_are_judged_right(cache_dir):
    from wgan_tf.data import open_source
    from wgan_tf.data.scaling import to_float

    train, test = (
        open_source("mnist5k", None, str(cache_dir), None, 32, 1, split)
        for split in ("train", "test")
    )
    judge = train_judge(to_float(train.images), train.labels)
    assert np.mean(judge.probabilities(to_float(test.images)).argmax(1) == test.labels) >= 0.985
