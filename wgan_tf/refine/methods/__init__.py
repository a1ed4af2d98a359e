"""Ways to refine samples within a budget, one file each; `method.Method` says what they share.

Nothing here imports TensorFlow until it is asked for: the names are the flag's.
"""

import ast
import importlib

from wgan_tf.errors import nearest
from wgan_tf.registry import Registry

METHODS = Registry(
    {
        "gradient": "wgan_tf.refine.methods.gradient:Gradient",
        "langevin": "wgan_tf.refine.methods.langevin:Langevin",
        "flow": "wgan_tf.refine.methods.flow:Flow",
        "transport": "wgan_tf.refine.methods.transport:Transport",
        "rejection": "wgan_tf.refine.methods.rejection:Rejection",
        "metropolis_hastings": "wgan_tf.refine.methods.metropolis_hastings:MetropolisHastings",
        "resampling": "wgan_tf.refine.methods.resampling:Resampling",
        "best_of": "wgan_tf.refine.methods.best_of:BestOf",
        "truncation": "wgan_tf.refine.methods.truncation:Truncation",
    }
)


def parse(text: str) -> list[tuple[str, dict]]:
    """The methods that a text names, with their settings.

    Args:
        text: names with commas between, each with settings behind colons, as
            "resampling:budget=10,gradient:rate=0.02".

    Returns:
        Names and settings, in order.

    Raises:
        ValueError: saying what is wrong.
    """
    methods = []
    for part in text.split(","):
        name, *settings = part.strip().split(":")
        if name not in METHODS:
            names = ", ".join(METHODS)
            raise ValueError(f"{name!r} must be one of {names}{nearest(name, METHODS)}")
        values = {}
        for setting in settings:
            key, equals, value = setting.partition("=")
            if not (key.isidentifier() and equals and value):
                raise ValueError(f"{setting!r} of {name} must be a setting as rate=0.02")
            values[key] = _value(value)
        methods.append((name, values))
    return methods


def _value(text: str):
    try:
        return ast.literal_eval({"true": "True", "false": "False"}.get(text.lower(), text))
    except (ValueError, SyntaxError):
        return text


def make_method(text: str, model, guide):
    """A `method.Method` of what `parse` understands.

    Args:
        text: see `parse`; "budget" is a setting of every method in a row of several.
        model, guide: see `method.Method`.

    Raises:
        UsageError: a setting that the method lacks, or a value that it cannot have.
    """
    return _sequence().make_sequence(parse(text), model, guide)


def check_method(text: str) -> None:
    """Refuses what `make_method` would, before there is a model or a guide.

    Raises:
        UsageError: as there.
    """
    for name, settings in parse(text):
        _sequence().check_settings(name, settings)


def _sequence():
    # TensorFlow is not to be imported for the names alone.
    return importlib.import_module("wgan_tf.refine.methods.sequence")
