"""Checkpoints: whole or not at all, damaged ones recognised, resume equals uninterrupted."""

import dataclasses
import logging

import numpy as np
import pytest

from tests.conftest import make_model
from wgan_tf import checkpoints, runs
from wgan_tf.errors import UserError
from wgan_tf.modes import train


def values(model):
    return {name: v.numpy() for name, v in checkpoints.variables(model).items()}


def trained(kind="wgan", seed=3):
    model = make_model(kind, seed=seed)
    rng = np.random.default_rng(seed)
    for variable in checkpoints.variables(model).values():
        if variable.dtype == "float32":
            variable.assign(rng.normal(size=variable.shape))
    model.iteration.assign(seed)
    return model


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_everything_comes_back(kind, tmp_path):
    model, other = trained(kind), make_model(kind, seed=9)
    checkpoints.save(tmp_path, model)
    assert checkpoints.restore_latest(tmp_path, other) == 3
    for name, value in values(model).items():
        np.testing.assert_array_equal(values(other)[name], value, err_msg=name)
    names = " ".join(values(model))
    assert all(
        part in names for part in ("generator/", "critic/", "optimizer/", "real_statistics/")
    )


def test_only_the_newest_are_kept(tmp_path):
    model = trained()
    for iteration in (5, 100, 20, 7):
        model.iteration.assign(iteration)
        checkpoints.save(tmp_path, model, keep=2)
    assert [p.name for p in checkpoints.list_checkpoints(tmp_path)] == [
        "iteration-00000020.npz",
        "iteration-00000100.npz",
    ]


@pytest.mark.parametrize("damage", ["cut", "altered", "emptied"])
def test_a_damaged_one_is_named_and_the_one_before_is_used(tmp_path, damage, caplog):
    model = trained()
    checkpoints.save(tmp_path, model)
    model.iteration.assign(4)
    newest = checkpoints.save(tmp_path, model)
    content = bytearray(newest.read_bytes())
    if damage == "altered":
        content[len(content) // 2] ^= 255
    newest.write_bytes({"cut": content[:-100], "altered": content, "emptied": b""}[damage])
    with caplog.at_level(logging.WARNING):
        assert checkpoints.restore_latest(tmp_path, make_model()) == 3
    assert "iteration-00000004.npz is damaged" in caplog.text
    for path in checkpoints.list_checkpoints(tmp_path):
        path.write_bytes(b"no")
    with pytest.raises(UserError, match="no checkpoint"):
        checkpoints.restore_latest(tmp_path, make_model())


def test_another_model_is_refused_by_variable(tmp_path):
    checkpoints.save(tmp_path, trained())
    other = make_model(z_dim=4)
    before = values(other)
    with pytest.raises(UserError, match="generator/W_z/kernel has shape"):
        checkpoints.restore_latest(tmp_path, other)
    with pytest.raises(UserError, match="does not fit the model: critic/W_0/bias"):
        checkpoints.restore_latest(tmp_path, make_model("gan"))
    for name, value in before.items():
        np.testing.assert_array_equal(values(other)[name], value)


def test_a_failed_write_leaves_the_old_one(tmp_path, monkeypatch):
    model = trained()
    path = checkpoints.save(tmp_path, model)
    content = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez", fail)
    with pytest.raises(UserError, match="No space left"):
        checkpoints.save(tmp_path, model)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [content]


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_resumed_equals_uninterrupted_bit_for_bit(kind, resolve_tiny, tmp_path):
    """With the varying schedule of critic updates, stopped between and resumed in new objects."""

    def config(name, iterations):
        made = resolve_tiny(
            model=kind,
            iterations=iterations,
            critic_boost=kind == "wgan",
            n_critic=1,
            checkpoint_every=2,
        )
        return dataclasses.replace(
            made, run=dataclasses.replace(made.run, logs_dir=str(tmp_path / name))
        )

    train.run(config("whole", 5))
    train.run(config("parts", 3))
    train.run(config("parts", 5))
    name = "checkpoints/iteration-00000005.npz"
    with np.load(tmp_path / "whole" / name) as one, np.load(tmp_path / "parts" / name) as other:
        assert set(one.files) == set(other.files) == set(values(make_model(kind)))
        for variable in one.files:
            np.testing.assert_array_equal(one[variable], other[variable], err_msg=variable)
    whole, loaded = runs.load(tmp_path / "whole"), runs.load(tmp_path / "parts")
    z = loaded.sample_z(4, 0)
    np.testing.assert_array_equal(loaded.generate(z), whole.generate(z))
    np.testing.assert_array_equal(loaded.score(whole.generate(z)), whole.score(whole.generate(z)))
