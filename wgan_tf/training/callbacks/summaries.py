"""What training writes to TensorBoard, and the scalars into a CSV file too."""

import collections
import json
import math
import time

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.config import all_fields
from wgan_tf.errors import UserError
from wgan_tf.files.csv_rows import Rows
from wgan_tf.models.clipping import share_at_bound
from wgan_tf.runs.artefacts import write_images
from wgan_tf.training.callbacks.iterations import Iterations, warn

# Names in TensorBoard of what `train_step` returns; what else a game reports is in the group
# "training". TensorBoard sorts groups by name and opens the first two: loss, then samples.
SCALARS = {
    "critic_loss": "loss/critic",
    "gradient_penalty": "loss/gradient_penalty",
    "r1_penalty": "loss/r1_penalty",
    "category_loss": "loss/category",
    "code_loss": "loss/code",
    "class_loss_real": "loss/class_real",
    "class_loss_fake": "loss/class_fake",
    "accuracy_real": "accuracy/real_batch",
    "accuracy_fake": "accuracy/generated_batch",
    "loss": "loss/classifier",
    "accuracy": "accuracy/training_batch",
    "generator_loss": "loss/generator",
    "score_real": "score/real",
    "score_fake": "score/fake",
    "critic_gradient_norm": "training/critic_gradient_norm",
    "generator_gradient_norm": "training/generator_gradient_norm",
}


class Scalars(Iterations):
    """Writes the means of the losses, scores and norms since the last writing, for TensorBoard and
    as a row of a CSV file.

    NaN, what a side that did not move reports, counts for nothing. The speed is this command's.

    Args:
        writer: a `tf.summary` writer.
        every: iterations between writings.
        batch_size: images per batch, for the speed.
        rows: of the CSV file, whose columns are the iteration, the seconds since training began
            (of all commands) and the scalars by the names that TensorBoard has; None: there is no
            such file.
    """

    stored_as = "scalars"

    def __init__(self, writer, every: int, batch_size: int, rows: Rows | None = None):
        super().__init__()
        self.writer, self.every, self.batch_size, self.rows = writer, every, batch_size, rows
        self.sums, self.counts, self.count = {}, collections.Counter(), 0
        self.seconds, self.unwritten = 0.0, False
        self.began = self.looked = time.perf_counter()

    def on_train_begin(self, logs=None):
        if self.stored:
            self.sums = dict(self.stored["sums"])
            self.counts = collections.Counter(self.stored["counts"])
            # Earlier versions did not store them.
            self.seconds = self.stored.get("seconds", 0.0)
        self.began = self.looked = time.perf_counter()

    def state(self):
        self._look_at_clock()
        return {"sums": self.sums, "counts": self.counts, "seconds": self.seconds}

    def after(self, iteration, logs):
        for name, value in logs.items():
            value = float(value)
            if not math.isnan(value):
                self.sums[name] = self.sums.get(name, 0.0) + value
                self.counts[name] += 1
        self.count += 1
        if iteration % self.every:
            return
        now = self._look_at_clock()
        shown = self._means(logs)
        shown["training/images_per_second"] = self.count * self.batch_size / (now - self.began)
        with self.writer.as_default(step=iteration):
            for name, value in shown.items():
                if not math.isnan(value):
                    tf.summary.scalar(name, value)
        if self.rows:
            scalars = dict(sorted(shown.items()))
            self._add_row({"iteration": iteration, "seconds": self.seconds, **scalars})
        self.sums, self.count, self.began = {}, 0, now
        self.counts.clear()

    def _means(self, names) -> dict[str, float]:
        """Of the scalars of these names by those of TensorBoard, and what follows of them; NaN
        where there was none.
        """
        means = {name: math.nan for name in names}
        means |= {name: value / self.counts[name] for name, value in self.sums.items()}
        shown = {SCALARS.get(name, f"training/{name}"): value for name, value in means.items()}
        wasserstein = getattr(self.model, "wasserstein", False)
        if wasserstein and "score_real" in means:
            shown["loss/wasserstein_estimate"] = means["score_real"] - means["score_fake"]
        if wasserstein and hasattr(self.model, "clip_value"):
            share = share_at_bound(self.model.critic.trainable_variables, self.model.clip_value)
            shown["training/share_at_clip_bound"] = float(share)
        return shown

    def _look_at_clock(self) -> float:
        now = time.perf_counter()
        self.seconds += now - self.looked
        self.looked = now
        return now

    def _add_row(self, row: dict) -> None:
        try:
            self.rows.add(row)
            self.unwritten = False
        except UserError as error:
            # Once, until something can be written again.
            if not self.unwritten:
                warn("a row of losses is not written, training goes on: %s", error)
            self.unwritten = True


class Images(Iterations):
    """Writes real images once and images of fixed z's now and then.

    Args:
        writer: a `tf.summary` writer.
        every: iterations between writings.
        z: latents (n, z_dim).
        real: images (n, size, size, channels).
    """

    def __init__(self, writer, every: int, z, real: np.ndarray):
        super().__init__()
        self.writer, self.every, self.z, self.real = writer, every, z, real

    def on_train_begin(self, logs=None):
        if not self.done:
            write_images(self.writer, "samples/real", self.real, 0)
            self._write_samples(0)

    def after(self, iteration, logs):
        if iteration % self.every == 0:
            self._write_samples(iteration)

    def _write_samples(self, step):
        # One column per class or category where there are any.
        columns = self.model.one_hot or None
        samples = self.model.generate(self.z)
        write_images(self.writer, "samples/generated", samples, step, columns=columns)


class Histograms(Iterations):
    """Writes histograms of weights, gradients, activations and z, and activations' sparsity.

    Gradients and activations are those of a fixed batch in inference mode: looking at them in
    training mode would move the batch-norm statistics, and so change the run.

    Args:
        writer: a `tf.summary` writer.
        every: iterations between writings; 0: never.
        z: latents (n, z_dim).
        real: images (n, size, size, channels).
    """

    def __init__(self, writer, every: int, z, real: np.ndarray):
        super().__init__()
        self.writer, self.every, self.z, self.real = writer, every, z, tf.constant(real)

    def on_train_begin(self, logs=None):
        self.layers = [
            (network, [layer for layer in network.layers if _is_activation(layer)])
            for network in (self.model.generator, self.model.critic)
        ]
        self.probes = [
            keras.Model(network.inputs[0], [layer.output for layer in layers])
            for network, layers in self.layers
        ]
        self.gradients = tf.function(self._gradients, autograph=False)

    def after(self, iteration, logs):
        if self.every and iteration % self.every == 0:
            with self.writer.as_default(step=iteration):
                self._write()

    def _write(self):
        tf.summary.histogram("tensors/z", self.z)
        inputs = (self.z, self.real)
        for (network, layers), probe, batch in zip(self.layers, self.probes, inputs, strict=True):
            for variable in network.trainable_variables:
                name = f"tensors/weights/{network.name}/{variable.path}"
                tf.summary.histogram(name, variable.value)
            outputs = tf.nest.flatten(probe(batch, training=False))
            for layer, output in zip(layers, outputs, strict=True):
                tf.summary.histogram(f"tensors/activations/{network.name}/{layer.name}", output)
                tf.summary.scalar(
                    f"tensors/sparsity/{network.name}/{layer.name}", tf.nn.zero_fraction(output)
                )
        for network, gradients in zip(
            (self.model.generator, self.model.critic), self.gradients(), strict=True
        ):
            for variable, value in zip(network.trainable_variables, gradients, strict=True):
                tf.summary.histogram(f"tensors/gradients/{network.name}/{variable.path}", value)

    def _gradients(self):
        model = self.model
        with tf.GradientTape(persistent=True) as tape:
            fake = model.generator(self.z, training=False)
            judged_fake, judged_real = model.judged(fake), model.judged(self.real)
            generator_loss = model.generator_loss(judged_fake, judged_real)
            critic_loss = model.critic_loss(judged_real, judged_fake)
        return (
            tape.gradient(generator_loss, [v.value for v in model.generator.trainable_variables]),
            tape.gradient(critic_loss, [v.value for v in model.critic.trainable_variables]),
        )


def _is_activation(layer) -> bool:
    return isinstance(layer, keras.layers.ReLU | keras.layers.LeakyReLU | keras.layers.Activation)


def write_configuration(writer, config) -> None:
    """The configuration as text and, what decides the training, as hparams, at step 0."""
    from tensorboard.plugins.hparams import api as hparams

    flat = config.flat()
    text = json.dumps(flat, indent=2)
    deciding = {
        field.name: "" if flat[field.name] is None else _as_text(flat[field.name])
        for _, field in all_fields()
        if field.metadata["scope"] != "free"
    }
    with writer.as_default(step=0):
        tf.summary.text("config", "\n".join("    " + line for line in text.splitlines()))
        hparams.hparams(deciding)


def write_changes(writer, changes) -> None:
    """What a training goes on with that was other before, as text at its iteration."""
    with writer.as_default(step=changes[0].iteration):
        tf.summary.text("config/changes", "\n".join(f"    {_as_text(str(c))}" for c in changes))


def _as_text(value):
    """The value, or, of a path with bytes that are no text, what can be written as text."""
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
