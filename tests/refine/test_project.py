"""The nearest z, on generators whose nearest z is known."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, strong
from wgan_tf.refine import project as module
from wgan_tf.refine.distances import l1, l2, psnr, relative
from wgan_tf.refine.project import bounds, project, start_latents

RNG = np.random.default_rng(3)
MIXING = RNG.normal(0, 0.4, (3, 16)).astype(np.float32)


def linear(prior="normal", one_hot=0, codes=0, mixing=MIXING):
    """z (n, 3) to images (n, 4, 4, 1), with as much of a model as a search needs."""
    width = len(mixing)

    def generate(z, training=False):
        return tf.reshape(tf.convert_to_tensor(z) @ mixing, (-1, 4, 4, 1))

    def sample(count, seed):
        rng = np.random.default_rng(seed)
        return tf.constant(rng.uniform(-1, 1, (count, width)).astype(np.float32))

    def condition(z, classes):
        return tf.concat([tf.one_hot(classes, one_hot), z[:, one_hot:]], 1)

    return SimpleNamespace(
        generator=generate, generate=generate, sample_z=sample, condition=condition,
        z_dim=width, z_prior=prior, one_hot=one_hot, codes=codes,
    )


def noise(count, scale=0.5, seed=1):
    return np.random.default_rng(seed).normal(0, scale, (count, 4, 4, 1)).astype(np.float32)


def test_distances_by_hand():
    images = tf.constant([[[1.0, -1.0]], [[0.5, 0.0]]])
    targets = tf.constant([[[0.0, 1.0]], [[0.5, -0.25]]])
    np.testing.assert_allclose(l1(images, targets), [1.5, 0.125])
    np.testing.assert_allclose(l2(images, targets), [2.5, 0.03125])
    np.testing.assert_allclose(relative(images, targets), [5.0, 0.2], rtol=1e-6)
    np.testing.assert_allclose(psnr(images, targets), [2.0412, 21.0721], rtol=1e-4)
    assert np.isinf(psnr(images, images)).all()


def test_l2_ends_at_least_squares():
    targets = noise(4)
    seen = []
    result = project(
        linear(), targets, l2, starts=2, steps=600, on_record=lambda *record: seen.append(record)
    )
    expected = np.linalg.lstsq(MIXING.T, targets.reshape(4, 16).T, rcond=None)[0].T
    np.testing.assert_allclose(result.z, expected, atol=2e-3)
    left = ((expected @ MIXING - targets.reshape(4, 16)) ** 2).mean(1)
    np.testing.assert_allclose(result.after, left, rtol=1e-3)
    np.testing.assert_allclose(result.images.reshape(4, 16), result.z @ MIXING, atol=1e-6)
    assert result.curve.shape == (51, 4) and result.curve_steps[-1] == 600
    assert (np.diff(result.curve, axis=0) <= 0).all()
    assert len(seen) == 50 and seen[-1][0] == 600 * 4 * 2


def test_before_any_step_it_is_the_nearest_sample():
    model, targets = linear(), noise(3)
    result = project(model, targets, l1, starts=5, steps=3, seed=7)
    samples = np.asarray(model.generate(model.sample_z(5, 7)))
    far = np.abs(samples[None] - targets[:, None]).mean((2, 3, 4))
    np.testing.assert_allclose(result.starts, far, rtol=1e-5)
    np.testing.assert_allclose(result.before, far.min(1), rtol=1e-5)
    np.testing.assert_allclose(result.start_images, samples[far.argmin(1)], rtol=1e-5)


@pytest.mark.parametrize("rows", [1, 4, 512])
def test_a_target_does_not_feel_the_others(monkeypatch, rows):
    """Alone, in a batch, and in a batch that is cut where it may be cut."""
    monkeypatch.setattr(module, "_rows", lambda size: rows)
    model, targets = strong(make_model(z_dim=3)), None
    targets = np.asarray(model.generate(model.sample_z(3, 99))) * 0.8
    together = project(model, targets, l2, starts=2, steps=20)
    for index in range(3):
        alone = project(model, targets[index : index + 1], l2, starts=2, steps=20)
        np.testing.assert_allclose(together.z[index], alone.z[0], atol=1e-4)
        np.testing.assert_allclose(together.ends[index], alone.ends[0], rtol=1e-3)
        assert together.winner[index] == alone.winner[0]


def test_the_best_start_wins():
    """Between two valleys, at z = -1 and at z = 1, the latter is deeper."""

    def generate(z, training=False):
        return tf.reshape(tf.convert_to_tensor(z), (-1, 1, 1, 1))

    def valleys(images, targets):
        z = images[:, 0, 0, 0]
        return tf.square(tf.square(z) - 1) - 0.2 * z + targets[:, 0, 0, 0]

    starts = np.float32([[-1.5], [0.8], [-0.6]])
    model = SimpleNamespace(
        generator=generate, generate=generate, sample_z=lambda count, seed: starts[:count],
        z_dim=1, z_prior="normal", one_hot=0, codes=0,
    )
    targets = np.float32([[[[0]]], [[[1]]]])
    result = project(model, targets, valleys, starts=3, steps=200)
    assert result.winner.tolist() == [1, 1]
    assert (result.ends[:, 1] < result.ends[:, 0] - 0.3).all() and (result.z > 0.9).all()
    np.testing.assert_allclose(result.after, result.ends[:, 1])
    # With no start in the deeper valley, it is not found.
    assert (project(model, targets, valleys, starts=1, steps=200).z < -0.9).all()


def test_what_was_nearer_on_the_way_is_kept():
    """Steps that are far too long leave the start, which is the answer."""
    model = linear()
    targets = np.asarray(model.generate(model.sample_z(1, 0)))
    result = project(model, targets, l2, starts=1, steps=4, rate=50.0)
    np.testing.assert_array_equal(result.z, model.sample_z(1, 0))
    assert result.after == 0


def test_a_uniform_z_stays_in_its_range_and_comes_back():
    target = (np.float32([[3.0, -0.5, 0.2]]) @ MIXING).reshape(1, 4, 4, 1)
    bound = project(linear("uniform"), target, l2, starts=4, steps=600)
    assert np.abs(bound.z).max() <= 1 and bound.z[0, 0] == 1
    free = project(linear("normal"), target, l2, starts=4, steps=600)
    np.testing.assert_allclose(free.z, [[3.0, -0.5, 0.2]], atol=1e-2)
    # Within the bounds the rest is the least squares of what the first value leaves.
    rest = target.reshape(16) - MIXING[0]
    expected = np.linalg.lstsq(MIXING[1:].T, rest, rcond=None)[0]
    np.testing.assert_allclose(bound.z[0, 1:], expected, atol=5e-3)


def test_the_class_asked_for_stays_and_all_are_tried():
    mixing = RNG.normal(0, 0.4, (5, 16)).astype(np.float32)
    model = linear("normal", one_hot=3, codes=1, mixing=mixing)
    z = start_latents(model, 2, 0)
    assert z[:, :3].tolist() == np.eye(3).tolist()
    assert start_latents(model, 5, 0)[:, :3].argmax(1).tolist() == [0, 1, 2, 0, 1]
    low, high = bounds(model, z)
    assert low[1].tolist() == [0, 1, 0, -1, -np.inf] and high[1].tolist() == [0, 1, 0, 1, np.inf]
    target = np.float32([0, 0, 1, 0.3, 2.5]) @ mixing
    result = project(model, target.reshape(1, 4, 4, 1), l2, starts=1, steps=600)
    assert result.ends.shape == (1, 3) and result.winner == [2]
    np.testing.assert_allclose(result.z, [[0, 0, 1, 0.3, 2.5]], atol=1e-2)
    assert result.z[0, :3].tolist() == [0, 0, 1]


def test_a_look_compares_what_it_gives():
    """Only the first pixel counts: the others stay as far as they were."""
    model, target = linear(), noise(1)
    result = project(model, target, l1, look=lambda images: images[:, :1, 0], starts=1, steps=400)
    assert abs(result.images[0, 0, 0, 0] - target[0, 0, 0, 0]) < 2e-3
    assert result.after < 2e-3 < l1(result.images, target)


def test_the_weights_stay():
    model = strong(make_model("acgan"))
    before = [variable.numpy() for variable in model.variables]
    targets = np.zeros((2, 16, 16, 1), np.float32)
    result = project(model, targets, l1, starts=1, steps=5)
    assert result.ends.shape == (2, 3) and (result.after < result.before).all()
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_fewer_large_images_move_together():
    assert [module._rows(size) for size in (16, 64, 128, 256)] == [512, 512, 128, 32]
