"""The game with classes: its updates, its latents, and that it draws what it is asked for."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (6, 16, 16, 1)).astype(np.float32)
LABELS = np.array([2, 0, 1, 1, 2, 0])


@pytest.mark.parametrize("updates", [1, 3])
def test_training_counts_its_updates_and_reports_every_term(updates):
    model = make_model("acgan")
    data = (np.stack([REAL] * updates, 1), np.stack([LABELS] * updates, 1))
    history = model.fit(
        tf.data.Dataset.from_tensors(data).repeat(2), steps_per_epoch=2, verbose=0, shuffle=False
    ).history
    assert int(model.optimizer.iterations) == 2 * (updates + 1)
    assert set(model.critic_term_logs) < set(history)
    assert all(np.isfinite(values).all() for values in history.values())


def test_latents_ask_for_classes_in_turn_and_keep_their_noise():
    model = make_model("acgan")
    z = model.sample_z(7, seed=3).numpy()
    np.testing.assert_array_equal(z[:, :3], np.eye(3)[np.arange(7) % 3])
    np.testing.assert_array_equal(model.classes_of(z), np.arange(7) % 3)
    other = model.condition(z, [2] * 7).numpy()
    np.testing.assert_array_equal(other[:, 3:], z[:, 3:])
    assert (model.classes_of(other).numpy() == 2).all()
    assert np.abs(model.generate(other) - model.generate(z)).max() > 1e-3


def test_generator_learns_to_draw_the_class_asked_for():
    """Class k is a bright column at k * 5: same noise, other class, other column."""
    images = np.full((9, 16, 16, 1), -1, np.float32)
    labels = np.arange(9) % 3
    for image, label in zip(images, labels, strict=True):
        image[:, 5 * label : 5 * label + 4] = 1
    model = make_model("acgan", rate=3e-3, generator_widths=(12,), critic_widths=(12,))
    data = tf.data.Dataset.from_tensors((images[:, None], labels[:, None])).repeat()
    model.fit(data, steps_per_epoch=150, verbose=0, shuffle=False)
    assert (np.asarray(model.classify(images)).argmax(1) == labels).all()
    z = model.sample_z(3, 5)
    noise = tf.repeat(z[:1], 3, 0)
    drawn = np.asarray(model.generate(model.condition(noise, [0, 1, 2])))
    nearest = [np.argmin(np.abs(images[:3] - image).mean((1, 2, 3))) for image in drawn]
    assert nearest == [0, 1, 2]
