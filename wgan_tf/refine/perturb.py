"""How small a change of its pixels makes a classifier answer wrongly.

Sizes are in levels of the scale from 0 to 255: one level is 2/255 of [-1, 1], and the size of a
change is that of the pixel which changed most.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wgan_tf.networks.inference import tensor_in_batches
from wgan_tf.optimizers.steps import SignDescent
from wgan_tf.refine.loop import refine

LEVEL = 2 / 255
# Images that move together: every step of theirs is kept until the answers are known.
_BATCH = 128


@dataclasses.dataclass(frozen=True)
class Perturbation:
    """What came of perturbing n images in k steps.

    Attributes:
        sizes: largest change that was allowed after each step, in levels, from 0, (k + 1,).
        answers: the class answered after each step, int64 (k + 1, n).
        labels: the right answers, int64 (n,).
        smallest: size of the first wrong answer, in levels, (n,): 0 where the unchanged image is
            answered wrongly, infinite where none is.
        altered: each image at that size, or at the largest where it is infinite, float32
            (n, height, width, channels) in [-1, 1].
        altered_answers: what they are taken for, int64 (n,).
        gradient: of the descended loss at the unchanged images, (n, height, width, channels).
    """

    sizes: np.ndarray
    answers: np.ndarray
    labels: np.ndarray
    smallest: np.ndarray
    altered: np.ndarray
    altered_answers: np.ndarray
    gradient: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Share of right answers after each step, (k + 1,)."""
        return (self.answers == self.labels).mean(1)


def perturb(
    logits: Callable[[tf.Tensor], tf.Tensor],
    images,
    labels,
    targets=None,
    *,
    largest: float = 16.0,
    steps: int = 32,
    on_record: Callable[[int, float], None] | None = None,
) -> Perturbation:
    """Moves images step by step against the sign of a loss's gradient, within [-1, 1].

    The gradient is taken anew at every step, and after j of them no pixel has changed by more
    than j * largest / steps levels.

    Args:
        logits: images (n, h, w, c) in [-1, 1] to (n, classes), each image by itself.
        images: float (n, h, w, c) in [-1, 1].
        labels: int (n,), the right answers.
        targets: int (n,), classes to move to by their cross entropy; None: away from the right
            answer, by its log odds.
        largest: size of the change after all steps, in levels.
        steps: number of steps.
        on_record: called with (images times steps done, mean loss) after each step.

    Source: Kurakin et al. 2017, "Adversarial examples in the physical world", equations 2 and 3.
    """
    images, labels = np.asarray(images, np.float32), np.asarray(labels)
    answer = _answerer(logits)
    answers, first, altered = [], [], []
    for begin in range(0, len(images), _BATCH):
        rows = slice(begin, begin + _BATCH)
        loss = _loss(logits, labels[rows], None if targets is None else targets[rows])
        report = _report(on_record, begin * steps, len(images[rows]))
        path = _path(loss, images[rows], largest, steps, report)
        answers.append(np.stack([answer(step) for step in path]))
        found = _first_wrong(answers[-1], labels[rows], path)
        first.append(found[0])
        altered.append(found[1])
    answers, first = np.concatenate(answers, axis=1), np.concatenate(first)
    sizes = np.linspace(0, largest, steps + 1)
    return Perturbation(
        sizes=sizes,
        answers=answers,
        labels=labels,
        smallest=np.append(sizes, np.inf)[first],
        altered=np.concatenate(altered),
        altered_answers=answers[np.minimum(first, steps), np.arange(len(images))],
        gradient=gradient(logits, images, labels, targets),
    )


def gradient(logits, images, labels, targets=None) -> np.ndarray:
    """Gradient of each image's own loss, as `perturb` descends it; float32 (n, h, w, c)."""

    @tf.function(autograph=False)
    def of_batch(pixels, loss_labels, loss_targets):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(pixels)
            aims = None if targets is None else loss_targets
            loss = _loss(logits, loss_labels, aims)(pixels)
        return tape.gradient(loss, pixels)

    images, labels = np.asarray(images, np.float32), np.asarray(labels)
    aims = labels if targets is None else np.asarray(targets)
    return tensor_in_batches(of_batch, images, labels, aims, batch_size=_BATCH).numpy()


def one_step(
    logits,
    images,
    direction: np.ndarray,
    *,
    largest: float = 16.0,
    steps: int = 32,
    on_record: Callable[[int], None] | None = None,
) -> np.ndarray:
    """What images are taken for after a single step of each size, against the sign of a direction.

    Args:
        logits, images, largest, steps: as for `perturb`.
        direction: (n, h, w, c), as the `gradient` at the unchanged images.
        on_record: called with images times sizes done, after each size.

    Returns:
        int64 (steps + 1, n), at the sizes of `perturb`.

    Source: Goodfellow et al. 2015, section 4; the homework's one step of 8 levels.
    """
    images, sign = np.asarray(images, np.float32), np.sign(direction, dtype=np.float32)
    answer = _answerer(logits)
    sizes = np.linspace(0, largest * LEVEL, steps + 1, dtype=np.float32)
    answers = []
    for size in sizes:
        answers.append(answer(np.clip(images - size * sign, -1, 1)))
        if on_record:
            on_record(len(answers) * len(images))
    return np.stack(answers)


def random_signs(logits, images, seed: int, **options) -> np.ndarray:
    """As `one_step`, with signs drawn at random: what noise of that size does.

    Args:
        logits, images, options: as for `one_step`.
        seed: of the signs, the same at every size.
    """
    drawn = np.random.default_rng(seed).choice(np.float32([-1, 1]), np.shape(images))
    return one_step(logits, images, drawn, **options)


def _path(loss, images: np.ndarray, largest: float, steps: int, on_record) -> np.ndarray:
    """The images after each step, (steps + 1, n, h, w, c)."""
    return refine(
        loss,
        images,
        SignDescent(largest * LEVEL / steps),
        steps,
        constraint=lambda pixels: tf.clip_by_value(pixels, -1.0, 1.0),
        record_every=1,
        on_record=on_record,
    )[0]


def _report(on_record, done: int, count: int):
    """`on_record` of `perturb` for a batch of `count` images, after `done` image steps."""
    return on_record and (lambda step, loss: on_record(done + count * step, loss / count))


def _loss(logits, labels, targets):
    """Images to the summed loss: a sum, so that no image's gradient depends on the others.

    Away from the right answer it is that answer's log odds. Their gradient has the signs of the
    negative cross entropy's, but does not vanish in rounding where an answer is all too sure.
    """

    def towards(pixels):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits(pixels))
        return tf.reduce_sum(losses)

    def away(pixels):
        answers = logits(pixels)
        own = tf.one_hot(labels, answers.shape[1], on_value=True, off_value=False, dtype=tf.bool)
        others = tf.where(own, answers.dtype.min, answers)
        odds = tf.reduce_sum(tf.where(own, answers, 0.0), 1) - tf.reduce_logsumexp(others, 1)
        return tf.reduce_sum(odds)

    return away if targets is None else towards


def _first_wrong(answers: np.ndarray, labels: np.ndarray, path: np.ndarray):
    """The first step with a wrong answer, (n,), one past the last where there is none; and the
    images there.
    """
    wrong = answers != labels
    first = np.where(wrong.any(0), wrong.argmax(0), len(path))
    return first, path[np.minimum(first, len(path) - 1), np.arange(len(labels))]


def _answerer(logits):
    compiled = tf.function(lambda pixels: tf.argmax(logits(pixels), 1), autograph=False)

    def answers(images) -> np.ndarray:
        images = np.asarray(images, np.float32)
        return tensor_in_batches(compiled, images, batch_size=_BATCH).numpy()

    return answers
