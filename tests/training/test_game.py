"""Trainings of games: what they write, and that they go on where they stopped."""

import json

import numpy as np
import pytest
import tensorflow as tf

import wgan_tf
from tests.reading import events, stored_arrays
from tests.tiny import command
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.training import game
from wgan_tf.visualize.page import read_png


def test_turns_go_on_where_they_were_stopped(resolve_tiny, tmp_path):
    # Of 4,000 digits: two updates an epoch.
    chosen = {"loss": "hinge", "alternate": "epochs:1,1", "batch_size": 2000, "summary_every": 1}
    whole = {**chosen, "iterations": 5, "logs_dir": str(tmp_path / "whole")}
    game.train(resolve_tiny(**whole))
    game.train(resolve_tiny(**{**whole, "iterations": 3, "logs_dir": str(tmp_path / "parts")}))
    stored = runs.read_config(tmp_path / "parts")
    again = {"mode": "train", "logs_dir": str(tmp_path / "parts"), "iterations": 5}
    game.train(resolve(again, stored))
    name = "checkpoints/iteration-00000005.npz"
    one, other = (stored_arrays(tmp_path / part / name) for part in ("whole", "parts"))
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)
    tags = events(tmp_path / "whole" / "train")
    # Who does not move has no loss.
    assert [step for step, _ in tags["loss/critic"]] == [1, 2, 5]
    assert [step for step, _ in tags["loss/generator"]] == [3, 4]


def test_averages_and_falling_rates_go_on_where_they_were_stopped(resolve_tiny, tmp_path):
    chosen = {"ema": 0.6, "decay": "cosine", "critic_learning_rate": 1e-3, "n_critic": 1}
    chosen |= {"critic_boost": False, "image_every": 1, "iterations": 5}
    game.train(resolve_tiny(**chosen, logs_dir=str(tmp_path / "whole")))

    def in_parts(iterations):
        # As a kill leaves it: the end of training is where the rates have fallen to.
        config = resolve_tiny(**chosen, logs_dir=str(tmp_path / "parts"))
        with game.owned(config.run.logs_dir):
            config, source = game._images(config)
            model, restored = game.begin(config)
            plan = game._prepare(config, source, model, restored)
            part = plan._replace(config=config.but(iterations=iterations))
            game._train_on(part, model, restored, [])

    in_parts(2)
    in_parts(5)
    name = "checkpoints/iteration-00000005.npz"
    one, other = (stored_arrays(tmp_path / part / name) for part in ("whole", "parts"))
    averages = [name for name in one if name.startswith("average/")]
    assert averages and all((one[x] != one[x.replace("average", "generator")]).any()
                            for x in averages if "kernel" in x)
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)
    # The average is what is drawn afterwards, and what the file of the generator holds.
    run = wgan_tf.load(tmp_path / "whole")
    kernel = run.model.generator.get_layer("W_z").kernel.numpy()
    np.testing.assert_array_equal(kernel, one["average/W_z/kernel"])
    stored = tf.keras.models.load_model(tmp_path / "whole" / "generator.keras")
    z = run.sample_z(3)
    np.testing.assert_allclose(stored(z), run.generate(z), atol=1e-6)


def test_infogan_reports_what_its_categories_hold(resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(
        model="infogan", z_dim=14, categories=11, iterations=2, batch_size=2000, watch_every=0
    )
    picture, *others = game.train(config)
    assert [path.name for path in others] == ["after_training.png"]
    assert picture.name == "categories.png" and read_png(picture).shape[1] > 500
    report = json.loads((tmp_path / "run" / "test_accuracy.json").read_text())
    (epoch,) = report["epochs"]
    assert sorted(epoch["meaning"]) == [-1, *range(10)]
    assert f"{epoch['accuracy']:.2%}" in capsys.readouterr().out
    # Anew from the files: the share of test digits whose category means them.
    model = runs.load_trained(config)
    test = runs.open_images(config, "test")
    answers = np.argmax(model.classify(to_float(test.read(np.arange(test.count)))), 1)
    # Batch norm's statistics are measured anew for a trained run, so a few may differ.
    right = np.mean(np.array(epoch["meaning"])[answers] == test.labels)
    assert right == pytest.approx(epoch["accuracy"], abs=0.1)
    samples = read_png(tmp_path / "run" / "images" / "epoch_000.png")
    assert samples.shape == (8 * 17 - 1, 11 * 17 - 1, 3)


def test_training_writes_the_whole_run(run_dir):
    names = {path.name for path in run_dir.iterdir()}
    assert {"config.json", "checkpoints", "generator.keras", "critic.keras", "train"} <= names
    tags = events(run_dir / "train")
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
        assert [step for step, _ in tags[tag]] == [2, 4, 6], tag
    losses = [tf.make_ndarray(v.tensor) for _, v in tags["loss/critic"]]
    estimates = [tf.make_ndarray(v.tensor) for _, v in tags["loss/wasserstein_estimate"]]
    np.testing.assert_allclose(losses, np.negative(estimates))
    assert [step for step, _ in tags["samples/generated"]] == [0, 3, 6]
    assert [step for step, _ in tags["samples/real"]] == [0]
    for tag in (
        "tensors/z",
        "tensors/weights/critic/W_0/kernel",
        "tensors/gradients/generator/W_z/kernel",
        "tensors/activations/critic/features",
        "tensors/sparsity/generator/relu_z",
    ):
        assert [step for step, _ in tags[tag]] == [3, 6], tag
    assert "config" in tags and "_hparams_/session_start_info" in tags


def test_reached_iterations_say_so(run_dir, capsys):
    before = {p: p.stat().st_mtime_ns for p in (run_dir / "checkpoints").iterdir()}
    game.train(command(run_dir, "train"))
    assert "nothing to do" in capsys.readouterr().out
    assert before == {p: p.stat().st_mtime_ns for p in (run_dir / "checkpoints").iterdir()}


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


@pytest.mark.slow
def test_scores_of_a_trained_model_rank_images_as_training_does(tmp_path, cache_dir):
    """On the default mnist5k model, early in training: Spearman's correlation above 0.9."""
    from scipy.stats import spearmanr

    from wgan_tf.config.resolve import resolve

    values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir), "iterations": 400}
    game.train(resolve(values))
    model = wgan_tf.load(tmp_path / "run").model
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
        model = wgan_tf.load(folder).model
        fake = model.generate(model.sample_z(256, 1)).numpy().reshape(256, -1)
        nearest = NearestNeighbors(n_neighbors=1).fit(real).kneighbors(fake)[0]
        distances[precision, iterations] = np.mean(nearest) / np.sqrt(real.shape[1])
    untrained, full, half = distances.values()
    assert full < 0.6 * untrained
    assert half < 1.15 * full
