"""`--mode=export`: the networks in files that other programs open, compared with the model."""

import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.networks import FORMATS
from wgan_tf.networks.portable import check_installed, compare
from wgan_tf.refine.ratio.ratio import Ratio
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.training.ratios import FILE

# Latents at once on which a file is compared with the model.
BATCHES = (1, 7, 64)
# The largest difference that is let through, of values up to 1, and as a share of larger ones.
TOLERANCE = 1e-4
_SCORE = "score, high for real images"
_RATIO = "log p(real) / p(generated)"


def run(config) -> list[Path]:
    """Writes generator, critic and, where there is one of these weights, ratio into `export/`, in
    the format of `--export_format`, and what they take and give into `export.json`.

    Returns:
        No pictures.

    Raises:
        UserError: packages of the format are missing, or a file cannot be written; or one computes
            other numbers than the model, which `export.json` then tells.
    """
    began, name = time.perf_counter(), config.export.export_format
    kind, logs_dir = FORMATS[name], Path(config.run.logs_dir)
    check_installed(name, kind)
    model = runs.load_trained(config)
    z = model.sample_z(max(BATCHES), config.run.seed).numpy()
    images = model.generate(z).numpy()
    written = {}
    for part, network in _networks(model, logs_dir).items():
        path = logs_dir / "export" / f"{part}{kind.suffix}"
        kind.write(network, path)
        inputs = z if part == "generator" else images
        differences = compare(network, kind.open(path), inputs, BATCHES)
        written[part] = _describe(part, model, network, kind, path, differences)
        _say(part, written[part])
    figures = {
        "format": name,
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "compared_at_batches_of": BATCHES,
        "tolerance": TOLERANCE,
        "networks": written,
        "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
        "seconds": time.perf_counter() - began,
        "config": config.flat(),
    }
    with Artefacts(logs_dir, "export", figures["iteration"]) as artefacts:
        artefacts.figures(figures)
    _check(written)
    return artefacts.pictures


def _networks(model, logs_dir: Path) -> dict[str, keras.Model]:
    """By name; the run's ratio among them."""
    networks, path = dict(model.networks), logs_dir / FILE
    if path.exists():
        ratio = Ratio.load(path)
        if ratio.facts.get("weights") == runs.digest_of(model.generator):
            networks["ratio"] = ratio.network
        else:
            print(f"{path} is of other weights and left out; --mode=fit_ratio fits another")
    return networks


def _describe(part: str, model, network, kind, path: Path, differences: list[dict]) -> dict:
    """What `export.json` says of a network."""
    taken = "z" if part == "generator" else "images"
    means = _outputs(part, model)
    return {
        "file": f"export/{path.name}",
        "bytes": _bytes(path),
        "parameters": network.count_params(),
        "open": kind.loading.format(path=str(path), name=taken),
        "input": _latents(model) if part == "generator" else _images(model),
        "outputs": [
            {**meaning, "shape": list(output.shape), **difference}
            for meaning, output, difference in zip(means, network.outputs, differences, strict=True)
        ],
    }


def _latents(model) -> dict:
    """What the generator takes."""
    first, codes = model.one_hot, model.codes
    law = {"uniform": "uniform in [-1, 1]", "normal": "normal, mean 0, deviation 1"}[model.z_prior]
    parts = [f"values 0 to {first - 1}: the class or category, one-hot"] if first else []
    if codes:
        parts += [f"values {first} to {first + codes - 1}: codes, uniform in [-1, 1]"]
    if first + codes < model.z_dim:
        parts += [f"values {first + codes} to {model.z_dim - 1}: {law}"]
    return {
        "meaning": "latents z; " + "; ".join(parts),
        "shape": [None, model.z_dim],
        "type": "float32",
        "z_dim": model.z_dim,
        "prior": model.z_prior,
        "range": [-1, 1] if model.z_prior == "uniform" else None,
        "one_hot": first,
        "codes": codes,
    }


def _images(model) -> dict:
    """What generators give and critics take."""
    return {
        "meaning": "images",
        "shape": [None, model.size, model.size, model.channels],
        "type": "float32",
        "layout": "NHWC",
        "range": [-1, 1],
    }


def _outputs(part: str, model) -> list[dict]:
    if part == "generator":
        return [_images(model)]
    if part == "ratio":
        return [{"meaning": _RATIO}]
    further = ["logits of the classes or categories"] if model.one_hot else []
    further += ["the codes that it reads off"] if model.codes else []
    return [{"meaning": text} for text in (_SCORE, *further)]


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _say(part: str, entry: dict) -> None:
    largest = max(output["largest_difference"] for output in entry["outputs"])
    mean = np.mean([output["mean_difference"] for output in entry["outputs"]])
    print(
        f"{entry['file']}: {entry['bytes']:,} bytes; against the model: largest difference "
        f"{largest:.2g}, mean {mean:.2g}"
    )
    print(f"to use the {part}: {entry['open']}")


def _check(written: dict) -> None:
    """Refuses numbers that are not the model's.

    Raises:
        UserError: naming the file that is farthest off.
    """
    for entry in written.values():
        for output in entry["outputs"]:
            allowed = TOLERANCE * max(1.0, output["largest_value"])
            # So that NaN is refused too.
            if not output["largest_difference"] <= allowed:
                raise UserError(
                    f"{entry['file']} computes other numbers than the model: {output['meaning']}: "
                    f"largest difference {output['largest_difference']:.3g}, more than "
                    f"{allowed:.3g}; use another --export_format"
                )
