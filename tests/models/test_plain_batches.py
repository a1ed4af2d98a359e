"""A Keras user's way: build, compile, fit on plain batches. Only `wgan_tf` is imported of ours."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import wgan_tf

SIZES = {"size": 16, "channels": 1, "z_dim": 3, "generator_widths": (16, 8)}
IMAGES = np.random.default_rng(0).uniform(-1, 1, (40, 16, 16, 1)).astype(np.float32)


def build(n_critic=2, **changes):
    model = wgan_tf.models.WGAN(**SIZES, critic_widths=(4, 8), clip_value=0.05, **changes)
    model.compile(keras.optimizers.RMSprop(1e-3), n_critic=n_critic)
    return model


def test_fit_as_any_keras_model(tmp_path):
    model, dataset = build(), tf.data.Dataset.from_tensor_slices(IMAGES).batch(8)
    before = [v.numpy().copy() for v in model.generator.trainable_variables]
    log = tmp_path / "log.csv"
    callbacks = [
        keras.callbacks.CSVLogger(log),
        keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
    ]
    history = model.fit(dataset, epochs=3, verbose=0, callbacks=callbacks)
    # Of 40 images 16 an iteration: two an epoch.
    assert int(model.iteration) == 6
    assert len(history.history["generator_loss"]) == 3
    assert np.isfinite(history.history["critic_loss"]).all()
    after = [v.numpy() for v in model.generator.trainable_variables]
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    assert max(abs(v.numpy()).max() for v in model.critic.trainable_variables) <= 0.05
    assert len(log.read_text().splitlines()) == 4
    again = keras.saving.load_model(tmp_path / "3.keras")
    z = model.sample_z(4, seed=1)
    np.testing.assert_allclose(again.generate(z), model.generate(z), atol=1e-6)
    assert again.n_critic == 2


def test_every_critic_update_sees_another_batch_in_the_order_of_the_data(monkeypatch):
    model, seen = build(n_critic=3), []
    monkeypatch.setattr(model, "train_step", lambda data: seen.append(data) or {"loss": 0.0})
    model.run_eagerly = True
    numbered = np.arange(13, dtype=np.float32)[:, None, None, None] / 20 * np.ones((1, 16, 16, 1))
    # Batches of 2 of which the last is a single image: it and the next epoch's first are together.
    data = tf.data.Dataset.from_tensor_slices(np.float32(numbered)).batch(2)
    model.fit(data, verbose=0, epochs=2)
    rows = [np.round(20 * part[:, :, 0, 0, 0].numpy()).astype(int).tolist() for part in seen]
    assert rows[:2] == [[[0, 2, 4], [1, 3, 5]], [[6, 8, 10], [7, 9, 11]]]
    assert rows[2:] == [[[12, 1, 3], [0, 2, 4]], [[5, 7, 9], [6, 8, 10]]]


def test_arrays_are_batched_and_shuffled_by_the_seed():
    losses = []
    for seed in (0, 0, 1):
        model = build(seed=0)
        model.seed = seed
        losses.append(model.fit(IMAGES, batch_size=4, epochs=2, verbose=0).history["critic_loss"])
        assert int(model.iteration) == 10
    assert losses[0] == losses[1] != losses[2]


def test_the_generators_own_batch_and_labels():
    model = wgan_tf.models.GAN(**SIZES, critic_widths=(4, 8), crop_size=16)
    model.compile(keras.optimizers.Adam(1e-3), n_critic=1)
    model.fit(tf.data.Dataset.from_tensor_slices(IMAGES).batch(10), verbose=0)
    assert int(model.iteration) == 2  # two batches each
    one_width = {"generator_widths": (8,), "critic_widths": (6,), "z_dim": 5}
    model = wgan_tf.models.ACGAN(**{**SIZES, **one_width}, classes=3, z_prior="normal")
    model.compile(keras.optimizers.Adam(1e-3), n_critic=1)
    model.fit(IMAGES, np.arange(40) % 3, batch_size=10, verbose=0)
    assert int(model.iteration) == 4
    model = wgan_tf.models.Classifier(16, 1, 3, (4, 8))
    model.compile(keras.optimizers.Adam(1e-3))
    model.fit(IMAGES, np.arange(40) % 3, batch_size=10, verbose=0)
    assert int(model.iteration) == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (np.zeros((40, 16, 16, 1), np.uint8), "uint8"),
        (IMAGES * 3, r"scale them to \[-1, 1\]"),
        (np.full_like(IMAGES, np.nan), "40 of 40 images hold NaN"),
        (IMAGES[0], "n, height, width, channels"),
        (IMAGES[:8], "takes 2 batches, and there are 1"),
        (tf.data.Dataset.from_tensor_slices(IMAGES).batch(20).take(1), "there are 1"),
        (tf.data.Dataset.from_tensor_slices(np.zeros((8, 4, 4, 1), np.uint8)).batch(2), "uint8"),
    ],
)
def test_what_cannot_be_trained_on_is_one_line(data, words):
    with pytest.raises(wgan_tf.UserError, match=words) as caught:
        build().fit(data, verbose=0)
    assert "\n" not in str(caught.value)
