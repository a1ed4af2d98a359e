"""What happens after epochs: test accuracies and samples."""

import json
from pathlib import Path

import numpy as np

from wgan_tf.data.schedule import Schedule
from wgan_tf.training import game
from wgan_tf.training.callbacks.samples import EpochSamples
from wgan_tf.training.callbacks.test_accuracy import TestAccuracy

# Of 4,000 images in batches of 50: 80 iterations of either side in turn.
TURNS = Schedule(50, 4000, turns=(1, 1))


def test_the_generators_turn_is_no_epoch():
    """32 epochs of real images were reported as 64."""
    accuracy = TestAccuracy(None, Path("list.json"), [], [], [], TURNS)
    counted = [accuracy._epoch(iteration) for iteration in (79, 80, 160, 239, 240, 64 * 80)]
    assert counted == [0, 1, 1, 1, 2, 32]


def test_samples_come_when_their_epoch_ends():
    samples = EpochSamples(Path("images"), None, [0, 1, 2, 32], TURNS)
    assert samples.at == {0: 0, 80: 1, 240: 2, 63 * 80: 32}


def test_a_training_in_turns_lists_its_epochs(resolve_tiny, tmp_path):
    chosen = {"model": "infogan", "alternate": "epochs:1,1", "z_dim": 14, "n_critic": 5}
    game.train(resolve_tiny(**chosen, batch_size=2000, iterations=8, sample_epochs="0,1,2"))
    report = json.loads((tmp_path / "run" / "test_accuracy.json").read_text())
    # Two iterations of the discriminator, two of the generator, and so on.
    assert [(row["epoch"], row["iteration"]) for row in report["epochs"]] == [(1, 2), (2, 6)]
    pictures = (tmp_path / "run" / "images").glob("epoch_*.png")
    assert sorted(path.name for path in pictures) == [f"epoch_00{n}.png" for n in range(3)]
    assert np.isfinite([row["accuracy"] for row in report["epochs"]]).all()
