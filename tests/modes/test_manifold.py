"""Sheets and walks through z, on tiny models."""

import numpy as np
import pytest

from tests.reading import places, written
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes import manifold
from wgan_tf.refine import latents


def test_two_values_are_the_whole_square(loaded, tmp_path, resolve_tiny):
    model = loaded(z_dim=2)
    paths = manifold.run(resolve_tiny(mode="manifold", manifold_grid=5))
    assert [path.name for path in paths] == ["manifold.png", "interpolation.png"]
    report = written(tmp_path / "run", "manifold")
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
    report = written(tmp_path / "run", "manifold")
    assert report["kind"] == "plane" and report["corners"] == [5, 0, 2]
    # The samples that --mode=visualize draws: as many as a batch has.
    z = model.sample_z(8, 1).numpy()[[5, 0, 2]]
    images = model.generate(z).numpy()
    scale = 1432 // 64
    (y, x), (_, right), (low, _) = (places(sheet, image, scale)[0] for image in images)
    assert right - x == low - y == 3 * 16 * scale
    ways = report["ways"]
    names = [(way["from"], way["to"], way["way"]) for way in ways]
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


def test_corners_are_rows_of_a_named_file(loaded, tmp_path, resolve_tiny):
    model = loaded()
    z = np.random.default_rng(1).uniform(-1, 1, (4, 3)).astype(np.float32)
    np.savez(tmp_path / "z.npz", z=z)
    flags = {"mode": "manifold", "manifold_grid": 4, "z": str(tmp_path / "z.npz")}
    sheet, rows = manifold.run(resolve_tiny(**flags, manifold_corners="3,0,2"))
    with np.load(tmp_path / "run" / "manifold.npz") as arrays:
        points, on_ways, corners = arrays["z"], arrays["z_of_ways"], arrays["corners"]
    assert np.array_equal(corners, z[[3, 0, 2]])
    # Row by row: first corner upper left, second upper right, third lower left.
    np.testing.assert_allclose(points[[0, 3, 12]], corners, atol=1e-6)
    scale = 1432 // 64
    images = model.generate(points).numpy()
    (_, x), (_, right) = places(sheet, images[5], scale)[0], places(sheet, images[6], scale)[0]
    assert right - x == 16 * scale
    assert on_ways.shape == (6 * 11, 3)
    assert len(places(rows, model.generate(on_ways[5:6]).numpy()[0], 4)) == 1
    with pytest.raises(UsageError, match="--manifold_corners=0,1,4: 4 z's are named, 0 to 3"):
        manifold.run(resolve_tiny(**flags, manifold_corners="0,1,4"))
