"""The original's second game."""

import numpy as np
import pytest

from tests.tiny import make_model

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
Z = RNG.uniform(-1, 1, (8, 3)).astype(np.float32)


def test_a_gan_without_real_images_says_so():
    model = make_model("gan")
    with pytest.raises(ValueError, match="give real="):
        model.sample_loss(model.generate(Z))


def test_gan_loss_has_the_feature_term():
    model = make_model("gan")
    fake = model.generate(Z)
    logits, features = model.critic_with_features(fake, training=False)
    _, real_features = model.critic_with_features(REAL, training=False)
    expected = np.log1p(np.exp(-logits.numpy())).mean()
    squared = (features.numpy() - real_features.numpy()) ** 2
    expected += 0.1 * squared.sum() / 2 / 16**2
    assert float(model.sample_loss(fake, REAL)) == pytest.approx(expected, rel=1e-5)
