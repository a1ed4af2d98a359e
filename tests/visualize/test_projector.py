"""The projector's files are read back as TensorBoard reads them."""

import numpy as np
import pytest
from google.protobuf import text_format
from PIL import Image
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from wgan_tf.visualize import projector
from wgan_tf.visualize.projector import write_projector


def example(count=5, size=6, channels=3, seed=0):
    generator = np.random.default_rng(seed)
    shown = generator.integers(0, 256, (count, size, size, channels), np.uint8)
    return generator.normal(size=(count, 3)), (shown / 127.5 - 1).astype(np.float32), shown


def read_config(folder):
    text = (folder / "projector_config.pbtxt").read_text()
    return text_format.Parse(text, ProjectorConfig())


def test_files_agree_with_each_other_and_the_arrays(tmp_path):
    points, thumbnails, shown = example()
    columns = {"step": np.arange(5) * 10, "score": [0.5, -1.5, 2.0, 0.0, 1.0]}
    path = write_projector(tmp_path / "run", "z", points, columns, thumbnails)
    assert path == tmp_path / "run" / "projector_config.pbtxt"
    (entry,) = read_config(tmp_path / "run").embeddings
    assert (entry.tensor_name, list(entry.tensor_shape)) == ("z", [5, 3])
    assert list(entry.sprite.single_image_dim) == [6, 6]

    vectors = np.loadtxt(path.parent / entry.tensor_path, delimiter="\t")
    np.testing.assert_allclose(vectors, points, rtol=1e-5)
    lines = (path.parent / entry.metadata_path).read_text().splitlines()
    assert lines[0] == "step\tscore" and lines[2] == "10\t-1.5" and len(lines) == 6
    with Image.open(path.parent / entry.sprite.image_path) as sprite:
        assert sprite.size == (18, 18)
        pixels = np.asarray(sprite)
    for index in range(5):
        top, left = index // 3 * 6, index % 3 * 6
        np.testing.assert_array_equal(pixels[top : top + 6, left : left + 6], shown[index])


def test_paths_stay_inside_the_folder(tmp_path):
    points, thumbnails, _ = example(channels=1)
    write_projector(tmp_path / "before", "z", points, {"n": range(5)}, thumbnails)
    (tmp_path / "before").rename(tmp_path / "moved")
    (entry,) = read_config(tmp_path / "moved").embeddings
    for name in (entry.tensor_path, entry.metadata_path, entry.sprite.image_path):
        assert "/" not in name and (tmp_path / "moved" / name).is_file()
    assert str(tmp_path) not in (tmp_path / "moved" / "projector_config.pbtxt").read_text()


def test_other_names_stay_and_the_same_name_is_replaced(tmp_path):
    points, thumbnails, _ = example()
    write_projector(tmp_path, "z", points, {"n": range(5)}, thumbnails)
    write_projector(tmp_path, "pixels", points, {"n": range(5)}, thumbnails)
    write_projector(tmp_path, "z", points[:2], {"n": range(2)}, thumbnails[:2])
    entries = read_config(tmp_path).embeddings
    assert {e.tensor_name: e.tensor_shape[0] for e in entries} == {"pixels": 5, "z": 2}


def test_one_column_has_no_heading_and_cells_hold_no_separators(tmp_path):
    points, thumbnails, _ = example(count=2)
    write_projector(tmp_path, "z", points, {"name": ["a\tb\nc", ""]}, thumbnails)
    assert (tmp_path / "z_metadata.tsv").read_text() == "a b c\n-\n"


def test_thumbnails_shrink_to_the_largest_sprite(tmp_path, monkeypatch):
    monkeypatch.setattr(projector, "MAX_SPRITE", 9)
    points, thumbnails, _ = example(count=4, size=8, channels=1)
    thumbnails[:] = np.array([-1, 0, 0.5, 1]).reshape(4, 1, 1, 1)
    write_projector(tmp_path, "z", points[:4], {"n": range(4)}, thumbnails)
    (entry,) = read_config(tmp_path).embeddings
    assert list(entry.sprite.single_image_dim) == [4, 4]
    with Image.open(tmp_path / "z_sprite.png") as sprite:
        assert sprite.size == (8, 8)
        assert [sprite.getpixel(at) for at in [(1, 1), (5, 1), (1, 5), (5, 5)]] == [
            0, 128, 191, 255,
        ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../z"}, "no name for files"),
        ({"metadata": {"n": range(4)}}, "4 n for 5 points"),
        ({"metadata": {}}, "at least one column"),
        ({"thumbnails": np.zeros((5, 4, 6, 3))}, "square"),
        ({"thumbnails": np.zeros((3, 4, 4, 3))}, "3 thumbnails for 5 points"),
        ({"points": np.zeros(5)}, "points must be"),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, change, message):
    points, thumbnails, _ = example()
    good = {"name": "z", "points": points, "metadata": {"n": range(5)}, "thumbnails": thumbnails}
    with pytest.raises(ValueError, match=message):
        write_projector(tmp_path, **good | change)
    assert not list(tmp_path.iterdir())
