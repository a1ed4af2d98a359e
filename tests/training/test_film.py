"""The film of a training: which frames it has, that a stop anywhere leaves no gap, and that
nothing that goes wrong with it costs the training.
"""

import dataclasses
import json
import logging
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests.fakes import break_ffmpeg
from tests.reading import order, read_film
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.order import batch
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UserError
from wgan_tf.training import game
from wgan_tf.training.callbacks.control import Checkpoints
from wgan_tf.training.callbacks.film import Reel, is_due
from wgan_tf.visualize.video import frame


def frames_due(every, iterations, **options):
    schedule = Schedule(10, 35, **options)
    return [i for i in range(1, iterations + 1) if is_due(i, schedule, every)]


def test_frames_come_with_critic_updates_but_at_most_one_per_iteration():
    assert frames_due(2, 7, n_critic=1) == [2, 4, 6]
    assert frames_due(2, 5, n_critic=3) == [1, 2, 3, 4, 5]
    assert frames_due(5, 10, n_critic=2) == [3, 5, 8, 10]
    assert frames_due(100, 150, boost=True) == [4, 8, 12, 16, 20, 24, 124]


def test_the_generators_turn_is_filmed_too():
    assert frames_due(3, 13, turns=(1, 2)) == [3, 6, 9, 12]


@pytest.fixture
def config(resolve_tiny, tmp_path):
    def make(name="run", **changes):
        values = {"n_critic": 1, "checkpoint_every": 4, "film": True, "film_grid": 2}
        # So fast that every frame is another picture.
        fast = {"model": "gan", "learning_rate": 0.05, "watch_every": 0}
        made = resolve_tiny(**{**values, **fast, **changes})
        run = dataclasses.replace(made.run, logs_dir=str(tmp_path / name))
        return dataclasses.replace(made, run=run)

    return make


def film_of(folder):
    return read_film(folder / "images" / "film.mp4")[0]


def named_of_films(pictures):
    return [path for path in pictures if "film" in path.name]


@pytest.mark.parametrize(("n_critic", "frames"), [(1, 1 + 5), (3, 1 + 10)])
def test_a_training_is_filmed(config, tmp_path, n_critic, frames):
    made = config(iterations=10, n_critic=n_critic, film_strip="3,10")
    pictures = game.train(made)
    folder = tmp_path / "run"
    assert pictures[:2] == [folder / "images" / "film.mp4", folder / "images" / "film_strip.png"]
    decoded, fps, _ = read_film(pictures[0])
    assert len(decoded) == frames and fps == 30
    known = json.loads((folder / "film" / "film.json").read_text())
    assert known["frames"] == frames and known["last_iteration"] == 10
    # The last frame is the trained generator's, of the same z's.
    model = wgan_tf.load(folder).model
    last = frame(np.asarray(model.generate(model.sample_z(4, 0))))
    assert np.abs(decoded[-1].astype(int) - last).mean() < 6
    still = np.asarray(Image.open(folder / "film" / "still-00000010.png"))
    np.testing.assert_allclose(still, last[..., 0], atol=1)
    # The strip: both stills, then real images.
    sheet = np.asarray(Image.open(pictures[1])).astype(int)
    real = frame(batch(runs.open_images(made), 4, 0))
    (height, width), top = still.shape, len(sheet) - still.shape[0] - 8
    for index, expected in enumerate((None, still, real[..., 0])):
        left = 8 + index * (width + 8)
        if expected is not None:
            shown = sheet[top : top + height, left : left + width, 0]
            np.testing.assert_array_equal(shown, expected)
    assert sheet.shape[1] == 8 + 3 * (width + 8)


def test_without_the_flag_nothing_is_filmed(config, tmp_path):
    assert not named_of_films(game.train(config(iterations=2, film=False)))
    assert not (tmp_path / "run" / "film").exists()


def test_a_killed_and_resumed_training_has_the_film_of_an_uninterrupted_one(config, tmp_path):
    game.train(config("whole", iterations=11))
    game.train(config("parts", iterations=6))
    film = tmp_path / "parts" / "film"
    # As if it had been killed after iteration 9, just before the checkpoint that follows.
    segment = (film / "iteration-00000004.mp4").read_bytes()
    (film / "iteration-00000006.mp4").write_bytes(segment)
    (film / ".123.iteration-00000008.mp4").write_bytes(segment[:100])
    late = film / "still-00000009.png"
    late.write_bytes(b"another")
    game.train(config("parts", iterations=11))
    assert not late.exists()
    assert sorted(path.name for path in film.glob("*.mp4")) == [
        f"iteration-{number:08d}.mp4" for number in (0, 4, 6, 8)
    ]
    assert not list(film.glob(".*"))
    whole, parts = film_of(tmp_path / "whole"), film_of(tmp_path / "parts")
    assert len(whole) == len(parts) == 1 + 5
    assert order(parts, whole) == [0, 1, 2, 3, 4, 5]


def test_a_film_that_was_not_joined_is_joined_by_the_next_command(config, tmp_path):
    made = config(iterations=4)
    game.train(made)
    path = tmp_path / "run" / "images" / "film.mp4"
    frames = film_of(tmp_path / "run")
    path.unlink()
    assert path in game.train(made)
    np.testing.assert_array_equal(film_of(tmp_path / "run"), frames)


def test_a_new_training_in_the_folder_of_an_old_one_begins_a_new_film(tmp_path):
    reel = Reel(tmp_path, np.zeros((4, 16, 16, 1), np.float32), 10)
    for name in ("iteration-00000000.mp4", "still-00000001.png", "iteration-00000100.mp4"):
        (tmp_path / "film").mkdir(exist_ok=True)
        (tmp_path / "film" / name).write_bytes(b"old")
    reel.go_on(0)
    assert not list((tmp_path / "film").iterdir())


def test_the_film_is_complete_before_a_checkpoint_is_written(config, tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(
        Checkpoints, "_save", watched(Checkpoints._save, lambda: saved.append(segments(tmp_path)))
    )
    # Whatever the order of the callbacks.
    ordered = game._callbacks
    monkeypatch.setattr(game, "_callbacks", lambda *arguments: ordered(*arguments)[::-1])
    game.train(config(iterations=8, checkpoint_every=3, film_every=1))
    assert saved == [["00000000"], ["00000000", "00000003"], ["00000000", "00000003", "00000006"]]
    counts = [len(read_film(path)[0]) for path in sorted((tmp_path / "run" / "film").glob("*.mp4"))]
    assert counts == [1 + 3, 3, 2]


def segments(tmp_path):
    return sorted(path.stem[-8:] for path in (tmp_path / "run" / "film").glob("iteration*.mp4"))


def watched(save, look):
    """`save` with a look between what comes before the checkpoint and the checkpoint."""

    def saved(self):
        before = list(self.before_save)
        self.before_save = [*before, look]
        save(self)
        self.before_save = before

    return saved


def test_no_encoder_is_said_before_anything_is_written(config, tmp_path, monkeypatch):
    break_ffmpeg(tmp_path, monkeypatch, "exit 1")
    with pytest.raises(UserError, match="--film: nothing here encodes"):
        game.train(config(iterations=2))
    assert not (tmp_path / "run").exists()


def test_an_encoder_that_fails_on_the_way_costs_the_film_only(
    config, tmp_path, monkeypatch, caplog
):
    from wgan_tf.training.callbacks import film

    monkeypatch.setattr(film, "check_encoder", lambda: None)
    break_ffmpeg(tmp_path, monkeypatch, "echo No space left on device >&2; exit 1")
    with caplog.at_level(logging.WARNING):
        assert not named_of_films(game.train(config(iterations=9)))
    warnings = [record.getMessage() for record in caplog.records if "film" in record.getMessage()]
    assert len(warnings) == 1 and "training goes on" in warnings[0]
    assert (tmp_path / "run" / "checkpoints" / "iteration-00000009.npz").exists()
    assert not list((tmp_path / "run" / "film").iterdir())


def test_a_longer_film_takes_no_more_memory(tmp_path):
    def peak(count):
        reel = Reel(tmp_path / str(count), np.zeros((4, 16, 16, 1), np.float32), 10)
        reel.go_on(0)
        rng = np.random.default_rng(0)
        tracemalloc.start()
        for _ in range(count):
            reel.add(frame(rng.uniform(-1, 1, (4, 16, 16, 1))))
        reel.cut(1)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    short, long = peak(5), peak(60)
    assert long < short + 352 * 352, "a frame more than the short one"


def test_iterations_without_a_still_are_named(tmp_path, caplog):
    reel = Reel(tmp_path, np.zeros((4, 16, 16, 1), np.float32), 10, (2, 7, 12))
    reel.go_on(0)
    reel.keep(2, frame(reel.real))
    with caplog.at_level(logging.WARNING):
        (path,) = reel.conclude(5)
        assert not caplog.text, "it may still be reached"
        reel.conclude(8)
        assert "lacks iteration 7:" in caplog.text
        reel.conclude(10)
    assert "lacks iteration 7, 12:" in caplog.text
    assert path == Path(tmp_path) / "images" / "film_strip.png"


def test_the_preset_films_any_data_set_and_gives_way_to_flags():
    made = resolve({"preset": "film", "dataset": "cifar10", "z_dim": 5, "film_every": 4})
    assert (made.data.size, made.data.crop, made.data.channels) == (28, None, 1)
    assert made.watching.film and made.watching.film_every == 4 and made.network.z_dim == 5
    large = resolve({"preset": "film", "image_size": "256", "layers": 6, "film": False})
    assert large.data.size == 256 and len(large.network.critic_channels) == 6
    assert not large.watching.film and large.network.z_dim == 2
    # Networks of other shapes keep what they need.
    assert resolve({"preset": "film", "model": "acgan"}).data.size == 32
    infogan = resolve({"preset": "film", "model": "infogan"}).network
    assert infogan.z_dim > infogan.categories + infogan.codes
