"""How small a change of real images makes a discriminator answer wrongly, and sheets of it."""

import dataclasses

import numpy as np
from matplotlib.figure import Figure

from wgan_tf.errors import UsageError
from wgan_tf.looks.discriminator import Discriminator
from wgan_tf.looks.progress import progress
from wgan_tf.metrics.accuracy import share
from wgan_tf.refine.perturb import Perturbation, one_step, perturb, random_signs
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.difference import signed
from wgan_tf.visualize.figure import save_figure
from wgan_tf.visualize.grid import grid
from wgan_tf.visualize.pictured import Pictured
from wgan_tf.visualize.robustness import plot_accuracy, plot_smallest

TITLES = {
    "perturb_accuracy": "Right answers on perturbed real images",
    "perturb_smallest": "The smallest change that flips the answer",
}
# Levels of the one step whose accuracy is reported, as in the homework of `networks.homework`.
REPORTED = 8.0
_SHOWN, _COLUMNS = 40, 8


@dataclasses.dataclass(frozen=True)
class Robustness(Pictured):
    """What came of perturbing real images before one discriminator.

    Attributes:
        discriminator: with these images.
        ways: "targeted" and, where there are more than two classes, "untargeted" to what came of
            it step by step. With two classes both are one.
        answers: a key of `visualize.robustness.CURVES` to the answers at each size, (k, n).
        reported: answers after one targeted step of `REPORTED` levels, (n,).
        targets: the alternate classes, (n,).
    """

    discriminator: Discriminator
    ways: dict[str, Perturbation]
    answers: dict[str, np.ndarray]
    reported: np.ndarray
    targets: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Of the changes, in levels, (k,)."""
        return self.ways["targeted"].sizes

    @property
    def adversarial(self) -> np.ndarray:
        """The images, moved to another class until they are taken for it; see `Perturbation`."""
        return self.ways["targeted"].altered

    @property
    def picture(self) -> np.ndarray:
        """The adversarial images with their answers, uint8 (h, w, 3)."""
        return altered_sheet(self.discriminator, self.ways["targeted"])

    def plots(self) -> dict[str, Figure]:
        """See `robustness_plots`."""
        return robustness_plots([self])

    @property
    def smallest(self) -> dict[str, np.ndarray]:
        """Way to the size of each image's first wrong answer, (n,); see `refine.perturb`."""
        return {key: way.smallest for key, way in self.ways.items()}

    def curves(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """For each way to change images accuracy and its standard error at every size, (k,)."""
        labels = self.discriminator.labels
        return {key: share(answers == labels) for key, answers in self.answers.items()}

    def figures(self) -> dict:
        """Accuracies with their errors, and by way the smallest changes, for JSON."""
        labels = self.discriminator.labels
        first, after = (share(x == labels) for x in (self.answers["targeted"][0], self.reported))
        return {
            "class_names": self.discriminator.class_names,
            "parting": self.discriminator.parting,
            "accuracy": first[0],
            "accuracy_error": first[1],
            "accuracy_after_one_step_of_8": after[0],
            "accuracy_after_one_step_of_8_error": after[1],
            "labels": labels,
            "targets": self.targets,
            "curves": {
                key: {"accuracy": accuracy, "standard_error": error}
                for key, (accuracy, error) in self.curves().items()
            },
            "smallest": {
                key: {
                    # Infinite, null in JSON, if half never flip.
                    "median": np.median(way.smallest),
                    "share_that_flips": np.isfinite(way.smallest).mean(),
                    "by_image": way.smallest,
                    "taken_for": way.altered_answers,
                }
                for key, way in self.ways.items()
            },
        }


def perturbing(config) -> dict:
    """What a command says about `robustness_of`."""
    inspection = config.inspection
    return {
        "target_class": inspection.target_class,
        "largest": inspection.perturb_max,
        "steps": inspection.perturb_steps,
        "seed": config.run.seed,
    }


def robustness_of(
    discriminator: Discriminator,
    *,
    target_class: str | None = None,
    largest: float = 16.0,
    steps: int = 32,
    seed: int = 0,
) -> Robustness:
    """Perturbs a discriminator's real images, under a progress bar.

    Args:
        discriminator: with its images.
        target_class: see `alternate_classes`.
        largest, steps: see `refine.perturb`.
        seed: of the random signs.

    Raises:
        UsageError: a target class that does not exist.
    """
    logits, images, labels = discriminator.logits, discriminator.images, discriminator.labels
    targets = alternate_classes(discriminator, target_class)
    aims = {"targeted": targets, "untargeted": None}
    if discriminator.classes == 2 and (targets != labels).all():
        del aims["untargeted"]  # Away from one of two classes is towards the other.
    options = {"largest": largest, "steps": steps}
    ways, answers = {}, {}
    total = len(images) * (len(aims) * (2 * steps + 1) + steps + 1)
    title = f"perturb_real {discriminator.name}"
    with progress(title, total, " image steps") as following:
        for key, aim in aims.items():
            way = perturb(logits, images, labels, aim, on_record=following(), **options)
            ways[key], answers[key] = way, way.answers
            answers[f"{key}_one_step"] = one_step(
                logits, images, way.gradient, on_record=following(), **options
            )
        answers["random_signs"] = random_signs(
            logits, images, seed, on_record=following(), **options
        )
    reported = one_step(logits, images, ways["targeted"].gradient, largest=REPORTED, steps=1)[1]
    return Robustness(discriminator, ways, answers, reported, targets)


def alternate_classes(discriminator: Discriminator, name: str | None) -> np.ndarray:
    """The class to move each image to, int64 (n,): the one of that name or number, else the next.

    An image that is of the class already is moved to the next one.

    Raises:
        UsageError: there is no such class; the message lists them.
    """
    names, labels = discriminator.class_names, discriminator.labels
    following = (labels + 1) % len(names)
    if name is None:
        return following
    if name in names:
        target = names.index(name)
    elif name.isdecimal() and int(name) < len(names):
        target = int(name)
    else:
        known = ", ".join(f"{number} {class_name}" for number, class_name in enumerate(names))
        raise UsageError(f"--target_class={name}: there is no such class, only {known}")
    return np.where(labels == target, following, target)


def write_perturbations(artefacts: Artefacts, results: list[Robustness]) -> None:
    """Writes all pictures: the images, of each discriminator its gradients and the altered images,
    and last the plots of `TITLES`.
    """
    images = results[0].discriminator.images
    columns = min(16, len(images))
    artefacts.picture("perturb_real", grid(images, columns=columns))
    for result in results:
        way, end = result.ways["targeted"], result.discriminator.suffix
        artefacts.picture(f"perturb_gradient{end}", grid(signed(way.gradient), columns=columns))
        artefacts.picture(f"perturb_altered{end}", result.picture)
    for name, plot in robustness_plots(results).items():
        save_figure(artefacts.image_path(f"{name}.png"), plot)


def robustness_plots(results: list[Robustness]) -> dict[str, Figure]:
    """A key of `TITLES` to its plot, with a panel for each discriminator."""
    sizes = results[0].sizes
    curves = {result.discriminator.name: result.curves() for result in results}
    smallest = {result.discriminator.name: result.smallest for result in results}
    return {
        "perturb_accuracy": plot_accuracy(sizes, curves, TITLES["perturb_accuracy"]),
        "perturb_smallest": plot_smallest(sizes, smallest, TITLES["perturb_smallest"]),
    }


def altered_sheet(discriminator: Discriminator, way: Perturbation) -> np.ndarray:
    """Images at their first wrong answer, below each its class, the answer and the change."""
    names, captions = discriminator.class_names, []
    # First those that are answered rightly unchanged.
    shown = np.argsort(way.smallest == 0, kind="stable")[:_SHOWN]
    for label, answer, size in zip(
        way.labels[shown], way.altered_answers[shown], way.smallest[shown], strict=True
    ):
        outcome, levels = f"→ {names[answer]}", f"{size:g} level{'' if size == 1 else 's'}"
        if size == 0:
            levels = "unchanged"
        if np.isinf(size):
            outcome, levels = "stays", f"at {way.sizes[-1]:g} levels"
        # Short names, as those of digits, fit beside each other.
        between = " " if max(map(len, names)) <= 4 else "\n"
        captions.append(f"{names[label]}{between}{outcome}\n{levels}")
    return sheet(
        way.altered[shown],
        captions,
        columns=min(_COLUMNS, len(captions)),
        title=f"{discriminator.name}: real images, moved until the answer is wrong",
    )
