"""Categories and codes that a generator is asked for and a critic reads."""

import numpy as np
import pytest

from tests.tiny import make_model, strong, train
from wgan_tf.models import LOSSES
from wgan_tf.models.infogan import CATEGORY_WEIGHT, CODE_WEIGHT
from wgan_tf.models.losses import class_loss, code_loss

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
BATCHES = RNG.uniform(-1, 1, (8, 2, 16, 16, 1)).astype(np.float32)


def test_latents_begin_with_category_and_codes():
    for prior in ("uniform", "normal"):
        model = make_model("infogan", z_prior=prior)
        z = model.sample_z(200, 3).numpy()
        assert (z[:, :4].argmax(1) == np.arange(200) % 4).all() and (z[:, :4].sum(1) == 1).all()
        codes, noise = z[:, 4:6], z[:, 6:]
        assert np.abs(codes).max() <= 1 and codes.std() == pytest.approx(1 / np.sqrt(3), abs=0.06)
        assert (np.abs(noise).max() > 1) == (prior == "normal")


def test_both_sides_minimise_the_missed_information():
    model = strong(make_model("infogan"))
    z = model.sample_z(8, 1)
    fake = model.generator(z, training=True)
    score_fake, logits, codes = (x.numpy() for x in model.critic(fake, training=True))
    score_real = model.critic(REAL, training=True)[0].numpy()
    asked = np.arange(8) % 4
    category, code = float(class_loss(logits, asked)), float(code_loss(codes, z[:, 4:6]))
    missed = CATEGORY_WEIGHT * category + CODE_WEIGHT * code
    loss = LOSSES["non_saturating"]
    logs = model.critic_step(REAL, z)
    expected = float(loss.critic(score_real, score_fake)) + missed
    assert float(logs["critic_loss"]) == pytest.approx(expected, rel=1e-5)
    assert float(logs["category_loss"]) == pytest.approx(category, rel=1e-5)
    assert float(logs["code_loss"]) == pytest.approx(code, rel=1e-5)
    assert float(logs["accuracy_fake"]) == np.mean(logits.argmax(1) == asked)
    score_fake, logits, codes = (x.numpy() for x in model.critic(fake, training=True))
    missed = CATEGORY_WEIGHT * class_loss(logits, asked) + CODE_WEIGHT * code_loss(codes, z[:, 4:6])
    logs = model.generator_step(z)
    expected = float(loss.generator(score_fake)) + float(missed)
    assert float(logs["generator_loss"]) == pytest.approx(expected, rel=1e-4)


def test_infogan_learns_to_read_its_categories():
    model = make_model("infogan", rate=5e-3, codes=0)
    first = train(model, BATCHES[:, :1])["category_loss"]
    assert train(model, BATCHES[:, :1], 60)["category_loss"] < 0.5 * first
