"""The original's checkpoints become runs of ours."""

import numpy as np
import pytest
import tensorflow as tf

import wgan_tf
from tests.scenarios.recordings import FOLDER, Recording, Trainer
from tests.tiny import make_model
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes import import_tf1
from wgan_tf.runs import checkpoints, tf1

# The recorder wrote KIND_small.npz and, at the end of that training, tf1_KIND_checkpoint/.
PAIRS = [
    (path, folder)
    for path in sorted(FOLDER.glob("*.npz"))
    if (folder := FOLDER / f"tf1_{path.stem.split('_')[0]}_checkpoint").is_dir()
]
recorded = pytest.mark.skipif(not PAIRS, reason=f"no checkpoints in {FOLDER}")


def trainable(folder):
    """The imported run as training takes it up, slots and all."""
    model = runs.build_trainable(runs.read_config(folder))
    checkpoints.restore_latest(runs.checkpoint_dir(folder), model)
    return model


def write_tf1(path, values):
    """Writes a checkpoint as TensorFlow 1's Saver does; returns its prefix."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = [
            tf.compat.v1.get_variable(name, initializer=np.asarray(value))
            for name, value in values.items()
        ]
        session.run(tf.compat.v1.global_variables_initializer())
        saver = tf.compat.v1.train.Saver(variables)
        return saver.save(session, str(path / "model.ckpt"), global_step=7)


def original(model):
    """A model's variables and slots as the original would have stored them."""
    named = tf1.variable_map(model) | tf1.slot_map(model)
    return {name: sign * variable.numpy() for name, (variable, sign) in named.items()}


def scattered(kind):
    """A tiny model whose variables and slots are all different."""
    model, rng = make_model(kind), np.random.default_rng(3)
    for variable, _ in (tf1.variable_map(model) | tf1.slot_map(model)).values():
        variable.assign(rng.uniform(0.1, 1.0, variable.shape))
    return model


def config_for(checkpoint, folder, **flags):
    values = {"mode": "import_tf1", "tf1_checkpoint": str(checkpoint), "logs_dir": str(folder)}
    return resolve({**values, **flags})


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_import_gives_the_model_back(kind, tmp_path):
    model = scattered(kind)
    prefix = write_tf1(tmp_path, original(model))
    for number, name in enumerate((prefix, tmp_path)):
        run = tmp_path / f"run{number}"
        import_tf1.run(config_for(name, run))
        loaded = wgan_tf.load(run).model
        z = np.random.default_rng(0).uniform(-1, 1, (4, 3)).astype(np.float32)
        np.testing.assert_allclose(loaded.generate(z), model.generate(z), atol=1e-6)
        images = model.generate(z)
        np.testing.assert_allclose(loaded.score(images), model.score(images), rtol=1e-5)
        ours, theirs = original(trainable(run)), original(model)
        assert ours.keys() == theirs.keys()
        for key in theirs:
            np.testing.assert_array_equal(ours[key], theirs[key], err_msg=key)
        assert int(loaded.iteration.numpy()) == 7
        assert (run / "generator.keras").exists() and (run / "critic.keras").exists()


def test_the_last_kernel_of_the_wasserstein_critic_is_negated():
    named = tf1.variable_map(make_model("wgan"))
    assert [name for name, (_, sign) in named.items() if sign == -1] == ["discriminator/W_pred"]
    assert all(sign == 1 for _, sign in tf1.variable_map(make_model("gan")).values())


@pytest.mark.parametrize("powers", [True, False])
def test_adam_goes_on_where_the_original_stopped(powers):
    model = scattered("gan")
    values = original(model)
    if powers:
        values |= {"beta1_power": np.float32(0.125), "beta2_power": np.float32(0.75)}
    assert tf1.load_slots(model, values, updates=2)
    expected = (0.125, 0.75) if powers else (0.5**3, 0.999**3)
    np.testing.assert_allclose([float(p) for p in model.optimizer.beta_powers], expected, 1e-6)


def test_slots_of_another_optimizer_are_left():
    model = make_model("wgan", "Adam")
    assert not tf1.load_slots(model, original(make_model("wgan", "RMSProp")), updates=2)


@pytest.mark.parametrize(
    "damage, message",
    [
        ({"generator/W_z": None}, "generator/W_z"),
        ({"discriminator/disc_bn1/gamma": None}, "discriminator/disc_bn1/gamma"),
        ({"discriminator/disc_bn1/beta": np.zeros(5, np.float32)}, "discriminator/disc_bn1/beta"),
        ({"generator/W_z": np.zeros((3, 7), np.float32)}, "generator/W_z"),
        ({"generator/W_0/RMSProp": None}, "generator/W_0/RMSProp"),
    ],
)
def test_what_does_not_fit_is_named(damage, message, tmp_path):
    values = {**original(make_model("wgan")), **damage}
    prefix = write_tf1(tmp_path, {k: v for k, v in values.items() if v is not None})
    with pytest.raises(UserError, match=message) as caught:
        import_tf1.run(config_for(prefix, tmp_path / "run"))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_what_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"no checkpoint")
    for name in ("missing", "picture.png", "."):
        with pytest.raises(UserError, match="tf1_checkpoint"):
            tf1.read_checkpoint(tmp_path / name)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    prefix = write_tf1(tmp_path, original(make_model("wgan")))
    data = next(tmp_path.glob("*.data-*"))
    content = data.read_bytes()
    data.write_bytes(content[:50])
    with pytest.raises(UserError, match="take .* bytes, its files have"):
        tf1.read_checkpoint(prefix)
    data.write_bytes(bytes(len(content)))
    with pytest.raises(UserError, match="(discriminator|generator)/.* cannot be read"):
        tf1.read_checkpoint(prefix)


def test_a_flag_that_contradicts_the_checkpoint_is_refused(tmp_path):
    prefix = write_tf1(tmp_path, original(make_model("wgan")))
    with pytest.raises(UsageError, match="--z_dim=5: the checkpoint has 3"):
        import_tf1.run(config_for(prefix, tmp_path / "run", z_dim=5))
    with pytest.raises(UsageError, match="--upsampling=resize: the checkpoint has transposed"):
        import_tf1.run(config_for(prefix, tmp_path / "run", upsampling="resize"))
    config = config_for(prefix, tmp_path / "run", learning_rate=0.25)
    import_tf1.run(config)
    assert trainable(tmp_path / "run").optimizer.learning_rate.numpy() == 0.25
    with pytest.raises(UsageError, match="holds a run"):
        import_tf1.run(config)


@recorded
@pytest.mark.parametrize("recording, folder", PAIRS, ids=lambda path: path.name)
def test_samples_of_the_recorded_checkpoints(recording, folder, tmp_path):
    recording = Recording(recording)
    import_tf1.run(config_for(folder, tmp_path / "run"))
    model = trainable(tmp_path / "run")
    for name in ("z_iterator", "image_iterator"):
        images = model.generate(recording[f"input/{name}_z"])
        np.testing.assert_allclose(images, recording[f"{name}/before"], atol=1e-4)
    # The checkpoint was written after the recorded samples, the second of which, in the training
    # phase, had moved the generator's statistics. Undone, the first is met as well.
    z, moving = recording["input/sample_z"], model.generator.non_trainable_variables
    stored = [v.numpy() for v in moving]
    for variable in moving:
        variable.assign(np.zeros(variable.shape))
    model.generator(z, training=True)
    for variable, value in zip(moving, stored, strict=True):
        variable.assign((value - variable.numpy()) / 0.9)
    np.testing.assert_allclose(model.generate(z), recording["sample_inference"], atol=1e-4)


@recorded
@pytest.mark.parametrize("recording, folder", PAIRS, ids=lambda path: path.name)
def test_slots_of_the_recorded_checkpoints(recording, folder, tmp_path):
    recording = Recording(recording)
    import_tf1.run(config_for(folder, tmp_path / "run"))
    loaded = trainable(tmp_path / "run")
    meta = recording.meta
    updates = meta["iterations"] * (1 + meta["critic_steps_per_iteration"])
    assert int(loaded.optimizer.iterations.numpy()) == updates
    if meta["optimizer"] != "RMSProp":
        return  # Adam's slots are as chaotic as the weights; see test_parity.
    trainer = Trainer(recording)
    trainer.replay(0)
    ours = {n: v.numpy() for n, (v, _) in tf1.slot_map(trainer.model).items()}
    for name, (variable, _) in tf1.slot_map(loaded).items():
        np.testing.assert_allclose(variable, ours[name], atol=1e-4, err_msg=name)


def test_an_imported_run_is_a_checkpoint_of_ours(tmp_path):
    prefix = write_tf1(tmp_path, original(scattered("gan")))
    import_tf1.run(config_for(prefix, tmp_path / "run"))
    stored = runs.read_config(tmp_path / "run")
    assert stored.network.model == "gan" and stored.training.optimizer == "Adam"
    assert stored.training.n_critic == 1 and not stored.training.critic_boost
    assert int(trainable(tmp_path / "run").iteration.numpy()) == 7


def test_the_rest_is_the_originals_and_training_may_name_its_data(tmp_path):
    prefix = write_tf1(tmp_path, original(scattered("wgan")))
    import_tf1.run(config_for(prefix, tmp_path / "run"))
    stored = runs.read_config(tmp_path / "run")
    training = stored.training
    assert (training.learning_rate, training.clip_value, training.n_critic) == (5e-5, 0.01, 5)
    assert (stored.data.dataset, stored.data.data_dir) == ("folder", None)
    again = resolve({"mode": "train", "data_dir": str(tmp_path)}, stored)
    assert again.data.data_dir == str(tmp_path)
