"""Samples of a trained run as a picture."""

import json

import numpy as np
from PIL import Image

import wgan_tf
from tests.tiny import command
from wgan_tf.modes import visualize


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
