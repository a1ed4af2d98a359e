"""Use from Python, as the README shows it."""

import keras
import numpy as np
import pytest

import wgan_tf
from wgan_tf.errors import UserError


def test_library_use_as_in_the_readme(run_dir):
    model = wgan_tf.load(run_dir)
    z = model.sample_z(6, seed=0)
    better = wgan_tf.refine.REFINERS["z_iterator"](model, z, steps=20)
    assert better.scores_after.mean() > better.scores_before.mean()
    plain = keras.saving.load_model(run_dir / "generator.keras")
    np.testing.assert_allclose(plain(z), model.generate(z), atol=1e-6)


def test_nothing_trained_is_one_line(tmp_path):
    with pytest.raises(UserError, match="--mode=train"):
        wgan_tf.load(tmp_path)
