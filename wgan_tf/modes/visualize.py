"""`--mode=visualize`: a grid of samples."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.files.writing import write_json
from wgan_tf.runs.artefacts import write_images
from wgan_tf.visualize.grid import grid, save_png


def run(config) -> list[Path]:
    """Draws `--batch_size` samples of `--seed` as `images/generated.png`.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    folder = Path(config.run.logs_dir)
    images = model.generate(model.sample_z(config.data.batch_size, config.run.seed))
    path = folder / "images" / "generated.png"
    save_png(path, grid(np.asarray(images), columns=model.one_hot or None))
    scores = np.asarray(model.score(images))
    iteration = int(model.iteration.numpy())
    write_json(
        folder / "visualize.json",
        {
            "iteration": iteration,
            "seed": config.run.seed,
            "images": len(scores),
            "score_mean": scores.mean(),
            "scores": scores,
        },
    )
    writer = tf.summary.create_file_writer(str(folder / "visualize"))
    write_images(
        writer, "visualize/generated", images, iteration, columns=model.one_hot or None
    )
    writer.close()
    print(f"{len(scores)} samples, mean score {scores.mean():+.3f}: {path}")
    return [path]
