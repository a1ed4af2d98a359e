"""`--mode=import_tf1`: makes a run folder of a checkpoint of the original."""

from absl import logging

from wgan_tf import runs
from wgan_tf.config import Config
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.runs import checkpoints, tf1

# The original's critic updates per iteration, without its longer first ones.
_CRITIC_STEPS = {"wgan": 5, "gan": 1}


def run(config):
    """Reads `--tf1_checkpoint` and writes configuration, checkpoint and `.keras` files.

    Model, sizes, widths and optimizer are the checkpoint's; the rest, as learning rates and the
    data set to go on with, are the flags' or the defaults of that model.

    Returns:
        An empty list: no picture was drawn.

    Raises:
        UsageError: no checkpoint was named, the run folder holds a run, or a flag contradicts
            the checkpoint.
        UserError: the checkpoint is none, or not one of the original's.
    """
    runs.check_import(config)
    path = config.tf1.tf1_checkpoint
    values = tf1.read_checkpoint(path)
    config = _fit(config, tf1.infer(values))
    model = runs.build_trainable(config)
    tf1.load_variables(model, values)
    iteration = tf1.iteration(tf1.find_prefix(path))
    # Without a number in its name it is taken for long trained: Adam's powers are then zero.
    updates = iteration * (1 + _CRITIC_STEPS[config.network.model]) or 10**6
    if not tf1.load_slots(model, values, updates):
        logging.warning("%s has no optimizer slots; training would begin with fresh ones", path)
    model.iteration.assign(iteration)
    runs.write_config(config)
    runs.note_images(config)
    checkpoints.save(runs.checkpoint_dir(config.run.logs_dir), model)
    runs.save_networks(config, model)
    print(f"imported {path} at iteration {iteration} into {config.run.logs_dir}")
    return []


def _fit(config, inferred: dict) -> Config:
    """The configuration with what the checkpoint determines in it."""
    size = inferred["size"]
    values = {
        **{name: inferred[name] for name in ("model", "z_dim", "channels", "layers")},
        "upsampling": "transposed",
        "spectral_norm": False,
        "image_size": f"{tf1.CROP_SIZE},{size}",
        "generator_widths": ",".join(map(str, inferred["generator_widths"])),
        "critic_widths": ",".join(map(str, inferred["critic_widths"])),
        **{name: inferred[name] for name in ("optimizer",) if name in inferred},
    }
    if config.data.size == size:
        values["image_size"] = config.data.image_size  # Only the user knows the crop.
    # What differs from the defaults was given by the user.
    defaults = resolve({"mode": config.run.mode, "dataset": config.data.dataset}).flat()
    explicit = {name: v for name, v in config.flat().items() if v != defaults[name]}
    for name in sorted(explicit.keys() & values.keys()):
        if explicit[name] != values[name]:
            raise UsageError(
                f"--{name}={explicit[name]}: the checkpoint has {values[name]}; leave the flag out"
            )
    # The original's iterators use the moving averages.
    places = {"dataset": config.data.dataset, "logs_dir": config.run.logs_dir}
    values = {"critic_statistics": "moving", **places, **explicit, **values}
    return resolve({"mode": config.run.mode, **values}).but(mode="train")
