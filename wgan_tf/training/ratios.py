"""The log density ratio of a run: fitted when it is asked for, kept in the run's folder."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.order import fixed_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError, in_words
from wgan_tf.machine.guest import say
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.methods import check_method, make_method
from wgan_tf.refine.methods.truncation import Truncation
from wgan_tf.refine.ratio.fitting import fit_ratio
from wgan_tf.refine.ratio.ratio import Ratio
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.model_card import measure_again
from wgan_tf.visualize.ratio_plot import plot_ratio

FILE = "ratio.keras"
# Half of them teach features by labels, and some 20,000 are enough for the ratio itself.
_MOST_IMAGES, _MOST_NUMBERS = 60_000, 2**28


def open_method(config, model):
    """The `--method` of a command, by its `--guide`.

    Args:
        config: of the command.
        model: a trained game.

    Raises:
        UserError: see `find_ratio` and `refine.guide.CriticGuide`.
        UsageError: see `refine.methods.make_method`, before anything is fitted.
    """
    check_method(config.guided.method)
    guide = CriticGuide(model) if config.guided.guide == "critic" else find_ratio(config, model)
    return make_method(config.guided.method, model, guide)


def named_method(config, model):
    """What `--method` or `--truncation` of a command says; None: samples stay as they are.

    Args, raises: see `open_method`.
    """
    if config.starting.truncation is not None:
        return Truncation(model, None, bound=config.starting.truncation)
    return open_method(config, model) if config.guided.method else None


def adviser(config, model) -> Ratio | None:
    """The ratio that guides an iterator; None where it is the critic, by the game's own loss."""
    return find_ratio(config, model) if config.guided.guide == "ratio" else None


def find_ratio(config, model) -> Ratio:
    """The ratio in the run's folder, of these weights and in these features; fitted where there is
    none, or one of earlier weights.

    Raises:
        UserError: it is of another run or of images of another size, or see `fit_ratio`.
    """
    path = Path(config.run.logs_dir) / FILE
    if path.exists():
        ratio = Ratio.load(path)
        why = _unfit(config, model, ratio, path)
        if why is None:
            _say_gate(ratio)
            return ratio
        say(f"{path} is {why}: fitting another")
    return learn_ratio(config, model)[0]


def learn_ratio(config, model) -> tuple[Ratio, list[Path]]:
    """Fits a ratio to the run's real images and samples, and writes `ratio.keras`, `ratio.json`,
    `images/ratio.png` and TensorBoard's entry.

    Returns:
        The ratio, and its picture.

    Raises:
        UserError: see `fit_ratio`; nothing is then written.
    """
    ratio = ratio_in_memory(config, model)
    of_real, of_samples = ratio.held_out
    ratio.save(Path(config.run.logs_dir) / FILE)
    facts, iteration = ratio.facts, ratio.facts["iteration"]
    with Artefacts(config.run.logs_dir, "ratio", iteration) as artefacts:
        path = artefacts.image_path("ratio.png")
        plot_ratio(path, of_real, of_samples, facts["reliability"], facts["features"])
        artefacts.show("ratio/picture", path)
        artefacts.histogram("ratio/real", of_real)
        artefacts.histogram("ratio/samples", of_samples)
        for name in ("auc", "log_loss", "mean_ratio", "effective_share", "overlap"):
            artefacts.scalar(f"ratio/{name}", facts[name])
    say(
        f"ratio in {facts['features']} features: on images that it did not learn from, area under "
        f"the curve {facts['auc']:.3f}, log loss {facts['log_loss']:.3f} (chance "
        f"{facts['log_loss_chance']:.3f}), effective samples {facts['effective_share']:.1%}, "
        f"overlap {facts['overlap']:.1%}; {facts['seconds']:.0f} s"
    )
    _say_gate(ratio)
    measure_again(config.run.logs_dir)
    return ratio, artefacts.pictures


def ratio_in_memory(config, model) -> Ratio:
    """Fits a ratio to the run's real images and samples; nothing is written.

    Raises:
        UserError: see `fit_ratio`.
    """
    real, labels = real_images(config)
    features = config.guided.ratio_features
    ratio = fit_ratio(model, real, labels, features, seed=config.run.seed)
    iteration, weights = int(model.iteration.numpy()), runs.digest_of(model.generator)
    ratio.facts |= {"iteration": iteration, "weights": weights}
    return ratio


def _say_gate(ratio: Ratio) -> None:
    if ratio.facts.get("gate"):
        say(f"note: {ratio.facts['gate']}")


def _unfit(config, model, ratio: Ratio, path: Path) -> str | None:
    """Why a stored ratio is not the one that is asked for, or None.

    Raises:
        UserError: it is of another run.
    """
    shape = (config.data.size, config.data.size, config.data.channels)
    if ratio.shape != shape:
        ours, theirs = map(in_words, (shape, ratio.shape))
        raise UserError(
            f"{path} is a ratio of {theirs} images, the run has {ours}: remove it, or fit another "
            "with --mode=fit_ratio"
        )
    wanted, facts = config.guided.ratio_features, ratio.facts
    if facts.get("iteration") != int(model.iteration.numpy()):
        return f"of iteration {facts.get('iteration')}"
    if facts.get("weights") != runs.digest_of(model.generator):
        raise UserError(
            f"{path} was fitted to another run's samples: remove it, or fit another with "
            "--mode=fit_ratio"
        )
    if wanted not in ("auto", facts["features"]):
        return f"in {facts['features']} features"
    return None


def real_images(config) -> tuple[np.ndarray, np.ndarray | None]:
    """Images that the generator learnt from, in a fixed order, and their labels or None."""
    source = runs.open_images(config)
    most = max(1, _MOST_NUMBERS // (config.data.size**2 * config.data.channels))
    rows = fixed_indices(source.count, min(source.count, _MOST_IMAGES, most), config.run.seed)
    rows = np.sort(rows)
    labels = None if source.labels is None else np.asarray(source.labels)[rows]
    return to_float(source.read(rows)), labels
