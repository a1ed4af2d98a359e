"""`--mode=latent_map`: a map of z, coloured by what a classifier takes the images for."""

from pathlib import Path

from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.looks.latent_map import check_map, latent_map
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.training.judging import default_judge_dir, find_judge, no_judge
from wgan_tf.visualize.class_map import thumbnails
from wgan_tf.visualize.figure import save_figure
from wgan_tf.visualize.projector import write_projector


def run(config) -> list[Path]:
    """Draws `--map_samples` latents by their images' classes, and measures how they lie together.

    Returns:
        The pictures.

    Raises:
        UsageError: too few samples for neighbourhoods.
        UserError: z has a single value, or there is no classifier; see `judging.find_judge`.
    """
    count, seed = config.latent.map_samples, config.run.seed
    reason = no_judge(config)
    if reason:
        raise UserError(f"{reason}: name the folder of a classifier with --judge_dir")
    model = runs.load_trained(config)
    check_map(model, count)  # Before a judge is trained for it.
    judge, names = find_judge(config), _class_names(config)
    if model.z_dim > 2:  # Many take minutes.
        print(f"t-SNE of {count} points")
    result = latent_map(model, judge, samples=count, class_names=names, seed=seed)
    iteration = int(model.iteration.numpy())
    with Artefacts(config.run.logs_dir, "latent_map", iteration) as artefacts:
        for name, plot in result.plots().items():
            save_figure(artefacts.image_path(f"{name}.png"), plot)
        figures = {"iteration": iteration, "seed": seed, **result.figures()}
        artefacts.figures(figures)
        artefacts.arrays(z=result.z, classes=result.classes)
        metadata = {
            "class": [result.class_names[number] for number in result.classes],
            "confidence": result.confidence.round(4),
        }
        folder = artefacts.folder / "latent_map"
        write_projector(folder, "latents", result.z, metadata, thumbnails(result.images))
        # TensorBoard lists a projector only beside an event file.
        for name in ("purity", "purity_by_chance", "confidence_mean"):
            artefacts.scalar(f"latent_map/{name}", figures[name])
        for path in artefacts.pictures:
            artefacts.show(f"latent_map/{path.stem}", path)
    print(f"latent_map: {count} latents, {result.sentence()}: {artefacts.pictures[0]}")
    return artefacts.pictures


def _class_names(config) -> list[str] | None:
    """Those of the run, or of the data where it has any and is at hand."""
    stored = runs.stored_class_names(config.run.logs_dir)
    judge_dir = config.evaluation.judge_dir or default_judge_dir(config)
    stored = stored or runs.stored_class_names(judge_dir)
    if stored:
        return stored
    try:
        return list(runs.open_images(config).class_names or ())
    except UserError:
        return None
