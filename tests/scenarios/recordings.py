"""Recordings of the original's training, and our models that replay them."""

import json
import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.processes import ROOT
from wgan_tf.models import MODELS
from wgan_tf.optimizers import make_optimizer
from wgan_tf.runs import tf1

FOLDER = Path(os.environ.get("WGAN_TF_PARITY_DIR") or ROOT / "../shared/parity")
RECORDINGS = sorted(FOLDER.glob("*.npz"))
# The relative error of a convolution in float32: a sum of 800 products, each rounded to 2^-24,
# is off by about 28 times that.
ROUNDING = 2.0**-20


class Recording:
    """One file, and our model of its sizes."""

    def __init__(self, path):
        with np.load(path) as stored:
            self.arrays = {name: stored[name] for name in stored.files}
        self.meta = json.loads(str(self.arrays.pop("meta")))

    def __getitem__(self, name):
        return self.arrays[name]

    def model(self):
        meta = self.meta
        generator, critic = meta["generator_dims"], meta["discriminator_dims"]
        game = {
            "wgan": {"clip_value": meta["clip_value"]},
            "gan": {"crop_size": meta.get("crop_size", tf1.CROP_SIZE)},
        }
        model = MODELS[meta["model"]](
            size=self["sample_inference"].shape[1],
            channels=generator[-1],
            z_dim=meta["z_dim"],
            generator_widths=generator[:-1],
            critic_widths=critic[1:-1],
            **game[meta["model"]],
        )
        optimizer = make_optimizer(
            meta["optimizer"], meta["learning_rate"], meta["optimizer_param"]
        )
        model.compile(optimizer)
        return model

    def group(self, prefix):
        """The arrays under a prefix, by the original's names."""
        return {k.removeprefix(prefix): v for k, v in self.arrays.items() if k.startswith(prefix)}


def rounded(array, seed):
    """The array itself (seed 0), or each of its values moved by a few roundings."""
    if seed == 0:
        return array
    noise = np.random.default_rng(seed).uniform(-1, 1, array.shape) * ROUNDING
    return (array * (1 + noise)).astype(np.float32)


def weights(model):
    """Ours by the original's names, with the original's sign."""
    return {name: sign * v.numpy() for name, (v, sign) in tf1.variable_map(model).items()}


class Trainer:
    """Our models, which replay the recorded training as often as asked."""

    def __init__(self, recording):
        self.recording, self.model, self.probe = recording, recording.model(), recording.model()
        self.slots = [v.numpy() for v in self.model.optimizer.variables]
        self.critic_step = tf.function(self.model.critic_step)
        self.generator_step = tf.function(self.model.generator_step)

    def replay(self, seed):
        """Losses of each critic step (all possible ones) and generator step, and the weights."""
        recording, meta = self.recording, self.recording.meta
        initial = recording.group("initial/")
        tf1.load_variables(self.model, {k: rounded(v, seed) for k, v in initial.items()})
        for variable, value in zip(self.model.optimizer.variables, self.slots, strict=True):
            variable.assign(value)
        done = {"discriminator_loss": [], "generator_loss": []}
        for i in range(meta["iterations"]):
            for c in range(meta["critic_steps_per_iteration"]):
                losses = self.train_critic(recording[f"input/real_{i}_{c}"], f"input/z_{i}_{c}")
                done["discriminator_loss"].append(losses)
                done.setdefault("after_first_critic_step/", weights(self.model))
            z, real = recording[f"input/gen_z_{i}"], recording[f"input/gen_real_{i}"]
            done["generator_loss"].append(float(self.generator_step(z, real)["generator_loss"]))
        return done | {"final/": weights(self.model)}

    def train_critic(self, real, z_name):
        """One step: the loss, and what a race of its last kernel's update can make of it."""
        z = self.recording[z_name]
        tf1.load_variables(self.probe, weights(self.model))
        logs = self.critic_step(real, z)
        losses = [float(logs["critic_loss"])]
        if self.recording.meta["model"] == "wgan":
            critic = self.probe.critic
            critic.get_layer("W_pred").kernel.assign(self.model.critic.get_layer("W_pred").kernel)
            fake = self.probe.generator(z, training=True)
            late_fake = tf.reduce_mean(critic(fake, training=True))
            late_real = tf.reduce_mean(critic(real, training=True))
            losses += [late_fake - logs["score_real"], logs["score_fake"] - late_real]
        return [float(loss) for loss in losses]
