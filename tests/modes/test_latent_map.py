"""Maps of latents by class, on tiny models."""

import numpy as np
import pytest
from PIL import Image

from tests.fakes import with_known_generator
from tests.reading import events, written
from wgan_tf import runs
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes import latent_map


@pytest.fixture
def judged(monkeypatch):
    """A judge of ten classes by the first row of the images: 2 where it is dark, 7 else."""

    class Judge:
        def probabilities(self, images):
            answers = np.full((len(images), 10), 0.05)
            dark = np.asarray(images)[:, 0].mean((1, 2)) < 0
            answers[np.arange(len(images)), np.where(dark, 2, 7)] = 0.55
            return answers

    monkeypatch.setattr(latent_map, "find_judge", lambda config: Judge())


def colour(path, rgb):
    """How many pixels of a picture have a colour."""
    image = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return int((np.abs(image - rgb).max(-1) <= 2).sum())


GREEN, GREY, BLUE = (44, 160, 44), (127, 127, 127), (31, 119, 180)  # of classes 2, 7 and 0


def test_two_values_are_their_own_map(loaded, judged, tmp_path, resolve_tiny, capsys):
    model = with_known_generator(loaded(z_dim=2), [0.5, 0.5])
    (path,) = latent_map.run(resolve_tiny(mode="latent_map", map_samples=200))
    assert path.name == "latent_map.png"
    with np.load(tmp_path / "run" / "latent_map.npz") as arrays:
        assert np.array_equal(arrays["z"], model.sample_z(200, 0))
        dark = np.asarray(model.generate(arrays["z"]))[:, 0].mean((1, 2)) < 0
        assert np.array_equal(arrays["classes"], np.where(dark, 2, 7))
    assert colour(path, GREEN) > 1000 and colour(path, GREY) > 1000 and not colour(path, BLUE)
    report = written(tmp_path / "run", "latent_map")
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
    shares = written(tmp_path / "run", "latent_map")["variance_explained"]
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
