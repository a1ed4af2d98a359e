"""The original Wasserstein game."""

import numpy as np

from tests.tiny import make_model

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
Z = RNG.uniform(-1, 1, (8, 3)).astype(np.float32)


def test_wgan_clips_everything_after_every_critic_step():
    model = make_model(clip_value=0.03, rate=0.5)
    model.critic_step(REAL, Z)
    for variable in model.critic.trainable_variables:
        assert np.abs(variable.numpy()).max() <= np.float32(0.03), variable.path
    # Gamma starts near one, so it must have been clipped to the bound.
    assert (model.critic.get_layer("disc_bn1").gamma.numpy() == np.float32(0.03)).all()
    assert max(np.abs(v.numpy()).max() for v in model.generator.trainable_variables) > 0.5
