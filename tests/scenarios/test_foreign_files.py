"""Files from somebody else: they execute nothing, ask for no memory, and lead nowhere else."""

import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from tests.processes import peak_bytes
from tests.tiny import make_model
from wgan_tf import runs
from wgan_tf.config import Config, all_fields, field_type, guards
from wgan_tf.config.field import flag_of
from wgan_tf.config.resolve import resolve
from wgan_tf.data.image_set import read_images
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files import reading
from wgan_tf.metrics.judges import Judge
from wgan_tf.networks.batch_norm import plain
from wgan_tf.networks.judge import JudgeNetwork
from wgan_tf.runs import checkpoints

MEGABYTE = 2**20
HUGE = 10**12


class Marks:
    """Pickled, it would make a file when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def header(shape, descr="<f4"):
    buffer = io.BytesIO()
    values = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, values)
    return buffer.getvalue()


def zipped(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def pickled(path, mark):
    array = np.array([Marks(mark)], object)
    np.savez(path, images=array, iteration=array)
    return path


def bomb(path, _):
    """A quarter of a gigabyte of zeros in a quarter of a megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("images.npy", "w") as file:
            file.write(header((4096, 256, 256, 1), "|u1"))
            for _ in range(256):
                file.write(bytes(MEGABYTE))
    return path


ARRAYS = {
    "pickled objects": pickled,
    "a bomb": bomb,
    "a shape with nothing behind it": lambda path, _: zipped(
        path, {"images.npy": header((HUGE, 8, 8, 1)) + bytes(256)}
    ),
    "a shape that overflows": lambda path, _: zipped(
        path, {"images.npy": header((2**62, 2**62, 8, 1)) + bytes(256)}
    ),
    "a negative shape": lambda path, _: zipped(
        path, {"images.npy": header((-1, 8, 8, 1)) + bytes(256)}
    ),
    "a header of code": lambda path, _: zipped(
        path, {"images.npy": header((1,)).replace(b"'<f4'", b"exit()") + bytes(4)}
    ),
    "an array beside a file": lambda path, _: zipped(
        path, {"images.npy": npy(np.zeros((2, 8, 8, 1), "f4")), "../../outside": "x"}
    ),
    "two of one name": lambda path, _: _twice(path),
    "a pickle alone": lambda path, mark: path.write_bytes(pickle.dumps(Marks(mark))) and path,
    "an array cut short": lambda path, _: zipped(
        path, {"images.npy": npy(np.zeros((2, 8, 8, 1), "f4"))[:-1]}
    ),
    "a pipe": lambda path, _: os.mkfifo(path) or path,
    "a folder": lambda path, _: path.mkdir() or path,
    "nothing": lambda path, _: path.write_bytes(b"") or path,
}


def _twice(path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", npy(np.zeros((2, 8, 8, 1), "f4")))
        archive.writestr("images.npy", npy(np.zeros((3, 8, 8, 1), "f4")))
    return path


# ------------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize("kind", [name for name in ARRAYS if name != "a folder"])
def test_arrays_that_could_do_harm_are_one_line(kind, tmp_path):
    path, before = ARRAYS[kind](tmp_path / "images.npz", tmp_path / "mark"), peak_bytes(anew=True)
    with pytest.raises(UserError) as caught:
        read_images(path, 100)
    assert str(path) in str(caught.value) and str(caught.value).isprintable()
    assert not (tmp_path / "mark").exists()
    assert peak_bytes() - before < 100 * MEGABYTE


@pytest.mark.parametrize("kind", ARRAYS)
def test_a_checkpoint_that_could_do_harm_is_damaged(kind, tmp_path, caplog):
    model = make_model()
    checkpoints.save(tmp_path, model)
    before = peak_bytes(anew=True)
    path = ARRAYS[kind](tmp_path / "iteration-00000007.npz", tmp_path / "mark")
    assert checkpoints.restore_latest(tmp_path, model) == 0
    assert path.name in caplog.text and not (tmp_path / "mark").exists()
    assert peak_bytes() - before < 100 * MEGABYTE


def test_arrays_are_read_as_numpy_reads_them(tmp_path):
    arrays = {
        "floats": np.arange(6, dtype="f4").reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "scalar": np.array(3),
        "none": np.zeros((0, 4)),
        "text": np.array(["a", "bc"]),
        "big": np.arange(3, dtype=">i2"),
        "many": np.random.default_rng(0).integers(0, 256, (3, MEGABYTE), np.uint8),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", **arrays)
        read = reading.read_arrays(tmp_path / "a.npz")
        assert list(read) == list(arrays) == list(reading.array_names(tmp_path / "a.npz"))
        for name, array in arrays.items():
            assert read[name].dtype == array.dtype and np.array_equal(read[name], array), name
    assert set(reading.read_arrays(tmp_path / "a.npz", ["big", "other"])) == {"big"}


def test_a_black_set_of_images_is_no_bomb(tmp_path):
    np.savez_compressed(tmp_path / "black.npz", images=np.zeros((5000, 64, 64, 3), np.uint8))
    assert read_images(tmp_path / "black.npz", 10).shape == (10, 64, 64, 3)


# ----------------------------------------------------------------------------------- networks


@pytest.fixture(scope="module")
def judge_file(tmp_path_factory):
    """The members of a judge's file by name."""
    path = tmp_path_factory.mktemp("judge") / "classifier.keras"
    plain(JudgeNetwork(16, 1, (2,)).build_classifier()).save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def described(members, change):
    """A file whose description is changed by a function of its list of layers."""
    config = json.loads(members["config.json"])
    change(config["config"]["layers"])
    return {**members, "config.json": json.dumps(config)}


def with_layer(members, layer):
    def change(layers):
        layers[-1] = {**layers[-1], "config": layers[-1]["config"], **layer}

    return described(members, change)


def activation(members, value):
    def change(layers):
        dense = next(layer for layer in layers if layer["class_name"] == "Dense")
        dense["config"]["activation"] = value

    return described(members, change)


def weights(members, write):
    """A file whose weights are what a function writes into an HDF5 file."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return {**members, "model.weights.h5": buffer.getvalue()}


def lambda_layer(members, mark):
    where = str(mark)
    layer = keras.layers.Lambda(lambda x: (os.mkdir(where), x)[1], name="logits")
    return with_layer(members, keras.saving.serialize_keras_object(layer))


def virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4,))
    file.create_virtual_dataset("x", layout)


def units(layers):
    layers[-1]["config"]["units"] = 10**9
    layers[-1].pop("build_config", None)


NETWORKS = {
    "a Lambda layer": lambda_layer,
    "Python's own functions": lambda m, mark: activation(
        m, {"class_name": "function", "module": "builtins", "config": "exec"}
    ),
    "a class of another module": lambda m, mark: with_layer(
        m, {"class_name": "system", "module": "os", "registered_name": None, "config": {}}
    ),
    "a module to import": lambda m, mark: with_layer(
        m, {"class_name": "X", "module": "keras.src.antigravity", "registered_name": None}
    ),
    "a name that is registered": lambda m, mark: with_layer(
        m, {"module": None, "registered_name": "wgan_tf>WGAN", "class_name": "WGAN"}
    ),
    "a layer that reads files": lambda m, mark: with_layer(
        m, {"class_name": "TFSMLayer", "config": {"filepath": "/etc"}}
    ),
    "a lambda of old": lambda m, mark: activation(
        m, {"class_name": "__lambda__", "config": {"value": "x"}}
    ),
    "a file to fetch": lambda m, mark: activation(
        m, {"class_name": "get_file", "module": "keras.utils", "config": {}}
    ),
    "layers larger than the file": lambda m, mark: described(m, units),
    "a deep description": lambda m, mark: {**m, "config.json": "[" * 100_000},
    "a member outside": lambda m, mark: {**m, "../../outside": "x"},
    "assets": lambda m, mark: {**m, "assets/x.txt": "x"},
    "no weights": lambda m, mark: {k: v for k, v in m.items() if k != "model.weights.h5"},
    "an external link": lambda m, mark: weights(
        m, lambda f: f.__setitem__("layers", h5py.ExternalLink("/etc/passwd", "/"))
    ),
    "a link that loops": lambda m, mark: weights(
        m, lambda f: f.__setitem__("layers", h5py.SoftLink("/layers"))
    ),
    "weights elsewhere": lambda m, mark: weights(
        m, lambda f: f.create_dataset("x", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    ),
    "virtual weights": lambda m, mark: weights(m, virtual),
    "a shape with nothing behind it": lambda m, mark: weights(
        m, lambda f: f.create_dataset("x", (HUGE,), "f4")
    ),
    "a cycle of groups": lambda m, mark: weights(
        m, lambda f: f.create_group("a").__setitem__("a", f["a"])
    ),
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_that_could_do_harm_is_one_line(kind, judge_file, tmp_path):
    members = NETWORKS[kind](judge_file, tmp_path / "mark")
    path, before = zipped(tmp_path / "classifier.keras", members), peak_bytes(anew=True)
    with pytest.raises(UserError, match="damaged or no judge") as caught:
        Judge.load(path)
    assert str(path) in str(caught.value) and str(caught.value).isprintable()
    assert [entry.name for entry in tmp_path.iterdir()] == ["classifier.keras"]
    assert not (tmp_path.parent.parent / "outside").exists()
    assert peak_bytes() - before < 100 * MEGABYTE


def test_compressed_weights_are_no_bomb(judge_file, tmp_path):
    members = {**judge_file, "model.weights.h5": bytes(256 * MEGABYTE)}
    path = zipped(tmp_path / "classifier.keras", members, zipfile.ZIP_DEFLATED)
    del members
    with pytest.raises(UserError, match="far too much"):
        Judge.load(path)


def test_a_judge_of_ours_is_opened_compressed_or_not(judge_file, tmp_path):
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    logits = []
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = zipped(tmp_path / f"{compression}.keras", judge_file, compression)
        logits.append(Judge.load(path).logits(images))
    assert np.array_equal(*logits) and np.abs(logits[0]).max() > 0


# ------------------------------------------------------------------------------ configurations


def stored(folder, **changes):
    """A run's folder with a configuration, of which fields are changed."""
    folder.mkdir(exist_ok=True)
    values = resolve({"logs_dir": str(folder)}).flat()
    (folder / "config.json").write_text(json.dumps({**values, **changes}))
    return folder


WRONG = {bool: ["yes", 1, None], int: ["7", 1.5, True], float: ["0.1", [0.1], True], str: [5, {}]}


@pytest.mark.parametrize("field", [field for _, field in all_fields()], ids=lambda f: f.name)
def test_every_field_of_a_wrong_type_is_refused_by_name(field, tmp_path):
    if field.name == "logs_dir":  # it is where the folder lies, whatever it says
        return
    wrong = [*WRONG[field_type(field)], [], {"a": [1]}, float("nan"), "a\nb", 10**400]
    for value in wrong:
        if value is None and field.default is None:
            continue
        # NaN is no JSON, and is refused before any field is looked at.
        word = "NaN is no number" if value != value else f"--{flag_of(field)}="
        with pytest.raises(UsageError) as caught:
            runs.read_config(stored(tmp_path / "run", **{field.name: value}))
        line = str(caught.value)
        assert word in line and str(tmp_path) in line and line.isprintable() and len(line) < 1300


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"[1]", "is not a configuration"),
        (b"{", "cannot be read"),
        (b"[" * 500_000, "too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too deeply"),
        (b'{"seed": 1, "seed": 2}', "'seed' stands there twice"),
        (b'{"seed": Infinity}', "Infinity is no number"),
        (b'{"seed": ' + b"9" * 10_000 + b"}", "cannot be read"),
        (b'\xff\xfe{"seed": 1}', "decode"),
        (b'{"no_such\\n\\u001b[2J": 1}', "there is no field"),
        (b'{"seed": 1}' + b" " * 100 * MEGABYTE, "at most 1,048,576 can be"),
    ],
    ids=range(10),
)
def test_a_configuration_that_is_none_is_one_line(content, word, tmp_path):
    (tmp_path / "config.json").write_bytes(content)
    before = peak_bytes(anew=True)
    with pytest.raises(UsageError, match=word) as caught:
        runs.read_config(tmp_path)
    assert str(tmp_path) in str(caught.value) and str(caught.value).isprintable()
    assert peak_bytes() - before < 100 * MEGABYTE


def test_a_configuration_that_never_ends_is_not_waited_for(tmp_path):
    for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero")):
        make(tmp_path / "config.json")
        with pytest.raises(UsageError, match="it is no file"):
            runs.read_config(tmp_path)
        (tmp_path / "config.json").unlink()


def test_figures_that_are_damaged_are_one_line(tmp_path):
    for content in ("{", "[]", "{}", "[" * 100_000, '{"epochs": NaN}'):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(UserError, match="is damaged") as caught:
            reading.read_figures(tmp_path / "a.json", "epochs")
        assert str(tmp_path) in str(caught.value)


# --------------------------------------------------------------------------------- paths in them

# What may be stored of each field that is a path.
PATHS = {
    "logs_dir": "replaced",
    "cache_dir": "replaced",
    "data_dir": "read as images",
    "judge_dir": "refused outside of the folder",
    "other_logs_dir": "dropped",
    "generated": "dropped",
    "before": "dropped",
    "real": "dropped",
    "target": "dropped",
    "z": "dropped",
    "tf1_checkpoint": "never read of a run that is there",
    "begin_from": "read where it is given again, while nothing is trained",
}


def test_it_is_decided_of_every_field_that_is_a_path():
    named = {
        field.name
        for _, field in all_fields()
        if "folder" in field.metadata["help"] and field_type(field) is str
    }
    assert named - {"dataset", "split", "shard_format"} <= set(PATHS)


def test_paths_of_a_stored_run_are_not_followed(tmp_path):
    dropped = ("other_logs_dir", "generated", "before", "real", "target", "z")
    names = (*dropped, "cache_dir", "logs_dir")
    folder = stored(tmp_path / "run", **dict.fromkeys(names, "/elsewhere"))
    for mode in ("evaluate", "project", "perturb_real", "visualize", "train"):
        config = resolve({"mode": mode, "logs_dir": str(folder)}, runs.read_config(folder))
        flat = config.flat()
        assert {flat[name] for name in dropped} == {None}
        assert flat["logs_dir"] == str(folder)
        assert flat["cache_dir"] == os.path.expanduser(Config().data.cache_dir)
    named = resolve(
        {"mode": "project", "logs_dir": str(folder), "target": "here.png"}, runs.read_config(folder)
    )
    assert named.latent.target == "here.png"


def test_a_judge_outside_of_the_folder_must_be_named_anew(tmp_path):
    folder = stored(tmp_path / "run", judge_dir=str(tmp_path / "foreign"))
    for mode in ("evaluate", "study", "latent_map"):
        flags = {"mode": mode, "logs_dir": str(folder)}
        with pytest.raises(UsageError, match="--judge_dir: the run in .* outside of its folder"):
            resolve(flags, runs.read_config(folder))
        again = resolve({**flags, "judge_dir": "mine"}, runs.read_config(folder))
        assert again.evaluation.judge_dir == "mine"
    # Modes that ask no judge go on.
    for mode in ("train", "visualize"):
        resolve({"mode": mode, "logs_dir": str(folder)}, runs.read_config(folder))
    with pytest.raises(UsageError, match="--judge_dir"):
        resolve({"logs_dir": str(folder), "evaluate_every": 5}, runs.read_config(folder))
    inside = stored(tmp_path / "other", judge_dir=str(tmp_path / "other" / "judge"))
    resolve({"mode": "evaluate", "logs_dir": str(inside)}, runs.read_config(inside))
    (inside / "judge").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="--judge_dir"):
        resolve({"mode": "evaluate", "logs_dir": str(inside)}, runs.read_config(inside))


@pytest.mark.parametrize("name", ["../../evil", "/etc", "a/../../b", ".hidden", ""])
def test_a_data_set_is_no_path(name, tmp_path):
    with pytest.raises(UsageError, match="--dataset="):
        runs.read_config(stored(tmp_path / "run", dataset=name))


# ---------------------------------------------------------------------------------------- links


@pytest.mark.parametrize(
    "name", ["images", "checkpoints", "samples", "film", ".lock", "train", "images/a.png"]
)
def test_links_out_of_a_folder_are_not_written_through(name, tmp_path):
    folder, outside = stored(tmp_path / "run"), tmp_path / "outside"
    outside.mkdir()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(outside)
    with pytest.raises(UserError, match="link out of the run's folder") as caught:
        guards.check_links(folder, ["train"])
    assert str(folder / name) in str(caught.value)


def test_links_that_do_no_harm_stay(tmp_path):
    folder = stored(tmp_path / "run")
    (folder / "elsewhere").mkdir()
    (folder / "images").symlink_to("elsewhere")
    (folder / "notes").symlink_to("/etc")
    guards.check_links(folder, ["train"])
    (tmp_path / "linked").symlink_to(folder)
    guards.check_links(tmp_path / "linked", ["train"])
    guards.check_links(Path("no") / "folder")


def test_a_folder_on_another_drive_is_elsewhere(tmp_path, monkeypatch):
    assert guards.lies_in(tmp_path / "a" / ".." / "b", tmp_path)
    assert guards.lies_in(tmp_path, tmp_path)
    assert not guards.lies_in(tmp_path.parent / f"{tmp_path.name}s", tmp_path)

    def two_drives(paths):
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", two_drives)
    assert not guards.lies_in(tmp_path.parent, tmp_path)


def test_a_drive_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    with pytest.raises(UserError, match="there is no /; choose another folder"):
        guards.check_writable("/a/b")


def test_a_new_file_takes_the_place_of_a_link(tmp_path):
    from wgan_tf.files.writing import write_json

    (tmp_path / "mine").write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "evaluate.json").symlink_to(tmp_path / "mine")
    write_json(tmp_path / "run" / "evaluate.json", {"a": 1})
    assert (tmp_path / "mine").read_text() == "mine"
    assert json.loads((tmp_path / "run" / "evaluate.json").read_text()) == {"a": 1}
