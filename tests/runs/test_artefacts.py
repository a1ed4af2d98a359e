"""What a mode leaves: files, pictures and events."""

import json
import logging

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wgan_tf.runs.artefacts import Artefacts


@pytest.fixture
def quiet(monkeypatch):
    # TensorFlow announces summary_iterator's end in every call.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def events(folder):
    """(tag, step, value) of all events in a folder."""
    (path,) = folder.glob("events*")
    return [
        (value.tag, event.step, tf.make_ndarray(value.tensor))
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    ]


def test_files_pictures_and_events(tmp_path, quiet):
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    with Artefacts(tmp_path, "look", step=7) as artefacts:
        artefacts.picture("one", picture)
        Image.fromarray(picture[::-1]).save(artefacts.image_path("two.png"))
        artefacts.figures({"a": np.float32(0.5), "b": np.array([1, 2])})
        artefacts.figures({"c": np.inf}, "look_more")
        artefacts.arrays(z=np.ones(3))
        artefacts.report("# Found")
        artefacts.curve("curve", [1.0, 2.0])
        artefacts.curve("sparse", [3.0], [5])
        artefacts.scalar("number", 4.0)
        for path in artefacts.pictures:
            artefacts.show(path.stem, path, step=1)
    assert artefacts.pictures == [tmp_path / "images" / f"{name}.png" for name in ("one", "two")]
    np.testing.assert_array_equal(np.asarray(Image.open(artefacts.pictures[0])), picture)
    assert json.loads((tmp_path / "look.json").read_text()) == {"a": 0.5, "b": [1, 2]}
    assert json.loads((tmp_path / "look_more.json").read_text()) == {"c": None}
    assert np.load(tmp_path / "look.npz")["z"].tolist() == [1, 1, 1]
    assert (tmp_path / "look.md").read_text() == "# Found"
    written = events(tmp_path / "look")
    numbers = [(tag, step, float(value)) for tag, step, value in written if value.dtype == "f4"]
    assert numbers == [
        ("curve", 0, 1.0), ("curve", 1, 2.0), ("sparse", 5, 3.0), ("number", 7, 4.0)
    ]  # fmt: skip
    others = [(tag, step) for tag, step, value in written if value.dtype != "f4"]
    assert others == [("look", 7), ("one", 1), ("two", 1)]
    shown = {tag: tf.io.decode_png(value[2]).numpy() for tag, _, value in written[-2:]}
    np.testing.assert_array_equal(shown["one"], picture)
    np.testing.assert_array_equal(shown["two"], picture[::-1])


def test_nothing_is_there_before_something_is_written(tmp_path):
    with Artefacts(tmp_path / "run", "look") as artefacts:
        artefacts.image_path("later.png")
    assert not (tmp_path / "run").exists()


def test_an_open_writer_stays_open(tmp_path, quiet):
    writer = tf.summary.create_file_writer(str(tmp_path / "theirs"))
    with Artefacts(tmp_path, "look", writer=writer) as artefacts:
        artefacts.scalar("number", 1.0)
    with writer.as_default(step=1):
        tf.summary.scalar("after", 2.0)
    writer.close()
    assert [tag for tag, *_ in events(tmp_path / "theirs")] == ["number", "after"]
    assert not (tmp_path / "look").exists()
