"""What each value of z does, on tiny models."""

import numpy as np
import pytest
from PIL import Image

from tests.fakes import with_known_generator
from tests.reading import places, written
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UsageError
from wgan_tf.looks.effects import FRAMES
from wgan_tf.modes import traverse


def test_effects_are_those_of_the_generator_and_sorted(loaded, tmp_path, resolve_tiny, capsys):
    with_known_generator(loaded(), [0.1, -0.8, 0.4])
    paths = traverse.run(resolve_tiny(mode="traverse"))
    report = written(tmp_path / "run", "traverse")
    assert [row["name"] for row in report["effects"]] == ["z 1", "z 2", "z 0"]
    assert report["drawn"] == ["z 1", "z 2", "z 0"]
    # One of 16 rows; eleven even points from -1 to 1 have a variance of 0.4.
    expected = np.array([0.8, 0.4, 0.1]) * np.sqrt(0.4 / 16)
    np.testing.assert_allclose([e["effect"] for e in report["effects"]], expected, rtol=1e-5)
    assert max(row["error"] for row in report["effects"]) < 1e-6
    assert report["evenness"]["effective_values"] == pytest.approx(1.3**2 / 0.81)
    assert report["evenness"]["largest_over_mean"] == pytest.approx(0.8 / (1.3 / 3))
    assert [path.name for path in paths] == ["traverse.png", "traverse.gif"]
    assert capsys.readouterr().out.count("traverse: 3 values") == 1
    assert list((tmp_path / "run" / "traverse").glob("events*"))


def test_rows_show_the_images_of_moved_values(loaded, tmp_path, resolve_tiny):
    model = loaded(channels=3)
    config = resolve_tiny(mode="traverse", traverse_steps=5, seed=3, dims="2")
    path, film = traverse.run(config)
    assert written(tmp_path / "run", "traverse")["drawn"] == ["z 2"]
    z = model.sample_z(traverse.BASES, 3).numpy()[0]
    every = np.stack([[z[0], z[1], value] for value in (-1, -0.5, 0, 0.5, 1)])
    spots = [places(path, image, 4) for image in model.generate(every).numpy()]
    assert [len(of_image) for of_image in spots] == [1] * 5
    ys, xs = np.array([of_image[0] for of_image in spots]).T
    assert len(set(ys)) == 1 and set(np.diff(xs)) == {4 * 16 + 8}
    with Image.open(film) as frames:
        assert frames.size == (64, 64) and frames.n_frames > 2 * FRAMES - 5


def test_the_animation_goes_there_and_back(loaded, resolve_tiny):
    model = with_known_generator(loaded(), [0.0, 0.9, 0.0])
    _, film = traverse.run(resolve_tiny(mode="traverse", dims="1"))
    with Image.open(film) as frames:
        values = []
        for index in range(frames.n_frames):
            frames.seek(index)
            values.append(int(np.asarray(frames.convert("L"))[6, 30]))
    top, low = to_uint8(np.array([0.9, -0.9]))
    assert values[0] == values[-1] == low and max(values) == top
    middle = int(np.argmax(values))
    assert (np.diff(values[: middle + 1]) > 0).all() and (np.diff(values[middle:]) <= 0).all()
    assert model.size == 16


def test_a_class_comes_first_and_is_no_noise(loaded, tmp_path, resolve_tiny):
    model = loaded("acgan")
    path, _ = traverse.run(resolve_tiny(mode="traverse", traverse_steps=3))
    report = written(tmp_path / "run", "traverse")
    assert report["drawn"][0] == "class" and set(report["drawn"][1:]) == {"z 3", "z 4"}
    assert {row["place"] for row in report["effects"]} == {3, 4}
    assert report["normal_values_end"] == 2
    z = model.sample_z(traverse.BASES, 0).numpy()
    images = model.generate(model.condition(z[:1].repeat(3, 0), [0, 1, 2])).numpy()
    spots = [places(path, image, 4) for image in images]
    assert all(spots) and min(y for y, _ in spots[0]) == min(y for y, _ in spots[2])
    assert spots[1][0][1] - spots[0][0][1] == 4 * 16 + 8
    # A normal value moves from -2 to 2, below the class.
    end = z[:1].copy()
    end[0, 4] = 2
    (place,) = places(path, model.generate(end).numpy()[0], 4)
    assert place[0] > spots[0][0][0] and place[1] == spots[2][0][1]
    # The class's effect is measured over all classes.
    all_classes = [model.condition(z, [c] * len(z)).numpy() for c in range(3)]
    every = np.stack([model.generate(of_class).numpy() for of_class in all_classes])
    effect = np.sqrt(every.var(0).mean((1, 2, 3))).mean()
    assert report["class"]["effect"] == pytest.approx(effect, rel=1e-4)


def test_codes_are_drawn_whatever_is_chosen(loaded, tmp_path, resolve_tiny):
    loaded("infogan")
    traverse.run(resolve_tiny(mode="traverse", dims="7"))
    report = written(tmp_path / "run", "traverse")
    assert report["drawn"] == ["category", "code 1", "code 2", "z 7"]
    assert {row["name"] for row in report["effects"]} == {"code 1", "code 2", "z 6", "z 7"}


@pytest.mark.parametrize(
    ("kind", "dims", "message"),
    [
        ("wgan", "1,3", "--dims=1,3: z has 3 values, 0 to 2"),
        ("acgan", "4,2", "--dims=4,2: the first 3 values of z are the class"),
    ],
)
def test_dims_that_are_no_values_are_one_line(
    loaded, tmp_path, resolve_tiny, kind, dims, message
):
    loaded(kind)
    with pytest.raises(UsageError, match=message):
        traverse.run(resolve_tiny(mode="traverse", dims=dims))
    assert not (tmp_path / "run").exists()


def test_a_generator_that_nothing_moves_is_measured_too(loaded, tmp_path, resolve_tiny):
    with_known_generator(loaded(), [0.0, 0.0, 0.0])
    traverse.run(resolve_tiny(mode="traverse"))
    report = written(tmp_path / "run", "traverse")
    assert report["evenness"]["effective_values"] is None
    assert [row["effect"] for row in report["effects"]] == [0, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_a_named_z_is_the_one_that_is_walked_from(loaded, tmp_path, resolve_tiny, count):
    model = loaded("acgan")
    z = model.sample_z(9, 5).numpy()
    np.save(tmp_path / "z.npy", z)
    index = "7" if count == 1 else "7,2,3"
    flags = {"mode": "traverse", "traverse_steps": 4, "z": f"{tmp_path / 'z.npy'}:{index}"}
    path, _ = traverse.run(resolve_tiny(**flags))
    report = written(tmp_path / "run", "traverse")
    assert report["bases"] == count
    # Of a single one nothing says how sure the mean is.
    assert all((row["error"] is None) == (count == 1) for row in report["effects"])
    with np.load(tmp_path / "run" / "traverse.npz") as arrays:
        walked, bases = arrays["z"], arrays["bases"]
    assert np.array_equal(bases, z[[7, 2, 3]][:count])
    assert walked.shape == (3 + 2 * 4, 5)
    assert np.array_equal(walked[:3, :3], np.eye(3)) and np.array_equal(walked[2, 3:], z[7, 3:])
    of_row = report["effects"][0]["place"]
    np.testing.assert_allclose(walked[3:7, of_row], np.linspace(-2, 2, 4), atol=1e-6)
    assert np.array_equal(np.delete(walked[3:7], of_row, 1), np.delete(z[[7] * 4], of_row, 1))
    spots = [places(path, image, 4)[0] for image in model.generate(walked).numpy()]
    assert spots == sorted(spots)  # row by row, from left to right
