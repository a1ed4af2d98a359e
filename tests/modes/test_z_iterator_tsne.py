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


def test_one_way_of_a_named_z(run_dir, tmp_path):
    z = np.random.default_rng(1).uniform(-1, 1, (4, 3)).astype(np.float32)
    np.save(tmp_path / "z.npy", z)
    chosen = {"z": f"{tmp_path / 'z.npy'}:2", "nr_batches_tsne": 3}
    z_iterator_tsne.run(command(run_dir, "z_iterator_tsne", nr_iter_vis=10, **chosen))
    figures = json.loads((run_dir / "z_iterator_tsne.json").read_text())
    assert np.shape(figures["embedding"]) == (11, 1, 2)
    with np.load(run_dir / "z_iterator_tsne.npz") as arrays:
        assert arrays["z"].shape == (11, 3) and np.array_equal(arrays["z"][0], z[2])
        assert np.array_equal(arrays["step"], range(11)) and not arrays["sample"].any()
