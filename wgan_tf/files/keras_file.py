"""A `.keras` file from somebody else, looked at before Keras opens it.

Keras' safe mode refuses Python code and what is not of Keras, and has limits of its own. Here only
what networks of ours are made of is let through, at no more memory than the file has weights: a
file can neither run anything nor name, read or allocate what is not in it.
"""

import io
import json
import os
import zipfile

import h5py
import keras
import numpy as np
import tensorflow as tf

from wgan_tf.files.reading import check_members

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_MOST_CONFIG, _MOST_WEIGHTS = 2**22, 2**30  # bytes
# What classifiers and judges are made of, by the module that a file says it is from.
_CLASSES = {
    "keras": {"DTypePolicy", "KerasTensor"},
    "keras.initializers": {
        "Constant",
        "GlorotUniform",
        "HeNormal",
        "Ones",
        "RandomNormal",
        "TruncatedNormal",
        "Zeros",
    },
    "keras.layers": {
        "Activation",
        "AveragePooling2D",
        "BatchNormalization",
        "Conv2D",
        "Dense",
        "Dropout",
        "Flatten",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "InputLayer",
        "LayerNormalization",
        "LeakyReLU",
        "MaxPooling2D",
        "ReLU",
        "Reshape",
    },
    "keras.models": {"Functional"},
    "keras.src.models.functional": {"Functional"},
}
_TENSOR = "__keras_tensor__"


def load_network(path: str | os.PathLike) -> keras.Model:
    """The network in a `.keras` file, not compiled.

    Raises:
        ValueError: it holds anything but layers as ours and their weights, or is damaged.
        Exception: what else Keras raises on a damaged file.
    """
    path = os.path.expanduser(path)
    size = os.path.getsize(path)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        check_members(infos, size)
        if {info.filename for info in infos} != _MEMBERS:
            raise ValueError(f"its members are not {', '.join(sorted(_MEMBERS))}")
        if archive.getinfo("config.json").file_size > _MOST_CONFIG:
            raise ValueError("its description is too large")
        if archive.getinfo("model.weights.h5").file_size > _MOST_WEIGHTS:
            raise ValueError("its weights are too large")
        try:
            described = json.loads(archive.read("config.json"))
            _check_described(described)
        except RecursionError:
            raise ValueError("its description is nested too deeply") from None
        stored = _stored_numbers(archive.read("model.weights.h5"))
    needed = _needed_numbers(described)
    if needed > stored:
        raise ValueError(f"its layers need {needed:,} numbers, it holds {stored:,}")
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def _check_described(value) -> None:
    """Refuses classes and functions that no network of ours has, wherever they are named."""
    if isinstance(value, list):
        for part in value:
            _check_described(part)
    if not isinstance(value, dict):
        return
    if {"class_name", "module", "registered_name"} & value.keys() and not _is_ours(value):
        name = value.get("registered_name") or value.get("class_name")
        raise ValueError(f"it asks for {value.get('module')!r}: {name!r}")
    for part in value.values():
        _check_described(part)


def _is_ours(value: dict) -> bool:
    name, module, registered = (
        value.get(key) for key in ("class_name", "module", "registered_name")
    )
    if not isinstance(name, str) or not isinstance(module, str | None):
        return False
    if name == _TENSOR:
        return value.keys() <= {"class_name", "config"}
    # Keras gives the name of a class of its own, or none, as the registered one.
    return name in _CLASSES.get(module, ()) and registered in (None, name)


def _stored_numbers(weights: bytes) -> int:
    """How many numbers stand in an HDF5 file, none of them elsewhere.

    Raises:
        ValueError: a link or a data set leads out of the file, or says to be larger than it is.
    """
    count = 0
    with h5py.File(io.BytesIO(weights), "r") as file:
        pending = [file]
        while pending:
            group = pending.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"its weights {name!r} are a link")
                entry = group[name]
                if isinstance(entry, h5py.Group):
                    if len(entry.name) > 1000:
                        raise ValueError("its weights are nested too deeply")
                    pending.append(entry)
                    continue
                if entry.external or entry.is_virtual or entry.dtype.kind not in "fiu":
                    raise ValueError(f"its weights {name!r} are no plain numbers in the file")
                if entry.size * entry.dtype.itemsize > entry.id.get_storage_size():
                    raise ValueError(f"its weights {name!r} are larger than what is stored of them")
                count += entry.size
    return count


def _needed_numbers(described: dict) -> int:
    """How many weights the layers of a network have, counted without making them."""
    # In a graph of its own, variables are described, not made.
    with tf.Graph().as_default():
        network = keras.saving.deserialize_keras_object(described, safe_mode=True)
        return sum(int(np.prod(variable.shape)) for variable in network.weights)
