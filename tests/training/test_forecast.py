"""What a training is said to take, and what the bar says."""

import io
import re

import pytest

from tests.tiny import TINY_FLAGS
from wgan_tf.config.resolve import resolve
from wgan_tf.data.schedule import Schedule
from wgan_tf.machine.timing import time_in_words
from wgan_tf.training import game
from wgan_tf.training.callbacks import control
from wgan_tf.training.callbacks.control import Progress
from wgan_tf.training.callbacks.pace import Pace
from wgan_tf.training.forecast import chosen, forecast, forecast_of_game

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (119, "119 s"), (120, "2 minutes"), (2400, "40 minutes"), (2 * HOUR, "2 hours"),
     (2.5 * HOUR, "2.5 hours"), (29 * HOUR, "29 hours"), (2 * DAY, "2 days"), (13 * DAY, "13 days"),
     (1234 * DAY, "1,234 days")],
)  # fmt: skip
def test_time_in_words(seconds, words):
    assert time_in_words(seconds) == words


def run(pace, seconds, count, clock=0.0, first=0):
    """Lets iterations pass, each of so many seconds by its number; the time then."""
    for number in range(first, first + count):
        clock += seconds(number)
        pace.seen(number + 1, clock)
    return clock


def test_the_first_iteration_is_not_timed_and_five_seconds_are_enough():
    pace = Pace(1000)
    clock = run(pace, lambda number: 100.0, 1)
    assert pace.left(1) is None and not pace.sure
    clock = run(pace, lambda number: 0.5, 9, clock, 1)
    assert pace.left(10) == pytest.approx(495) and not pace.sure
    run(pace, lambda number: 0.5, 1, clock, 10)
    assert pace.sure and pace.left(1000) == 0
    # Of long ones nobody waits for a second.
    pace = Pace(100_000)
    run(pace, lambda number: 43.0, 2)
    assert pace.sure


def test_boosted_iterations_are_no_measure_of_the_others():
    schedule = Schedule(64, 1000, n_critic=5, boost=True)
    pace = Pace(10_000, lambda number: schedule.updates_before(number) + number)

    def seconds(number):
        return 0.1 * (schedule.critic_updates(number) + 1)

    whole = sum(map(seconds, range(10_000)))
    run(pace, seconds, 5)
    assert pace.left(5) == pytest.approx(whole - 5 * 2.6)
    # By the iterations alone it would be four times as much.
    assert pace.left(5) < 0.25 * (10_000 - 5) * 2.6


def test_what_is_long_past_is_forgotten():
    pace = Pace(2000)
    clock = run(pace, lambda number: 1.0, 500)
    run(pace, lambda number: 3.0, 500, clock, 500)
    assert pace.left(1000) == pytest.approx(3000, rel=0.01)


def test_a_line_says_the_whole_and_what_is_shorter():
    assert forecast(2000, 119, 0.06) is None
    assert forecast(2000, 1800, 0.9, "steps") == "2,000 steps of 900 ms: 30 minutes"
    full = resolve({"dataset": "fashion_mnist", "preset": "full"})
    line = forecast_of_game(full, 0, 13 * DAY, 11.0)
    assert re.fullmatch(
        r"100,000 iterations of 11 s: 13 days; --preset=small in another --logs_dir: "
        r"about \d+ (s|minutes)", line,
    ), line  # fmt: skip
    small = resolve({"iterations": 100_000})
    assert forecast_of_game(small, 0, 3600, 0.036).endswith("36 ms: 60 minutes")
    assert forecast_of_game(small, 40_000, 7200, 0.12) == (
        "60,000 iterations of 120 ms: 2 hours; --iterations=70000: an hour"
    )


def test_what_small_would_take_is_of_the_whole_training(tmp_path):
    """Not of the rest that this command trains: it would begin anew."""
    full = resolve({"dataset": "fashion_mnist", "preset": "full"})
    begun = forecast_of_game(full, 0, 100 * DAY, 86.4).rpartition("about ")[2]
    half = forecast_of_game(full, 50_000, 50 * DAY, 86.4).rpartition("about ")[2]
    assert begun == half


def test_what_was_chosen_is_one_line():
    assert chosen(resolve({"dataset": "kmnist"})) == (
        "preset small: wgan, 32x32 grey, 2,000 iterations; --model=dcgan draws better in the same "
        "time; --preset=full has the original's sizes"
    )
    line = chosen(resolve({"data_dir": "/not there"}))
    assert line == (
        "preset full: wgan, 64x64 colour, 100,000 iterations; --preset=small is for a CPU"
    )
    assert chosen(resolve({"preset": "film"})) == "preset film: wgan, 28x28 grey, 5,700 iterations"


class Clock:
    """Every question takes 7 seconds."""

    now = 0.0

    def monotonic(self):
        self.now += 7.0
        return self.now


def test_bar_and_line_agree(tmp_path, cache_dir, monkeypatch, capsys):
    monkeypatch.setattr(control, "time", Clock())
    shown, bar = io.StringIO(), control._Bar
    monkeypatch.setattr(control, "_Bar", lambda **kind: bar(**kind, file=shown, mininterval=0))
    flags = {**TINY_FLAGS, "cache_dir": str(cache_dir), "logs_dir": str(tmp_path / "run")}
    flags |= {"iterations": 60, "critic_boost": True, "n_critic": 1, "watch_every": 0}
    game.train(resolve({**flags, "preset": "full"}))
    printed = capsys.readouterr().out
    # Every iteration is said to take 7 s, also the first 24 of 25 updates; the 36 others have one.
    left = 7 * (22 + 36 * 2 / 26)
    each = f"{left / 58:.3g}"
    assert f"60 iterations of {each} s: {time_in_words(left + 14)}\n" in printed
    assert printed.count(" iterations of ") == 1 and "preset full: wgan, 16x16 grey" in printed
    minutes, seconds = divmod(int(left), 60)
    assert re.search(rf" 2/60 \[\d\d:\d\d<{minutes:02}:{seconds:02}, ", shown.getvalue())
    assert re.search(r" 1/60 \[\d\d:\d\d<\?, ", shown.getvalue())
    # A training that goes on was chosen before.
    game.train(resolve({**flags, "preset": "full", "iterations": 61}))
    assert "preset full" not in capsys.readouterr().out


def test_days_are_told_as_such():
    assert control._on_a_clock(None) == "?"
    assert control._on_a_clock(47 * HOUR) == "47:00:00"
    assert control._on_a_clock(13 * DAY) == "13 days"
    assert Progress(5).pace.left(0) is None
