"""Checkpoints: whole or not at all, damaged ones recognised, resume equals uninterrupted."""

import dataclasses
import json
import logging

import numpy as np
import pytest

import wgan_tf
from tests.reading import events, stored_arrays
from tests.tiny import make_model
from wgan_tf.errors import UserError
from wgan_tf.runs import checkpoints
from wgan_tf.training import game


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
    for iteration in (5, 7, 20, 100):
        model.iteration.assign(iteration)
        checkpoints.save(tmp_path, model, keep=2)
    assert [p.name for p in checkpoints.list_checkpoints(tmp_path)] == [
        "iteration-00000020.npz",
        "iteration-00000100.npz",
    ]


def test_what_is_behind_damaged_files_is_not_removed_by_them(tmp_path):
    model = trained()
    for iteration in (50, 60, 7):
        model.iteration.assign(iteration)
        checkpoints.save(tmp_path, model, keep=2)
    assert [p.stem[-2:] for p in checkpoints.list_checkpoints(tmp_path)] == ["07", "50", "60"]


def test_what_is_beside_the_model_comes_back_with_it(tmp_path):
    extras = {"scalars": {"sums": {"a": 0.1 + 0.2, "b": float("nan")}, "at": np.int64(3)}, "no": {}}
    checkpoints.save(tmp_path, trained(), beside=extras)
    restored = checkpoints.go_on_from(tmp_path, make_model())
    assert restored.iteration == 3 and restored.beside.keys() == {"scalars", "no"}
    sums = restored.beside["scalars"]["sums"]
    assert sums["a"] == 0.1 + 0.2 and np.isnan(sums["b"]) and restored.beside["scalars"]["at"] == 3


def test_a_checkpoint_of_an_earlier_version_is_read(tmp_path):
    np.savez(tmp_path / "iteration-00000003.npz", **values(trained()))
    assert checkpoints.go_on_from(tmp_path, make_model()) == (3, {})


@pytest.mark.parametrize("change", ["value", "lost", "renamed", "number"])
def test_a_whole_archive_with_other_content_is_damaged(tmp_path, change, caplog):
    """As zip's own checksums do not tell."""
    model = trained()
    checkpoints.save(tmp_path, model, beside={"scalars": {}})
    model.iteration.assign(4)
    path = checkpoints.save(tmp_path, model, beside={"scalars": {}})
    with np.load(path) as arrays:
        stored = {name: arrays[name] for name in arrays.files}
    if change == "value":
        stored["critic/W_0/kernel"] = stored["critic/W_0/kernel"] * 2
    elif change == "lost":
        del stored["beside/scalars"]
    elif change == "renamed":
        stored["critic/W_0/again"] = stored.pop("critic/W_0/kernel")
    np.savez(path, **stored)
    if change == "number":
        path.write_bytes((tmp_path / "iteration-00000003.npz").read_bytes())
    assert checkpoints.restore_latest(tmp_path, make_model()) == 3
    assert "iteration-00000004.npz is damaged" in caplog.text


def test_every_byte_that_is_altered_is_harmless_or_noticed(tmp_path):
    """Never another exception, never other values: 300 bytes all over the file, the directory of
    the archive above all.
    """
    model = trained()
    path = checkpoints.save(tmp_path, model)
    good, content = values(model), path.read_bytes()
    rng, other = np.random.default_rng(0), make_model()
    places = [*rng.integers(0, len(content), 150), *rng.integers(-3000, 0, 150) + len(content)]
    noticed = 0
    for place in places:
        altered = bytearray(content)
        altered[place] ^= int(rng.integers(1, 256))
        path.write_bytes(altered)
        try:
            checkpoints.restore_latest(tmp_path, other)
        except UserError as error:
            assert "no checkpoint in" in str(error)
            noticed += 1
            continue
        for name, value in values(other).items():
            np.testing.assert_array_equal(value, good[name], err_msg=name)
    assert noticed > 200


def test_the_best_says_why_itself(tmp_path):
    why = {"iteration": 3, "metric": "frechet", "value": 2.5}
    checkpoints.save_best(tmp_path, trained(), why)
    # Killed between the two files: the readable one speaks of an earlier best.
    (tmp_path / "best.json").write_text('{"iteration": 1, "value": 9.0}')
    assert checkpoints.read_best(tmp_path) == why
    checkpoints.tell_best(tmp_path, why)
    assert json.loads((tmp_path / "best.json").read_text()) == why


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

    game.train(config("whole", 5))
    game.train(config("parts", 3))
    game.train(config("parts", 5))
    name = "checkpoints/iteration-00000005.npz"
    one, other = (stored_arrays(tmp_path / part / name) for part in ("whole", "parts"))
    assert set(one) == set(other) == set(values(make_model(kind)))
    for variable, value in one.items():
        np.testing.assert_array_equal(value, other[variable], err_msg=variable)
    whole, loaded = wgan_tf.load(tmp_path / "whole").model, wgan_tf.load(tmp_path / "parts").model
    z = loaded.sample_z(4, 0)
    np.testing.assert_array_equal(loaded.generate(z), whole.generate(z))
    np.testing.assert_array_equal(loaded.score(whole.generate(z)), whole.score(whole.generate(z)))


def test_a_killed_run_has_the_scalars_of_an_uninterrupted_one(resolve_tiny, tmp_path):
    """The means of iterations before and after the kill, which came between two checkpoints and
    two writings.
    """
    same = {"n_critic": 1, "critic_boost": False, "checkpoint_every": 2, "summary_every": 3}
    game.train(resolve_tiny(**same, iterations=8, logs_dir=str(tmp_path / "whole")))
    parts = {**same, "logs_dir": str(tmp_path / "parts")}
    game.train(resolve_tiny(**parts, iterations=7))
    for iteration in (6, 7):
        (tmp_path / "parts" / "checkpoints" / f"iteration-{iteration:08d}.npz").unlink()
    game.train(resolve_tiny(**parts, iterations=8))

    def scalars(run):
        tags = events(tmp_path / run / "train").items()
        return {
            tag: [(step, value.tensor.SerializeToString()) for step, value in written]
            for tag, written in tags
            if tag.startswith(("loss/", "score/"))
        }

    assert scalars("parts") == scalars("whole")
    assert [step for step, _ in scalars("parts")["loss/critic"]] == [3, 6]
