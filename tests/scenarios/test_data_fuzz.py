"""Damaged image files and TFRecords at random: no crash, no hang, no memory without limit."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.processes import ROOT
from tests.scenarios.fuzzing import damage, originals
from wgan_tf.data.skipped import Skipped
from wgan_tf.data.tfrecord_format import Records

COUNT = 3000


def fuzz(seed, count, timeout):
    done = subprocess.run(
        [sys.executable, "-m", "tests.scenarios.fuzzing", str(seed), str(count)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr[-2000:]  # negative: a decoder crashed
    return json.loads(done.stdout)


def check(stats, count):
    assert stats["images"] + stats["skipped"] == count
    # The damage is neither so little that all are decoded nor so much that none is opened.
    assert 0.1 * count < stats["images"] < 0.7 * count
    assert sum(stats["raised"].values()) == stats["skipped"]
    assert {name.split(", ")[1] for name in stats["raised"]} >= {"damaged", "no image", "too large"}
    assert stats["slowest"] < 10
    # One image of 64 million pixels takes up to half a GB, and as a WebP twice that.
    assert stats["megabytes"] < 1100


def test_thousands_of_damaged_images():
    check(fuzz(0, COUNT, timeout=60), COUNT)


@pytest.mark.slow
def test_many_more_damaged_images():
    for seed in range(1, 5):
        check(fuzz(seed, 50_000, timeout=600), 50_000)


def test_the_damage_is_of_every_kind_and_the_same_every_time():
    files = originals()
    made = [[damage(files, np.random.default_rng(seed)) for seed in range(300)] for _ in range(2)]
    assert made[0] == made[1] and len(set(made[0])) > 290
    assert len(set(made[0]) - set(files)) > 280


def test_damaged_records_are_found_or_as_they_were(tmp_path):
    import tensorflow as tf

    rng = np.random.default_rng(0)
    written = [rng.bytes(int(length)) for length in rng.integers(0, 200, 12)]
    path = tmp_path / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in written:
            writer.write(record)
    whole, lost = path.read_bytes(), 0
    for _ in range(500):
        path.write_bytes(damage([whole], rng))
        skipped = Skipped()
        records = Records(str(tmp_path), [path.name], skipped)
        for index in range(len(records)):
            try:
                # What was moved as a whole is one of them; anything else has a wrong checksum.
                assert records.read(index) in written
            except ValueError:
                lost += 1
        assert len(records) <= 2 * len(written) and len(skipped) <= 1
    assert lost > 100
