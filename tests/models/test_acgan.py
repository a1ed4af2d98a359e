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


def asked(model, batch, iterations, update=0):
    """The classes (iterations, batch) that training asks for."""
    rows = []
    for iteration in range(iterations):
        model.iteration.assign(iteration)
        rows.append(model.classes_of(model._training_z(update, batch)).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("kind, classes", [("acgan", "classes"), ("infogan", "categories")])
@pytest.mark.parametrize("batch", [1, 4, 5, 10, 16, 25])
def test_training_asks_for_each_class_equally_often(kind, classes, batch):
    """After any number of iterations, in the updates of either network."""
    model = make_model(kind, z_dim=14, **{classes: 10})
    for update in (0, 1, 3):
        rows = asked(model, batch, 23, update)
        for end in (7, 20, 23):
            counts = np.bincount(rows[:end].ravel(), minlength=10)
            assert np.ptp(counts) <= (end * batch % 10 > 0), (update, end, counts)
        np.testing.assert_array_equal(rows, asked(model, batch, 23, update))
    if batch == 10:
        # As it always was.
        np.testing.assert_array_equal(rows, np.tile(np.arange(10), (23, 1)))


def test_no_rhythm_of_turns_meets_the_same_classes_again_and_again():
    """Every second iteration is the generator's: five rows of ten classes each."""
    model = make_model("acgan", z_dim=14, classes=10)
    counts = np.bincount(asked(model, 5, 200)[1::2].ravel(), minlength=10)
    assert counts.sum() == 500 and counts.min() > 25


def test_the_noise_is_what_it_was_whatever_class_is_asked_for():
    model = make_model("acgan", z_dim=14, classes=10)
    model.iteration.assign(3)
    z = model._training_z(2, 4)
    drawn = model._draw_z(4, model._key(1, 2))
    np.testing.assert_array_equal(z[:, 10:], drawn[:, 10:])
    assert (model.classes_of(z).numpy() != model.classes_of(drawn).numpy()).all()


def test_statistics_see_every_category():
    """Of more categories than a batch has rows, too."""
    seen = []
    model = make_model("infogan", z_dim=14, categories=10)
    generate = model.generate
    model.generate = lambda z: seen.append(model.classes_of(z).numpy()) or generate(z)
    model.measure_statistics(batches=5, batch_size=4)
    np.testing.assert_array_equal(np.bincount(np.concatenate(seen), minlength=10), 2)


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
