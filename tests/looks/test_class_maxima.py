"""Images that maximise the classes of a given model."""

import numpy as np
import tensorflow as tf

from tests.tiny import make_model, strong
from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.class_maxima import class_maxima, judged_maxima
from wgan_tf.looks.discriminator import discriminator_of

REAL = np.random.default_rng(0).uniform(-0.5, 0.2, (8, 16, 16, 1)).astype(np.float32)


def test_every_class_gets_an_image(silent):
    model = strong(make_model("acgan"))
    discriminator = discriminator_of(model, REAL, class_names=["a", "b", "c"], name="mine")
    result = class_maxima(discriminator, Ascent(steps=6))
    assert result.images.shape == (3, 16, 16, 1) and np.abs(result.images).max() <= 1
    mean = model.classify(REAL.mean(0, keepdims=True)).numpy()[0]
    np.testing.assert_allclose(result.maximum.before, mean, rtol=1e-3, atol=1e-5)
    logits = model.classify(tf.constant(result.images)).numpy()
    np.testing.assert_allclose(result.maximum.after, logits.diagonal(), rtol=1e-3)
    assert (result.maximum.after > result.maximum.before).all()
    powers = np.exp(logits - logits.max(1, keepdims=True))
    expected = powers / powers.sum(1, keepdims=True)
    np.testing.assert_allclose(result.probabilities, expected, rtol=1e-3, atol=1e-6)
    assert result.figures()["class_names"] == ("a", "b", "c")
    assert result.picture.dtype == np.uint8 and result.picture.shape[2] == 3


def test_two_are_judged_by_each_other(silent):
    names = ("one", "two")
    models = [strong(make_model(seed=seed)) for seed in range(2)]
    maxima = [
        class_maxima(discriminator_of(model, REAL, name=name), Ascent("noise", steps=4))
        for model, name in zip(models, names, strict=True)
    ]
    figures = judged_maxima(maxima)
    assert list(figures) == ["one", "two"]
    assert [row["other"]["name"] for row in figures.values()] == ["two", "one"]
    taken = maxima[1].discriminator.logits(maxima[0].images).numpy().argmax(1)
    np.testing.assert_array_equal(figures["one"]["other"]["taken_for"], taken)
