"""`--mode=z_iterator_tsne`: the way that latents take under the z iterator, in two dimensions."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.looks.refinement import refined, refining
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import named_latents, open_latents
from wgan_tf.training.ratios import adviser
from wgan_tf.visualize.projector import write_projector
from wgan_tf.visualize.tsne import tsne_scatter

# Points that t-SNE lays out in seconds, shared among the latents' ways.
POINTS = 1500


def run(config) -> list[Path]:
    """Fine-tunes `--nr_batches_tsne` batches of z, or the z's that are named, see
    `runs.chosen_latents`, and maps their ways by t-SNE.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    starts = _starts(config, model)
    count, batches = len(starts[0]), len(starts)
    steps = config.refinement.nr_iter_vis
    source = runs.open_images(config) if model.generator_needs_real else None
    guide = adviser(config, model)
    records = max(1, POINTS // (count * batches) - 1)
    paths = []
    for index, start in enumerate(starts):
        real = batch(source, count, config.run.seed, index) if source else None
        every = -(-steps // records)
        result = refined(
            model, "z_iterator", start, record_every=every, real=real, **refining(config, guide)
        )
        paths.append(result.path)
    path = np.concatenate(paths, axis=1)
    return _write(config, model, path, result.path_steps)


def _starts(config, model) -> list[np.ndarray]:
    """Batches (n, z_dim) of z, each of a seed of its own; or a single one where z's are named."""
    named = named_latents(config, model)
    if named is not None:
        return [named.z]
    seeds = range(config.run.seed, config.run.seed + config.refinement.nr_batches_tsne)
    return [open_latents(config, model, seed=seed).z for seed in seeds]


def _write(config, model, path, path_steps) -> list[Path]:
    """Draws the (records, samples, z_dim) path."""
    records, samples, _ = path.shape
    points = path.reshape(records * samples, -1)
    steps = np.repeat(path_steps, samples)
    sample = np.tile(np.arange(samples), records)
    with Artefacts(config.run.logs_dir, "z_iterator_tsne") as artefacts:
        picture = artefacts.image_path("z_iterator_tsne.png")
        print(f"t-SNE of {len(points)} points")
        embedding = tsne_scatter(
            picture, points, steps, sample, config.run.seed, "The way of z under the z iterator"
        )
        images = np.asarray(model.generate(points))
        scores = np.asarray(model.score(images))
        artefacts.arrays(z=points, step=steps, sample=sample)
        metadata = {"step": steps, "sample": sample, "score": scores}
        write_projector(artefacts.folder / "z_iterator_tsne", "z", points, metadata, images)
        means = scores.reshape(records, samples).mean(axis=1)
        # TensorBoard lists a projector only beside an event file.
        artefacts.curve("refined/score_mean", means, path_steps)
        artefacts.figures(
            {
                "samples": samples,
                "steps": path_steps,
                "score_mean": means,
                "embedding": embedding.reshape(records, samples, 2),
            }
        )
    return artefacts.pictures
