"""Which z's a command starts from, and files of them that cannot be used."""

import numpy as np
import pytest

from tests.tiny import command, make_model
from wgan_tf.errors import UsageError
from wgan_tf.runs.chosen_latents import open_latents, read_latents


class Trap:
    """Unpickling it would show."""

    sprung = False

    def __reduce__(self):
        return setattr, (Trap, "sprung", True)


@pytest.fixture(scope="module")
def model():
    return make_model(seed=3)


def rows(count=6, z_dim=3, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, z_dim)).astype(np.float32)


def test_a_batch_is_that_of_the_seed(run_dir, model):
    start = open_latents(command(run_dir, "visualize", seed=4), model)
    assert np.array_equal(start.z, model.sample_z(8, 4)) and start.columns is None
    assert start.names == [f"seed4-00000{i}" for i in range(8)]
    other = open_latents(command(run_dir, "visualize", seed=4), model, count=3, seed=5)
    assert np.array_equal(other.z, model.sample_z(3, 5)) and other.names[2] == "seed5-000002"


def test_one_sample_of_each_seed_is_the_first_of_its_batch(run_dir, model):
    start = open_latents(command(run_dir, "visualize", seeds="12,3-4"), model)
    firsts = [model.sample_z(64, seed).numpy()[0] for seed in (12, 3, 4)]
    assert np.array_equal(start.z, firsts)
    assert start.names == ["seed12-000000", "seed3-000000", "seed4-000000"]


@pytest.mark.parametrize("kind", ["acgan", "infogan"])
def test_one_class_keeps_the_noise(run_dir, kind):
    model = make_model(kind)
    spread = open_latents(command(run_dir, "visualize"), model)
    assert spread.columns == model.one_hot
    config = command(run_dir, "visualize")
    # Whether the run has classes is decided where flags are.
    config = config.but(only_class=2)
    alone = open_latents(config, model)
    assert np.array_equal(model.classes_of(alone.z), [2] * 8) and alone.columns is None
    assert np.array_equal(alone.z[:, model.one_hot :], spread.z[:, model.one_hot :])
    of_seeds = open_latents(config.but(seeds="7,1"), model)
    assert np.array_equal(model.classes_of(of_seeds.z), [2, 2])


def test_rows_of_a_file_by_their_numbers(tmp_path, model):
    z = rows()
    np.savez(tmp_path / "a.npz", images=np.zeros(5), z=z)
    np.save(tmp_path / "b.npy", z.astype(np.float64))
    np.save(tmp_path / "one.npy", z[2])
    for name in ("a.npz", "b.npy"):
        whole, numbers = read_latents(str(tmp_path / name), model)
        assert whole.dtype == np.float32 and np.array_equal(whole, z)
        assert numbers == tuple(range(6))
        some, numbers = read_latents(f"{tmp_path / name}:4,0-2", model)
        assert np.array_equal(some, z[[4, 0, 1, 2]]) and numbers == (4, 0, 1, 2)
    assert np.array_equal(read_latents(str(tmp_path / "one.npy"), model)[0], z[2:3])


def test_a_name_may_have_a_colon_of_its_own(tmp_path, model):
    np.savez(tmp_path / "at 12:30.npz", z=rows())
    np.save(tmp_path / "c:3", rows(2))
    (tmp_path / "c:3.npy").rename(tmp_path / "c:3")
    assert len(read_latents(f"{tmp_path}/at 12:30.npz", model)[0]) == 6
    assert len(read_latents(f"{tmp_path}/at 12:30.npz:5", model)[0]) == 1
    with pytest.raises(UsageError, match="no .npz"):
        read_latents(f"{tmp_path}/c:3", model)


def test_what_are_no_z_of_the_run_is_one_line(tmp_path, model):
    good = rows()
    holed, far = good.copy(), good.copy()
    holed[2, 1], far[4, 2] = np.nan, 1.01
    arrays = {
        "wide": rows(z_dim=4),
        "cube": good[None],
        "none": good[:0],
        "holed": holed,
        "far": far,
        "huge": np.full((2, 3), 1e300),
        "words": np.array([["a", "b", "c"]]),
        "complex": good.astype(np.complex64),
        "trap": np.array([[Trap()] * 3], object),
    }
    for name, array in arrays.items():
        np.savez(tmp_path / f"{name}.npz", z=array)
        np.save(tmp_path / f"{name}.npy", array)
    np.savez(tmp_path / "other.npz", zz=good)
    np.savez(tmp_path / "good.npz", z=good)
    whole = (tmp_path / "good.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[:-40])
    (tmp_path / "text.npz").write_text("z")
    (tmp_path / "text.npy").write_text("z")
    (tmp_path / "folder.npz").mkdir()
    of_arrays = {
        "wide": "needs .any number, 3.",
        "cube": "needs .any number, 3.",
        "none": "needs .any number, 3.",
        "holed": "no numbers",
        "far": "value 2 of z is at most 1",
        "huge": "value 0 of z is at most 1",
        "words": "no real numbers",
        "complex": "no real numbers",
        "trap": "its type is object",
    }
    words = {f"{name}.{end}": word for name, word in of_arrays.items() for end in ("npz", "npy")}
    words |= {
        "other.npz": "no array 'z'",
        "cut.npz": "no .npz",
        "text.npz": "no .npz",
        "text.npy": "no .npy",
        "folder.npz": "it is no file",
        "missing.npz": "there is no such file",
        "missing.npz:3": "there is no such file",
        "good.npz:6": "has 6 z's, 0 to 5",
        "good.npz:0-999999": "has 6 z's, 0 to 5",
        "good.npz:0-999999999": "at most 1,000,000",
        "good.npz:1,1": "different",
        "good.npz:-1": "the index must be numbers and ranges",
        "good.npz:x": "the index must be numbers and ranges",
        "good.npz:": "the index must be numbers and ranges",
        "x" * 300: "there is no such file",
    }
    for name, word in words.items():
        with pytest.raises(UsageError, match=word) as caught:
            read_latents(str(tmp_path / name), model)
        line = str(caught.value)
        assert line.startswith("--z=") and "\n" not in line, name
    assert not Trap.sprung
    assert len(read_latents(f"{tmp_path}/holed.npz:0,1", model)[0]) == 2


def test_rounding_does_not_leave_the_prior(tmp_path, model):
    np.save(tmp_path / "z.npy", np.full((1, 3), np.nextafter(np.float32(1), 2)))
    assert len(read_latents(str(tmp_path / "z.npy"), model)[0]) == 1


def test_a_class_is_a_single_one(tmp_path):
    model = make_model("acgan")  # a normal prior: the noise may be anywhere
    z = model.sample_z(4).numpy()
    z[:, 3] = 40
    np.save(tmp_path / "good.npy", z)
    assert np.array_equal(read_latents(str(tmp_path / "good.npy"), model)[0], z)
    for place, value in (((0, 0), 0), ((1, 0), 1), ((2, 1), 0.5)):
        bad = z.copy()
        bad[place] = value
        np.save(tmp_path / "bad.npy", bad)
        with pytest.raises(UsageError, match="the first 3 values are not one class"):
            read_latents(str(tmp_path / "bad.npy"), model)
    z[0, 4] = 2000
    np.save(tmp_path / "bad.npy", z)
    with pytest.raises(UsageError, match="value 4 of z"):
        read_latents(str(tmp_path / "bad.npy"), model)
