"""Options that games on the strided networks share."""

import keras
import numpy as np
import pytest

from tests.models.two_devices import SMALL, trained
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


@pytest.mark.parametrize("kind", ["gan", "dcgan", "infogan"])
def test_spectral_norm_trains_and_resumes_to_the_bit(kind, tmp_path):
    def make(seed=0):
        return make_model(kind, spectral_norm=True, seed=seed, compiled={"r1": 1.0})

    through, halves, resumed = make(), make(), make(seed=0)
    assert not through.real_statistics
    critic = through.critic.get_layer("W_1").u.numpy()
    logs = train(through, BATCHES, 4)
    assert np.isfinite(list(logs.values())).all()
    assert (through.critic.get_layer("W_1").u.numpy() != critic).any()
    train(halves, BATCHES, 2)
    checkpoints.save(tmp_path, halves)
    checkpoints.restore_latest(tmp_path, resumed)
    train(resumed, BATCHES, 2)
    for one, other in zip(through.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    score = resumed.score(BATCHES[:, 0])
    resumed.measure_statistics()
    np.testing.assert_array_equal(resumed.score(BATCHES[:, 0]), score)
    again = type(resumed).from_config(resumed.get_config())
    assert again.spectral_norm and again.critic.get_layer("W_1").u.shape == (8,)


def test_both_sides_and_both_updates_move_the_vector_on():
    model = make_model("dcgan", spectral_norm=True)
    twin = make_model("dcgan", spectral_norm=True)
    images, z = BATCHES[:, 0], model.sample_z(8)
    model.critic_gradients(images, z)
    # One iteration for real images, one for generated ones.
    for _ in range(2):
        twin.critic(images, training=True)
    vector = model.critic.get_layer("W_1").u.numpy()
    np.testing.assert_allclose(vector, twin.critic.get_layer("W_1").u.numpy(), atol=1e-6)
    model.generator_gradients(z)
    assert (model.critic.get_layer("W_1").u.numpy() != vector).any()


def test_half_floats_and_a_whole_file(tmp_path):
    model = make_model("dcgan", spectral_norm=True, dtype="mixed_float16")
    assert np.isfinite(list(train(model, BATCHES, 2).values())).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.score(BATCHES[:, 0]), model.score(BATCHES[:, 0]))


def test_the_vector_is_the_same_on_two_replicas(on_two_devices):
    run = on_two_devices(trained, 2, 2, model="gan", spectral_norm=True, **SMALL)
    paths = [path for path in run["after"] if path.endswith("/u")]
    assert len(paths) == 3
    for path in paths:
        first, second = run["after"][path]
        np.testing.assert_array_equal(first, second)
