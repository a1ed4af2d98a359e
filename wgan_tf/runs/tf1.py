"""What the original's TensorFlow 1 checkpoints hold, under which names, and what it is here."""

import glob
import math
import os
import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf.errors import UserError

# The original's default; a checkpoint does not tell the crop.
CROP_SIZE = 108


def read_checkpoint(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """All variables of a TensorFlow 1 checkpoint by name; no graph file is needed.

    Args:
        path: its folder, of which the newest checkpoint is taken, or its prefix.

    Raises:
        UserError: it is not a checkpoint, or a variable in it cannot be read.
    """
    prefix = find_prefix(path)
    try:
        reader = tf.train.load_checkpoint(prefix)
        shapes = reader.get_variable_to_shape_map()
        names = sorted(shapes)
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise UserError(
            f"--tf1_checkpoint={path}: not a TensorFlow checkpoint; name its folder or its "
            f"prefix, as model.ckpt-1000"
        ) from error
    _check_sizes(path, prefix, shapes, reader.get_variable_to_dtype_map())
    values = {}
    for name in names:
        try:
            values[name] = reader.get_tensor(name)
        except (tf.errors.OpError, ValueError, RuntimeError, IndexError) as error:
            raise UserError(
                f"--tf1_checkpoint={path}: {name} cannot be read, the file is damaged; "
                f"choose another checkpoint"
            ) from error
    return values


def _check_sizes(path, prefix: str, shapes: dict, types: dict) -> None:
    """Refuses what says to be larger than its files are, which would take as much memory.

    Raises:
        UserError: it does.
    """
    place = Path(prefix)
    files = [place, *place.parent.glob(f"{glob.escape(place.name)}.data-*")]
    there = sum(file.stat().st_size for file in files if file.is_file())
    needed = sum(math.prod(shapes[name]) * types[name].size for name in shapes)
    if needed > there:
        raise UserError(
            f"--tf1_checkpoint={path}: its variables take {needed:,} bytes, its files have "
            f"{there:,}: choose another checkpoint"
        )


def find_prefix(path: str | os.PathLike) -> str:
    """The prefix of the checkpoint that a folder or a prefix names.

    Raises:
        UserError: there is none.
    """
    path = Path(path).expanduser()
    if not path.is_dir():
        if path.exists() or path.with_name(path.name + ".index").exists():
            return str(path)
        raise UserError(f"--tf1_checkpoint={path}: there is no such file or folder")
    # The file `checkpoint` may name a folder of the machine where it was written.
    state = tf.train.get_checkpoint_state(str(path))
    if state and (path / (Path(state.model_checkpoint_path).name + ".index")).exists():
        return str(path / Path(state.model_checkpoint_path).name)
    checkpoints = sorted(path.glob("*.index"), key=lambda file: (iteration(file.stem), file.name))
    if not checkpoints:
        raise UserError(f"--tf1_checkpoint={path}: there is no checkpoint (*.index) in it")
    return str(checkpoints[-1].with_suffix(""))


def iteration(prefix: str) -> int:
    """The number at the end of a checkpoint's name, which the original sets; 0 without one."""
    number = re.search(r"-(\d+)$", prefix)
    return int(number[1]) if number else 0


# ---------------------------------------------------------------------- what the shapes tell


def infer(values: dict[str, np.ndarray]) -> dict:
    """The fields of the configuration that the variables determine.

    Args:
        values: of `read_checkpoint`.

    Returns:
        model, z_dim, channels, size, layers, generator_widths, critic_widths, and optimizer
        where there are slots.

    Raises:
        UserError: naming the variable that is missing or whose shape cannot be.
    """
    z_kernel = _shape(values, "generator/W_z", (2,))
    first_width = _shape(values, "generator/gen_bnz/gamma", (1,))[0]
    side = math.isqrt(z_kernel[1] // first_width)
    if side * side * first_width != z_kernel[1]:
        raise UserError(
            f"TensorFlow 1 checkpoint: generator/W_z has shape {z_kernel}, but the first map has "
            f"{first_width} channels (generator/gen_bnz/gamma) and must be square"
        )
    generator = _kernels(values, "generator")
    critic = _kernels(values, "discriminator")
    if len(critic) != len(generator) + 1:
        raise UserError(
            f"TensorFlow 1 checkpoint: it has {len(generator) + 1} layers in the generator and "
            f"{len(critic)} in discriminator/W_*; only equal numbers can be loaded"
        )
    # The original's Wasserstein critic ends with a convolution, its discriminator is dense there.
    convolution = len(_shape(values, "discriminator/W_pred", (2, 4))) == 4
    facts = {
        "model": "wgan" if convolution else "gan",
        "z_dim": z_kernel[0],
        "channels": _shape(values, "generator/W_pred", (4,))[2],
        "size": side * 2 ** len(critic),
        "layers": len(critic),
        "generator_widths": (first_width, *(shape[2] for shape in generator)),
        "critic_widths": tuple(shape[3] for shape in critic),
    }
    slot = next((s for s in ("RMSProp", "Adam") if f"generator/W_z/{s}" in values), None)
    return facts | ({"optimizer": slot} if slot else {})


def _kernels(values: dict, network: str) -> list[tuple[int, ...]]:
    indices = [int(m[1]) for n in values if (m := re.fullmatch(rf"{network}/W_(\d+)", n))]
    return [_shape(values, f"{network}/W_{i}", (4,)) for i in range(max(indices, default=-1) + 1)]


def _shape(values: dict, name: str, ranks: tuple[int, ...]) -> tuple[int, ...]:
    if name not in values:
        raise UserError(
            f"TensorFlow 1 checkpoint: there is no variable {name}; is it one of the original's?"
        )
    shape = tuple(values[name].shape)
    if len(shape) not in ranks:
        raise UserError(
            f"TensorFlow 1 checkpoint: {name} has shape {shape}; a rank of "
            f"{' or '.join(map(str, ranks))} is needed"
        )
    return shape


# ---------------------------------------------------------------------- names


def variable_map(model) -> dict[str, tuple]:
    """The original's name of every variable of both networks and of the statistics of real images.

    Args:
        model: an adversarial model.

    Returns:
        name -> (variable, sign); sign * the original's value is ours. It is -1 for the last
        kernel of the Wasserstein critic only: in the original real is low, here it is high.
    """
    named = {_name("generator", v, "generator"): v for v in model.generator.variables}
    # A second pass of the original through one network keeps moving statistics of its own.
    named |= {_name("discriminator", v, "discriminator_1"): v for v in model.critic.variables}
    moving = zip(model.critic.non_trainable_variables, model.real_statistics, strict=True)
    named |= {_name("discriminator", v, "discriminator"): average for v, average in moving}
    return {name: (v, _sign(name, v)) for name, v in named.items()}


def _name(network: str, variable, branch: str) -> str:
    layer, kind = variable.path.split("/")[-2:]
    if kind in ("gamma", "beta"):
        return f"{network}/{layer}/{kind}"
    if kind.startswith("moving"):
        moment = "Squeeze" if kind == "moving_mean" else "Squeeze_1"
        average = f"{branch}/{layer}/moments/{moment}/ExponentialMovingAverage"
        return f"{network}/{layer}/{average}"
    return f"{network}/{layer if kind == 'kernel' else layer.replace('W', 'b')}"


def _sign(name: str, variable) -> int:
    return -1 if name == "discriminator/W_pred" and len(variable.shape) == 4 else 1


def slot_map(model) -> dict[str, tuple]:
    """The original's name of every optimizer slot, like `variable_map`.

    RMSProp's momentum slot (RMSProp_1) has no counterpart: with momentum 0 nothing reads it.
    """
    optimizer, named = model.optimizer, {}
    adam = hasattr(optimizer, "beta_1")
    weights = {id(v): index for index, v in enumerate(optimizer._trainable_variables)}
    for name, (variable, sign) in variable_map(model).items():
        if not variable.trainable:
            continue
        index = weights[id(variable)]
        if adam:
            named[f"{name}/Adam"] = optimizer._momentums[index], sign
            named[f"{name}/Adam_1"] = optimizer._velocities[index], 1
        else:
            named[f"{name}/RMSProp"] = optimizer._velocities[index], 1
    return named


# ---------------------------------------------------------------------- loading


def load_variables(model, values: dict[str, np.ndarray]) -> None:
    """Gives both networks and the statistics of real images the checkpoint's values.

    Raises:
        UserError: a variable is missing or its shape does not fit; nothing was assigned then.
    """
    _assign(variable_map(model), values)


def load_slots(model, values: dict[str, np.ndarray], updates: int) -> bool:
    """Gives the model's optimizer the checkpoint's slots.

    Args:
        model: compiled with the optimizer that the checkpoint was written with.
        values: of `read_checkpoint`.
        updates: how many updates both networks had together; Adam's powers follow from it where
            the checkpoint does not have them.

    Returns:
        Whether the checkpoint has slots of this optimizer; if not, nothing was done.

    Raises:
        UserError: some are missing or do not fit.
    """
    named = slot_map(model)
    if not named.keys() & values.keys():
        return False
    _assign(named, values)
    optimizer = model.optimizer
    optimizer.iterations.assign(updates)
    # RMSProp and Keras' own Adam have no powers.
    for number, variable in enumerate(getattr(optimizer, "beta_powers", ()), start=1):
        power = getattr(optimizer, f"beta_{number}") ** (updates + 1)
        variable.assign(values.get(f"beta{number}_power", power))
    return True


def _assign(named: dict, values: dict) -> None:
    for name, (variable, _) in named.items():
        if name not in values:
            raise UserError(f"TensorFlow 1 checkpoint: there is no variable {name}")
        if tuple(values[name].shape) != tuple(variable.shape):
            raise UserError(
                f"TensorFlow 1 checkpoint: {name} has shape {tuple(values[name].shape)}, but "
                f"{tuple(variable.shape)} is needed"
            )
    for name, (variable, sign) in named.items():
        variable.assign(sign * values[name])
