"""Tiny models and the flags of tiny runs."""

import numpy as np

from wgan_tf.config.resolve import resolve

TINY = {"size": 16, "channels": 1, "z_dim": 3, "generator_widths": (16, 8), "critic_widths": (4, 8)}
TINY_FLAGS = {
    "image_size": "16",
    "layers": 2,
    "z_dim": 3,
    "gen_dimension": 1,
    "disc_dimension": 4,
    "batch_size": 8,
}


def make_model(kind="wgan", optimizer=None, rate=1e-2, compiled=None, **changes):
    """A tiny model, compiled with these further arguments."""
    from wgan_tf.models import MODELS
    from wgan_tf.optimizers import make_optimizer

    one_width = {"z_dim": 5, "generator_widths": (8,), "critic_widths": (6,), "z_prior": "normal"}
    settings = {
        "wgan": {"clip_value": 0.05},
        "gan": {"crop_size": 16},
        "dcgan": {},
        "infogan": {"z_dim": 8, "categories": 4, "codes": 2},
        "wgan_gp": one_width,
        "acgan": {**one_width, "classes": 3},
    }[kind]
    model = MODELS[kind](**{**TINY, **settings, **changes})
    name = optimizer or ("RMSProp" if kind == "wgan" else "Adam")
    model.compile(make_optimizer(name, rate, 0.5), **(compiled or {}))
    return model


def strong(model):
    """Gives a model weights so large that scores and gradients are far from rounding errors."""
    rng = np.random.default_rng(7)
    for variable in model.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(rng.normal(0, 0.3, variable.shape))
    return model


def weights(network):
    """Copies of a network's trainable variables."""
    return [v.numpy().copy() for v in network.trainable_variables]


def same(before, network):
    """Whether a network's trainable variables are what `weights` gave before."""
    pairs = zip(before, network.trainable_variables, strict=True)
    return all((b == v.numpy()).all() for b, v in pairs)


def train(model, batches, steps=1):
    """Trains on the same batches again and again; returns the logs of the last step."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensors(batches).repeat(steps)
    fitted = model.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False)
    return {name: values[-1] for name, values in fitted.history.items()}


def command(run_dir, mode, **changes):
    """The configuration of a later command on a run."""
    from wgan_tf.runs import read_config

    stored = read_config(run_dir)
    return resolve({"mode": mode, "logs_dir": str(run_dir), **changes}, stored)
