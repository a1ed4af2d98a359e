"""`--mode=z_iterator_tsne`: the way that latents take under the z iterator, in two dimensions."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.files.writing import write_json
from wgan_tf.looks.refinement import refine_batch
from wgan_tf.visualize.projector import write_projector
from wgan_tf.visualize.tsne import tsne_scatter

# Points that t-SNE lays out in seconds, shared among the latents' ways.
POINTS = 1500


def run(config) -> list[Path]:
    """Fine-tunes `--nr_batches_tsne` batches of z and maps their ways by t-SNE.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    count, batches = config.data.batch_size, config.refinement.nr_batches_tsne
    steps = config.refinement.nr_iter_vis
    source = runs.open_images(config) if model.generator_needs_real else None
    records = max(1, POINTS // (count * batches) - 1)
    paths = []
    for index in range(batches):
        seed = config.run.seed + index
        real = batch(source, count, config.run.seed, index) if source else None
        start = model.sample_z(count, seed)
        result = refine_batch(
            model, config, "z_iterator", start, real, record_every=-(-steps // records)
        )
        paths.append(result.path)
    path = np.concatenate(paths, axis=1)
    return _write(config, model, path, result.path_steps)


def _write(config, model, path, path_steps) -> list[Path]:
    """Draws the (records, samples, z_dim) path."""
    folder = Path(config.run.logs_dir)
    records, samples, _ = path.shape
    points = path.reshape(records * samples, -1)
    steps = np.repeat(path_steps, samples)
    sample = np.tile(np.arange(samples), records)
    picture = folder / "images" / "z_iterator_tsne.png"
    print(f"t-SNE of {len(points)} points")
    embedding = tsne_scatter(
        picture, points, steps, sample, config.run.seed, "The way of z under the z iterator"
    )
    images = np.asarray(model.generate(points))
    scores = np.asarray(model.score(images))
    events = folder / "z_iterator_tsne"
    write_projector(events, "z", points, {"step": steps, "sample": sample, "score": scores}, images)
    # TensorBoard lists a projector only beside an event file.
    writer = tf.summary.create_file_writer(str(events))
    with writer.as_default():
        for step, score in zip(path_steps, scores.reshape(records, samples), strict=True):
            tf.summary.scalar("refined/score_mean", score.mean(), step=int(step))
    writer.close()
    write_json(
        folder / "z_iterator_tsne.json",
        {
            "samples": samples,
            "steps": path_steps,
            "score_mean": scores.reshape(records, samples).mean(axis=1),
            "embedding": embedding.reshape(records, samples, 2),
        },
    )
    return [picture]
