"""The map of refined latents."""

import json

import numpy as np
from PIL import Image

from tests.tiny import command
from wgan_tf.modes import z_iterator_tsne


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
