"""A few kills of the script that does fifty, and that it sees what differs."""

import json
import shutil

import numpy as np
import pytest

from tests.scenarios.kill_nine import differences, kill_nine
from wgan_tf.runs.checkpoints import list_checkpoints


@pytest.mark.slow
def test_a_training_killed_again_and_again_is_one_that_never_was(tmp_path):
    figures = kill_nine(tmp_path, kills=8, iterations=160, seed=4)
    assert figures["differences"] == []
    assert sum(figures["kills"].values()) == 10 and figures["starts that found a checkpoint"] > 4
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    # What it would have said of other ends.
    path = list_checkpoints(parts / "checkpoints")[-1]
    with np.load(path) as arrays:
        altered = {name: arrays[name] for name in arrays.files}
    name = next(key for key in altered if key.startswith("optimizer/") and altered[key].ndim)
    altered[name] = altered[name] + np.float32(1e-6)
    np.savez(path, **altered)
    looks = json.loads((parts / "feedback.json").read_text())
    looks["looks"].append(looks["looks"][-1])
    (parts / "feedback.json").write_text(json.dumps(looks))
    # The largest: some commands wrote hardly anything.
    events = max((parts / "train").iterdir(), key=lambda path: path.stat().st_size)
    shutil.copy(events, events.with_name(events.name + "9"))
    (parts / "film" / "still-00000002.png").write_bytes(b"")
    lines = differences(whole, parts)
    assert f"checkpoint: {path.name}/{name} differs" in lines
    assert "JSON: feedback.json differs" in lines and "events: loss/critic differs" in lines
    assert "files: film/still-00000002.png is in one folder only" in lines
    assert sum(line.startswith("checkpoint") for line in lines) == 1
