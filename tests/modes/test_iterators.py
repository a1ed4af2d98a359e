"""What the modes write, on a tiny trained run."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import wgan_tf
from tests.reading import events
from tests.tiny import command
from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.modes import image_iterator, visualize, z_iterator, z_iterator_tsne
from wgan_tf.training import game


def test_training_writes_the_whole_run(run_dir):
    names = {path.name for path in run_dir.iterdir()}
    assert {"config.json", "checkpoints", "generator.keras", "critic.keras", "train"} <= names
    found = events(run_dir / "train")
    for tag in (
        "loss/critic",
        "loss/generator",
        "score/real",
        "score/fake",
        "training/critic_gradient_norm",
        "training/generator_gradient_norm",
        "loss/wasserstein_estimate",
        "training/share_at_clip_bound",
        "training/images_per_second",
    ):
        assert [step for step, _ in found[tag]] == [2, 4, 6], tag
    losses = [tf.make_ndarray(v.tensor) for _, v in found["loss/critic"]]
    estimates = [tf.make_ndarray(v.tensor) for _, v in found["loss/wasserstein_estimate"]]
    np.testing.assert_allclose(losses, np.negative(estimates))
    assert [step for step, _ in found["samples/generated"]] == [0, 3, 6]
    assert [step for step, _ in found["samples/real"]] == [0]
    for tag in (
        "tensors/z",
        "tensors/weights/critic/W_0/kernel",
        "tensors/gradients/generator/W_z/kernel",
        "tensors/activations/critic/features",
        "tensors/sparsity/generator/relu_z",
    ):
        assert [step for step, _ in found[tag]] == [3, 6], tag
    assert "config" in found and "_hparams_/session_start_info" in found


def test_reached_iterations_say_so(run_dir, capsys):
    before = {p: p.stat().st_mtime_ns for p in (run_dir / "checkpoints").iterdir()}
    game.train(command(run_dir, "train"))
    assert "nothing to do" in capsys.readouterr().out
    assert before == {p: p.stat().st_mtime_ns for p in (run_dir / "checkpoints").iterdir()}


def test_visualize_draws_the_models_samples(run_dir):
    (path,) = visualize.run(command(run_dir, "visualize", batch_size=8, seed=4))
    model = wgan_tf.load(run_dir)
    images = model.generate(model.sample_z(8, 4)).numpy()
    picture = np.asarray(Image.open(path))
    assert picture.shape == (4 * 17 - 1, 2 * 17 - 1)
    expected = np.rint((images[3, :, :, 0] + 1) * 127.5)
    np.testing.assert_allclose(picture[17:33, 17:33], expected, atol=1)
    figures = json.loads((run_dir / "visualize.json").read_text())
    np.testing.assert_allclose(figures["scores"], model.score(images), rtol=1e-5)


@pytest.mark.parametrize(
    ("mode", "start"),
    [
        ("image_iterator", "generated"),
        ("image_iterator", "real"),
        ("image_iterator", "noise"),
        ("z_iterator", "generated"),
    ],
)
def test_iterators_write_what_they_did(run_dir, mode, start):
    config = command(run_dir, mode, batch_size=8, nr_iter_vis=30, learning_rate=0.01, start=start)
    pictures = {"image_iterator": image_iterator, "z_iterator": z_iterator}[mode].run(config)
    for suffix in ("", "_after", "_dif"):
        assert run_dir / "images" / f"generated_{mode}{suffix}.png" in pictures
    assert all(path.exists() for path in pictures)
    figures = json.loads((run_dir / f"{mode}.json").read_text())
    arrays = np.load(run_dir / f"{mode}.npz")
    model = wgan_tf.load(run_dir)
    assert len(figures["loss"]) == figures["steps"] == 30
    np.testing.assert_allclose(figures["score_before"], model.score(arrays["before"]), atol=1e-6)
    np.testing.assert_allclose(figures["score_after"], model.score(arrays["after"]), atol=1e-6)
    assert figures["score_mean_after"] > figures["score_mean_before"]
    change = (arrays["after"] - arrays["before"]).reshape(8, -1)
    np.testing.assert_allclose(figures["linf"], np.abs(change).max(1), rtol=1e-5)
    np.testing.assert_allclose(figures["l2"], np.sqrt((change**2).sum(1)), rtol=1e-5)
    psnr = 20 * np.log10(2 / np.sqrt((change.astype(np.float64) ** 2).mean(1)))
    np.testing.assert_allclose(figures["psnr_db"], psnr, rtol=1e-5)
    assert figures["learning_rate"] == 0.01
    if start == "real":
        assert figures["score_mean_before"] == pytest.approx(figures["score_mean_real"])
    with Image.open(run_dir / "images" / f"{mode}.gif") as film:
        assert film.n_frames > 5
    assert len(events(run_dir / mode)["refined/loss"]) >= 30


def test_iterators_need_no_data_where_nothing_depends_on_it(run_dir, capsys, monkeypatch):
    def gone(config):
        raise UserError("the folder is gone")

    monkeypatch.setattr(runs, "open_images", gone)
    z_iterator.run(command(run_dir, "z_iterator", batch_size=4, nr_iter_vis=3))
    assert "the folder is gone" in capsys.readouterr().out
    with pytest.raises(UserError, match="gone"):
        with_real = command(run_dir, "image_iterator", batch_size=4, nr_iter_vis=3, start="real")
        image_iterator.run(with_real)


def test_an_iterator_may_use_another_optimizer(run_dir):
    adam = command(run_dir, "image_iterator", batch_size=4, nr_iter_vis=5, optimizer="Adam")
    image_iterator.run(adam)
    figures = json.loads((run_dir / "image_iterator.json").read_text())
    assert figures["score_mean_after"] > figures["score_mean_before"]


def test_data_that_vanishes_in_training_is_one_line_and_saves(tmp_path, monkeypatch, resolve_tiny):
    from wgan_tf.data.source import ArraySource

    class Vanishing(ArraySource):
        reads = 0

        def read(self, indices):
            Vanishing.reads += 1
            if Vanishing.reads > 6:
                raise UserError("the folder is gone")
            return super().read(indices)

    images = np.zeros((20, 16, 16, 1), np.uint8)
    monkeypatch.setattr(
        runs, "open_images", lambda config, split=None: Vanishing(images, "vanishing")
    )
    with pytest.raises(UserError, match="^the folder is gone$"):
        game.train(resolve_tiny(iterations=100, n_critic=1))
    (saved,) = (tmp_path / "run" / "checkpoints").iterdir()
    assert 0 < int(saved.stem.split("-")[1]) < 10


def test_several_gpus_need_a_fixed_schedule(monkeypatch, resolve_tiny):
    class Two:
        num_replicas_in_sync = 2

    monkeypatch.setattr(game.runtime, "strategy", Two)
    with pytest.raises(UserError, match="--critic_boost=false"):
        game.train(resolve_tiny(critic_boost=True))


def test_tsne_maps_every_recorded_step(run_dir):
    config = command(run_dir, "z_iterator_tsne", batch_size=4, nr_iter_vis=10, nr_batches_tsne=2)
    (picture,) = z_iterator_tsne.run(config)
    figures = json.loads((run_dir / "z_iterator_tsne.json").read_text())
    assert figures["samples"] == 8 and figures["steps"] == list(range(11))
    assert np.shape(figures["embedding"]) == (11, 8, 2)
    assert np.asarray(Image.open(picture).convert("L")).std() > 5
    folder = run_dir / "z_iterator_tsne"
    rows = (folder / "z_metadata.tsv").read_text().splitlines()
    assert len(rows) == 1 + 11 * 8
    assert (folder / "projector_config.pbtxt").exists() and list(folder.glob("events*"))


def test_library_use_as_in_the_readme(run_dir):
    model = wgan_tf.load(run_dir)
    z = model.sample_z(6, seed=0)
    better = wgan_tf.refine.z_iterator(model, z, steps=20)
    assert better.scores_after.mean() > better.scores_before.mean()
    plain = keras.saving.load_model(run_dir / "generator.keras")
    np.testing.assert_allclose(plain(z), model.generate(z), atol=1e-6)


def test_nothing_trained_is_one_line(tmp_path):
    with pytest.raises(UserError, match="--mode=train"):
        wgan_tf.load(tmp_path)


@pytest.mark.slow
def test_scores_of_a_trained_model_rank_images_as_training_does(tmp_path, cache_dir):
    """On the default mnist5k model, early in training: Spearman's correlation above 0.9."""
    from scipy.stats import spearmanr

    from wgan_tf.config.resolve import resolve

    values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir), "iterations": 400}
    game.train(resolve(values))
    model = wgan_tf.load(tmp_path / "run")
    images = model.generate(model.sample_z(256, 1))
    inference = model.score(images).numpy()
    assert spearmanr(inference, model.critic(images, training=True).numpy())[0] > 0.9


@pytest.mark.slow
def test_bfloat16_learns_digits_as_float32_does(tmp_path, cache_dir):
    """Distance of 256 samples to their nearest real digits, root mean square per pixel."""
    from sklearn.neighbors import NearestNeighbors

    from wgan_tf.config.resolve import resolve
    from wgan_tf.data.scaling import to_float

    distances = {}
    for precision, iterations in (("float32", 0), ("float32", 400), ("mixed_bfloat16", 400)):
        folder = tmp_path / f"{precision}-{iterations}"
        values = {"logs_dir": str(folder), "cache_dir": str(cache_dir)}
        config = resolve({**values, "precision": precision, "iterations": iterations})
        game.train(config)
        source = runs.open_images(config)
        real = to_float(source.read(np.arange(source.count))).reshape(source.count, -1)
        model = wgan_tf.load(folder)
        fake = model.generate(model.sample_z(256, 1)).numpy().reshape(256, -1)
        nearest = NearestNeighbors(n_neighbors=1).fit(real).kneighbors(fake)[0]
        distances[precision, iterations] = np.mean(nearest) / np.sqrt(real.shape[1])
    untrained, full, half = distances.values()
    assert full < 0.6 * untrained
    assert half < 1.15 * full
