"""Perturbed images of a linear classifier, where every number is known by hand."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.refine.perturb import LEVEL, gradient, one_step, perturb, random_signs

# Three classes, four pixels. Logits are linear, so signs of gradients are those of weights.
WEIGHTS = np.float32([[1, -2, 0.5, 0], [-1, 1, 0.5, 0], [0, 0, -4, 0]])


def logits(images):
    return tf.reshape(images, (-1, 4)) @ tf.constant(WEIGHTS.T)


def image(*pixels):
    return np.float32(pixels).reshape(1, 2, 2, 1)


def two(images):
    """Two classes: label 0 where 2 a - b + c + 3 d is above 0."""
    score = tf.reshape(images, (-1, 4)) @ tf.constant(np.float32([[2], [-1], [1], [3]]))
    return tf.concat([score, -score], 1)


def test_the_size_that_flips_a_linear_classifier():
    # 7 x size = score: with 0.1 it takes 0.1 / 7 of [-1, 1], 1.82 levels: the first step of a
    # half beyond it is 2.
    pixels = np.concatenate([image(0.05, 0, 0, 0), image(0, 0, 0, 0.2), image(0.9, 0.9, 0.9, 0.9)])
    seen = []
    result = perturb(
        two, pixels, [0, 0, 0], largest=8, steps=16, on_record=lambda *args: seen.append(args)
    )
    assert result.sizes.tolist() == [i / 2 for i in range(17)]
    expected = [np.ceil(2 * score / 7 / LEVEL) / 2 for score in (0.1, 0.6, 9.0)]
    assert expected[0] == 2.0 and expected[2] > 8
    assert result.smallest.tolist() == [2.0, np.inf, np.inf]
    wider = perturb(two, pixels, [0, 0, 0], largest=16, steps=32)
    assert wider.smallest.tolist() == [2.0, expected[1], np.inf]
    np.testing.assert_allclose(
        result.altered[0].ravel(),
        np.float32([0.05, 0, 0, 0]) - 2 * LEVEL * np.sign([2, -1, 1, 3]),
        atol=1e-6,
    )
    assert result.altered_answers.tolist() == [1, 0, 0]
    np.testing.assert_allclose(np.abs(result.altered[1] - pixels[1]), 8 * LEVEL, atol=1e-5)
    assert result.accuracy[3] == 1 and result.accuracy[4] == pytest.approx(2 / 3)
    assert [done for done, _ in seen] == [3 * step for step in range(1, 17)]
    # The first loss is the mean of the log odds, twice the score.
    assert seen[0][1] == pytest.approx(2 * (0.1 + 0.6 + 4.5) / 3, rel=1e-5)


def test_gradient_by_hand():
    score, pixels = 0.1, image(0.05, 0, 0, 0)
    # Away: d/dx of the log odds, 2 w. Towards: -d/dx log p1 = 2 p0 w, -d/dx log p0 = -2 p1 w.
    weights, other = np.float32([2, -1, 1, 3]), 1 / (1 + np.exp(2 * score))
    np.testing.assert_allclose(gradient(two, pixels, [0]).ravel(), 2 * weights, rtol=1e-5)
    towards = gradient(two, pixels, [0], [1]).ravel()
    np.testing.assert_allclose(towards, 2 * (1 - other) * weights, rtol=1e-5)
    back = gradient(two, pixels, [1], [0]).ravel()
    np.testing.assert_allclose(back, -2 * other * weights, rtol=1e-5)


def test_away_from_an_answer_has_the_signs_of_its_cross_entropy():
    rng = np.random.default_rng(3)
    pixels, labels = rng.uniform(-1, 1, (30, 2, 2, 1)).astype(np.float32), np.arange(30) % 3
    images = tf.constant(pixels)
    with tf.GradientTape() as tape:
        tape.watch(images)
        loss = -tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits(images))
    expected = tape.gradient(loss, images).numpy()
    np.testing.assert_array_equal(
        np.sign(gradient(logits, pixels, labels)[np.abs(expected) > 1e-6]),
        np.sign(expected[np.abs(expected) > 1e-6]),
    )


def test_a_classifier_that_is_all_too_sure_is_fooled_as_well():
    """Its cross entropy has a gradient of 0 in float32."""
    pixels = image(0.05, 0, 0, 0)
    sure = perturb(lambda images: 1000 * two(images), pixels, [0], largest=8, steps=16)
    assert sure.smallest.tolist() == [2.0]


def test_targeted_ends_at_the_target_and_a_pixel_without_weight_stays():
    pixels = np.repeat(image(0.01, -0.01, 0.02, 0.3), 2, axis=0)
    result = perturb(logits, pixels, [0, 0], [1, 2], largest=16, steps=8)
    assert result.answers[0].tolist() == [0, 0]
    assert result.answers[-1].tolist() == [1, 2]
    assert (result.altered[..., 1, 1, 0] == np.float32(0.3)).all()
    assert (result.gradient[..., 1, 1, 0] == 0).all()


def test_images_stay_images_and_no_change_is_larger_than_allowed():
    rng = np.random.default_rng(0)
    pixels = rng.choice(np.float32([-1, -0.99, 0.99, 1]), (5, 2, 2, 1))
    result = perturb(logits, pixels, np.zeros(5, int), [2] * 5, largest=40, steps=10)
    assert np.abs(result.altered).max() <= 1
    size = np.where(np.isinf(result.smallest), 40, result.smallest)
    change = np.abs(result.altered - pixels).reshape(5, -1).max(1)
    assert (change <= size * LEVEL + 1e-6).all()


def test_what_is_wrong_already_needs_no_change():
    pixels = np.concatenate([image(0.5, 0, 0, 0), image(-0.5, 0, 0, 0)])
    result = perturb(two, pixels, [1, 0], largest=4, steps=4)
    assert result.smallest.tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(result.altered, pixels)
    assert result.accuracy[0] == 0


def test_batches_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    pixels = rng.uniform(-0.1, 0.1, (7, 2, 2, 1)).astype(np.float32)
    labels, targets = np.arange(7) % 3, (np.arange(7) + 1) % 3
    seen = []

    def run():
        return perturb(
            logits, pixels, labels, targets, steps=4, on_record=lambda done, _: seen.append(done)
        )

    whole = run()
    monkeypatch.setattr("wgan_tf.refine.perturb._BATCH", 3)
    parts = run()
    for name in ("answers", "smallest", "altered", "altered_answers", "gradient"):
        np.testing.assert_allclose(getattr(whole, name), getattr(parts, name), rtol=1e-5)
    assert seen == [7, 14, 21, 28, 3, 6, 9, 12, 15, 18, 21, 24, 25, 26, 27, 28]


def test_one_step_of_every_size():
    pixels = image(0.05, 0, 0, 0)
    answers = one_step(two, pixels, gradient(two, pixels, [0]), largest=4, steps=8)
    # As before: 1.82 levels; a linear classifier needs no second look.
    assert answers[:, 0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_random_signs_are_drawn_once_and_by_the_seed():
    rng = np.random.default_rng(2)
    pixels = rng.uniform(-0.02, 0.02, (40, 2, 2, 1)).astype(np.float32)
    once, again, other = (random_signs(logits, pixels, seed, steps=4) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once, again)
    assert (once != other).any() and once.shape == (5, 40)
    np.testing.assert_array_equal(once[0], np.argmax(logits(pixels), 1))
