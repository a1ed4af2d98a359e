"""What the modes that look into z write, on tiny models."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.reading import events
from tests.tiny import make_model, strong
from wgan_tf import runs
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks.effects import FRAMES
from wgan_tf.modes import latent_map, manifold, traverse
from wgan_tf.refine import latents


@pytest.fixture
def loaded(monkeypatch):
    """Every run is loaded as one tiny model with large weights."""

    def load(kind="wgan", **changes):
        model = strong(make_model(kind, **changes))
        monkeypatch.setattr(runs, "load_trained", lambda config: model)
        return model

    return load


def places(path, image, scale):
    """Upper left corners (y, x) at which an enlarged image stands in a picture."""
    picture = np.asarray(Image.open(path).convert("RGB"))
    cell = to_uint8(image).repeat(scale, 0).repeat(scale, 1)
    high, wide = cell.shape[:2]
    rows, columns = len(picture) - high + 1, picture.shape[1] - wide + 1
    fits = np.ones((rows, columns), bool)
    # A few pixels everywhere, then all where these fit.
    for dy, dx in np.random.default_rng(0).integers((high, wide), size=(25, 2)):
        fits &= (picture[dy : dy + rows, dx : dx + columns] == cell[dy, dx]).all(-1)
    some = np.argwhere(fits)
    return [(y, x) for y, x in some if (picture[y : y + high, x : x + wide] == cell).all()]


def written(tmp_path, name):
    return json.loads((tmp_path / "run" / f"{name}.json").read_text())


def known(model, weights):
    """A generator of which z i moves row i of the image, by its weight."""

    def generate(z):
        rows = tf.pad(z * weights, ((0, 0), (0, model.size - len(weights))))
        return tf.tile(rows[:, :, None, None], (1, 1, model.size, model.channels))

    model._generate = generate
    return model


# ------------------------------------------------------------------ traverse


def test_effects_are_those_of_the_generator_and_sorted(loaded, tmp_path, resolve_tiny, capsys):
    known(loaded(), [0.1, -0.8, 0.4])
    paths = traverse.run(resolve_tiny(mode="traverse"))
    report = written(tmp_path, "traverse")
    assert [each["name"] for each in report["effects"]] == ["z 1", "z 2", "z 0"]
    assert report["drawn"] == ["z 1", "z 2", "z 0"]
    # One of 16 rows; eleven even points from -1 to 1 have a variance of 0.4.
    expected = np.array([0.8, 0.4, 0.1]) * np.sqrt(0.4 / 16)
    np.testing.assert_allclose([e["effect"] for e in report["effects"]], expected, rtol=1e-5)
    assert max(each["error"] for each in report["effects"]) < 1e-6
    assert report["evenness"]["effective_values"] == pytest.approx(1.3**2 / 0.81)
    assert report["evenness"]["largest_over_mean"] == pytest.approx(0.8 / (1.3 / 3))
    assert [path.name for path in paths] == ["traverse.png", "traverse.gif"]
    assert capsys.readouterr().out.count("traverse: 3 values") == 1
    assert list((tmp_path / "run" / "traverse").glob("events*"))


def test_rows_show_the_images_of_moved_values(loaded, tmp_path, resolve_tiny):
    model = loaded(channels=3)
    config = resolve_tiny(mode="traverse", traverse_steps=5, seed=3, dims="2")
    path, film = traverse.run(config)
    assert written(tmp_path, "traverse")["drawn"] == ["z 2"]
    z = model.sample_z(traverse.BASES, 3).numpy()[0]
    every = np.stack([[z[0], z[1], value] for value in (-1, -0.5, 0, 0.5, 1)])
    found = [places(path, image, 4) for image in model.generate(every).numpy()]
    assert [len(each) for each in found] == [1] * 5
    ys, xs = np.array([each[0] for each in found]).T
    assert len(set(ys)) == 1 and set(np.diff(xs)) == {4 * 16 + 8}
    with Image.open(film) as frames:
        assert frames.size == (64, 64) and frames.n_frames > 2 * FRAMES - 5


def test_the_animation_goes_there_and_back(loaded, resolve_tiny):
    model = known(loaded(), [0.0, 0.9, 0.0])
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
    report = written(tmp_path, "traverse")
    assert report["drawn"][0] == "class" and set(report["drawn"][1:]) == {"z 3", "z 4"}
    assert {each["place"] for each in report["effects"]} == {3, 4}
    assert report["normal_values_end"] == 2
    z = model.sample_z(traverse.BASES, 0).numpy()
    images = model.generate(model.condition(z[:1].repeat(3, 0), [0, 1, 2])).numpy()
    found = [places(path, image, 4) for image in images]
    assert all(found) and min(y for y, _ in found[0]) == min(y for y, _ in found[2])
    assert found[1][0][1] - found[0][0][1] == 4 * 16 + 8
    # A normal value moves from -2 to 2, below the class.
    end = z[:1].copy()
    end[0, 4] = 2
    (place,) = places(path, model.generate(end).numpy()[0], 4)
    assert place[0] > found[0][0][0] and place[1] == found[2][0][1]
    # The class's effect is measured over all classes.
    all_classes = [model.condition(z, [c] * len(z)).numpy() for c in range(3)]
    every = np.stack([model.generate(each).numpy() for each in all_classes])
    effect = np.sqrt(every.var(0).mean((1, 2, 3))).mean()
    assert report["class"]["effect"] == pytest.approx(effect, rel=1e-4)


def test_codes_are_drawn_whatever_is_chosen(loaded, tmp_path, resolve_tiny):
    loaded("infogan")
    traverse.run(resolve_tiny(mode="traverse", dims="7"))
    report = written(tmp_path, "traverse")
    assert report["drawn"] == ["category", "code 1", "code 2", "z 7"]
    assert {each["name"] for each in report["effects"]} == {"code 1", "code 2", "z 6", "z 7"}


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
    known(loaded(), [0.0, 0.0, 0.0])
    traverse.run(resolve_tiny(mode="traverse"))
    report = written(tmp_path, "traverse")
    assert report["evenness"]["effective_values"] is None
    assert [each["effect"] for each in report["effects"]] == [0, 0, 0]


# ------------------------------------------------------------------ manifold


def test_two_values_are_the_whole_square(loaded, tmp_path, resolve_tiny):
    model = loaded(z_dim=2)
    paths = manifold.run(resolve_tiny(mode="manifold", manifold_grid=5))
    assert [path.name for path in paths] == ["manifold.png", "interpolation.png"]
    report = written(tmp_path, "manifold")
    assert report["kind"] == "square" and report["share_clipped"] == 0
    # 1432 pixels across for five images of 16.
    size = 16 * (1432 // 80)
    corners = model.generate(np.array([[-1.0, 1], [1, 1], [-0.5, -0.5]])).numpy()
    ((y, x),) = places(paths[0], corners[0], size // 16)
    assert places(paths[0], corners[1], size // 16) == [(y, x + 4 * size)]
    assert places(paths[0], corners[2], size // 16) == [(y + 3 * size, x + size)]


def test_a_normal_square_is_even_in_probability(loaded, resolve_tiny):
    model = loaded(z_dim=2, z_prior="normal")
    path, _ = manifold.run(resolve_tiny(mode="manifold", manifold_grid=2))
    scale = 1432 // 32
    end = 1.959964
    low_right = model.generate(np.array([[end, -end]])).numpy()[0]
    assert len(places(path, low_right, scale)) == 1


def test_a_plane_goes_through_the_chosen_samples(loaded, tmp_path, resolve_tiny):
    model = loaded()
    config = resolve_tiny(mode="manifold", manifold_grid=4, manifold_corners="5,0,2", seed=1)
    sheet, rows = manifold.run(config)
    report = written(tmp_path, "manifold")
    assert report["kind"] == "plane" and report["corners"] == [5, 0, 2]
    # The samples that --mode=visualize draws: as many as a batch has.
    z = model.sample_z(8, 1).numpy()[[5, 0, 2]]
    images = model.generate(z).numpy()
    scale = 1432 // 64
    (y, x), (_, right), (low, _) = (places(sheet, image, scale)[0] for image in images)
    assert right - x == low - y == 3 * 16 * scale
    ways = report["ways"]
    names = [(each["from"], each["to"], each["way"]) for each in ways]
    assert names[:3] == [(5, 0, "linear"), (5, 0, "spherical"), (5, 2, "linear")]
    assert names[5] == (0, 2, "spherical")
    straight = model.generate(latents.linear(z[0], z[2], manifold.POINTS)).numpy()
    changes = np.sqrt((np.diff(straight, axis=0) ** 2).mean((1, 2, 3)))
    assert ways[2]["length"] == pytest.approx(changes.sum(), rel=1e-4)
    assert ways[2]["largest_step_over_mean"] == pytest.approx(
        changes.max() / changes.mean(), rel=1e-3
    )
    assert ways[2]["length"] >= ways[2]["ends_apart"] > 0
    # The middle of the straight way is the sixth image of its row.
    assert len(places(rows, straight[50], 4)) == 1
    assert list((tmp_path / "run" / "manifold").glob("events*"))


def test_a_plane_keeps_the_first_samples_class(loaded, resolve_tiny):
    model = loaded("acgan", z_dim=7)
    sheet, _ = manifold.run(resolve_tiny(mode="manifold", manifold_grid=2))
    z = model.sample_z(8, 0).numpy()[:3]
    right = model.generate(model.condition(z[1:2], [0])).numpy()[0]
    assert len(places(sheet, right, 1432 // 32)) == 1


@pytest.mark.parametrize(
    ("kind", "z_dim", "message"),
    [("wgan", 1, "a single value, which"), ("acgan", 4, "a single value besides its class")],
)
def test_a_single_value_is_no_manifold(loaded, tmp_path, resolve_tiny, kind, z_dim, message):
    loaded(kind, z_dim=z_dim)
    with pytest.raises(UserError, match=message):
        manifold.run(resolve_tiny(mode="manifold"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("corners", ["0,1", "0,1,2,3", "0,1,10000"])
def test_corners_are_three_samples(loaded, resolve_tiny, corners):
    loaded()
    with pytest.raises(UsageError, match=f"--manifold_corners={corners}: must be three"):
        manifold.run(resolve_tiny(mode="manifold", manifold_corners=corners))


# ------------------------------------------------------------------ latent_map


@pytest.fixture
def judged(monkeypatch):
    """A judge of ten classes by the first row of the images: 2 where it is dark, 7 else."""

    class Judge:
        def probabilities(self, images):
            found = np.full((len(images), 10), 0.05)
            dark = np.asarray(images)[:, 0].mean((1, 2)) < 0
            found[np.arange(len(images)), np.where(dark, 2, 7)] = 0.55
            return found

    monkeypatch.setattr(latent_map, "find_judge", lambda config: Judge())


def colour(path, rgb):
    """How many pixels of a picture have a colour."""
    image = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return int((np.abs(image - rgb).max(-1) <= 2).sum())


GREEN, GREY, BLUE = (44, 160, 44), (127, 127, 127), (31, 119, 180)  # of classes 2, 7 and 0


def test_two_values_are_their_own_map(loaded, judged, tmp_path, resolve_tiny, capsys):
    model = known(loaded(z_dim=2), [0.5, 0.5])
    (path,) = latent_map.run(resolve_tiny(mode="latent_map", map_samples=200))
    assert path.name == "latent_map.png"
    assert colour(path, GREEN) > 1000 and colour(path, GREY) > 1000 and not colour(path, BLUE)
    report = written(tmp_path, "latent_map")
    # Class 2 is the left half of z, so only neighbourhoods at the border are mixed.
    z = model.sample_z(200, 0).numpy()
    assert report["shares"][2] == pytest.approx(np.mean(z[:, 0] < 0))
    assert sum(report["shares"]) == pytest.approx(1)
    assert 0.85 < report["purity"] < 1 and report["purity_by_chance"] == pytest.approx(0.5, abs=0.1)
    assert report["confidence_mean"] == pytest.approx(0.55)
    assert report["class_names"] == list("0123456789")
    folder = tmp_path / "run" / "latent_map"
    lines = (folder / "latents_metadata.tsv").read_text().splitlines()
    assert lines[0] == "class\tconfidence" and len(lines) == 201
    assert lines[1] == f"{2 if z[0, 0] < 0 else 7}\t0.55"
    vectors = np.loadtxt(folder / "latents_vectors.tsv")
    np.testing.assert_allclose(vectors, z, rtol=1e-4)
    assert set(events(folder)) >= {"latent_map/latent_map", "latent_map/purity"}
    out = capsys.readouterr().out
    assert out.count("latent_map: 200 latents") == 1


def test_more_values_are_seen_from_two_sides(loaded, judged, tmp_path, resolve_tiny):
    loaded("acgan")
    paths = latent_map.run(resolve_tiny(mode="latent_map", map_samples=40))
    assert [path.name for path in paths] == ["latent_map_pca.png", "latent_map_tsne.png"]
    shares = written(tmp_path, "latent_map")["variance_explained"]
    z = runs.load_trained(None).sample_z(40, 0).numpy()
    values = np.sort(np.linalg.eigvalsh(np.cov(z.T)))[::-1]
    np.testing.assert_allclose(shares, values[:2] / values.sum(), rtol=1e-4)


def test_no_classifier_is_one_line_before_anything(loaded, tmp_path, resolve_tiny):
    loaded()
    config = resolve_tiny(mode="latent_map", data_dir=str(tmp_path))
    with pytest.raises(UserError, match="no labels to train a judge on: .* --judge_dir"):
        latent_map.run(config)
    config = resolve_tiny(mode="latent_map", judge_dir=str(tmp_path / "none"))
    with pytest.raises(UserError, match="no judge in"):
        latent_map.run(config)
    with pytest.raises(UsageError, match="--map_samples=10"):
        latent_map.run(resolve_tiny(mode="latent_map", map_samples=10))
    assert not (tmp_path / "run").exists()
