"""From which z's a command starts: what is said of it together, and what is not."""

import pytest

from wgan_tf.config import Config
from wgan_tf.config.field import different_ranges, ranges
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError


def stored(model="wgan", **changes):
    """A run that has been trained."""
    wide = {"z_dim": 20} if model in ("acgan", "infogan") else {}
    known = {"classes": 3} if model == "acgan" else {}
    return resolve({"model": model, "logs_dir": "there", **wide, **known, **changes})


def test_ranges_are_numbers_one_by_one():
    assert ranges("3,17,100-103") == (3, 17, 100, 101, 102, 103)
    assert ranges("5-5,0") == (5, 0)
    assert ranges("0-9", most=10) == tuple(range(10))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "numbers and ranges"),
        ("3,", "numbers and ranges"),
        ("a", "numbers and ranges"),
        ("-3", "numbers and ranges"),
        ("3-", "numbers and ranges"),
        ("1-2-3", "numbers and ranges"),
        ("1.5", "numbers and ranges"),
        ("²", "numbers and ranges"),
        ("9" * 5000, "numbers and ranges"),
        ("5-3", "5-3 must rise"),
        ("0-999999999", "at most 1,000,000 numbers, not 1,000,000,000"),
        ("1,2,1", "different numbers"),
        ("1-5,3", "different numbers"),
    ],
)
def test_what_are_no_seeds_is_one_line(text, word):
    assert word in different_ranges(text)
    if text:
        with pytest.raises(UsageError, match="--seeds=") as caught:
            resolve({"mode": "visualize", "seeds": text}, stored())
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "flags", "line"),
    [
        ("wgan", {"only_class": 2}, "--class=2: wgan is asked for no class; that needs a run of "
         "infogan or acgan"),
        ("acgan", {"only_class": 3}, "--class=3: this run has 3 classes, 0 to 2"),
        ("infogan", {"only_class": 10}, "--class=10: this run has 10 categories, 0 to 9"),
        ("acgan", {"only_class": -1}, "--class=-1: must be 0 to 9999"),
        ("wgan", {"z": "a.npz", "seeds": "1"}, "--seeds: --z says which z's already"),
        ("wgan", {"truncation": 1.5}, r"--truncation=1.5: values of this run's z lie in \[-1, 1\]"),
        ("wgan", {"truncation": 0.0}, "--truncation=0.0: must be positive"),
        ("wgan", {"truncation": 0.5, "method": "gradient"}, "--truncation: --method says .* "
         "--method=truncation:bound=0.5,gradient"),
    ],
)
def test_what_cannot_be_together_is_one_line(model, flags, line):
    with pytest.raises(UsageError, match=line) as caught:
        resolve({"mode": "generate", **flags}, stored(model))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("flag", "value"), [("z", "a.npz"), ("seeds", "3"), ("only_class", 1)]
)
def test_what_has_no_z_is_not_started_from_one(flag, value):
    run = stored("acgan")
    for start in ("real", "noise"):
        with pytest.raises(UsageError, match=f": --start={start} has no z"):
            resolve({"mode": "image_iterator", "start": start, flag: value}, run)
    config = resolve({"mode": "image_iterator", flag: value}, run)
    assert getattr(config.starting, flag) == value


def test_a_normal_prior_may_be_cut_anywhere():
    config = resolve({"mode": "visualize", "truncation": 1.5}, stored("wgan_gp"))
    assert config.starting.truncation == 1.5


def test_numbers_of_samples_have_no_effect_on_z_that_are_named():
    notes = []
    flags = {"mode": "generate", "seeds": "3,4", "count": 7, "only_class": 1}
    config = resolve(flags, stored("acgan"), notes)
    assert notes == ["--count=7 has no effect with --seeds=3,4"]
    assert config.generation.count == Config().generation.count
    notes.clear()
    resolve({"mode": "visualize", "z": "a.npz", "batch_size": 7}, stored(), notes)
    assert notes == ["--batch_size=7 has no effect with --z=a.npz"]


def test_what_a_stored_run_names_is_not_taken_over():
    run = stored().but(z="/elsewhere", seeds="3", only_class=7, truncation=3.0)
    for mode in ("train", "visualize", "evaluate"):
        assert resolve({"mode": mode}, run).starting == Config().starting


def test_a_mode_that_draws_no_z_says_so_by_the_flags_name():
    notes = []
    config = resolve({"mode": "evaluate", "only_class": 1, "truncation": 0.5}, stored(), notes)
    assert notes == [
        "--class=1 has no effect in --mode=evaluate",
        "--truncation=0.5 has no effect in --mode=evaluate",
    ]
    assert config.starting == Config().starting
