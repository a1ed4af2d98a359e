"""Options that games on the strided networks share."""

import numpy as np
import pytest

from tests.tiny import make_model, same, train, weights
from wgan_tf.config.resolve import resolve
from wgan_tf.runs import checkpoints
from wgan_tf.runs.build import build_model

RNG = np.random.default_rng(0)
BATCHES = RNG.uniform(-1, 1, (8, 3, 16, 16, 1)).astype(np.float32)


@pytest.mark.parametrize("kind", ["wgan", "gan", "infogan"])
def test_a_generator_that_resizes_trains_and_comes_back(kind, tmp_path):
    model, other = (make_model(kind, upsampling="resize", seed=seed) for seed in (0, 5))
    before = weights(model.generator)
    logs = train(model, BATCHES, 2)
    assert np.isfinite(list(logs.values())).all() and not same(before, model.generator)
    checkpoints.save(tmp_path, model)
    checkpoints.restore_latest(tmp_path, other)
    z = model.sample_z(4)
    np.testing.assert_array_equal(model.generate(z), other.generate(z))
    again = type(model).from_config(model.get_config())
    assert again.upsampling == "resize" and again.generator.get_layer("twice_W_0")


@pytest.mark.parametrize("model", ["wgan", "gan", "dcgan", "infogan"])
def test_the_flag_reaches_the_generator(model):
    flags = {"model": model, "dataset": "mnist5k"}
    built = build_model(resolve({**flags, "upsampling": "resize"}))
    names = {layer.name for layer in built.generator.layers}
    assert {"twice_W_0", "twice_W_pred", "W_0", "W_pred"} <= names
    assert "twice_W_0" not in {
        layer.name for layer in build_model(resolve(flags)).generator.layers
    }
