"""`--mode=generate`: samples in files, as many as are wanted."""

import functools
import hashlib
import time
from pathlib import Path

import numpy as np
from absl import logging
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UserError
from wgan_tf.files.pictures import are_whole, bytes_of, write_pictures
from wgan_tf.files.shards import (
    PICTURES,
    Shard,
    check_number,
    examples,
    has_rows,
    is_whole,
    keep_settings,
    pieces,
    plan,
    write_npz,
    write_records,
)
from wgan_tf.files.writing import written_whole
from wgan_tf.models.generative import BLOCK
from wgan_tf.networks.seeds import seed_of
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import name_of_sample, named_latents, of_class
from wgan_tf.runs.locking import alone_in
from wgan_tf.training.ratios import named_method
from wgan_tf.visualize.grid import grid

# In the picture; rows of them where there are classes or categories, one column each.
SHOWN, ROWS = 64, 8


def run(config) -> list[Path]:
    """Writes `--count` samples of `--seed` into `samples/`, `--shard_size` in a file.

    Files that are there and whole stay, so the same command goes on where an earlier one stopped.
    Sample i is a function of the weights, the seed and i; with `--z` or `--seeds`, of the weights
    and the i-th z. The z's are in an `.npz` beside, see `files.shards` and `files.pictures`.

    Returns:
        The picture of the first samples.

    Raises:
        UsageError: the folder holds samples of other settings.
        UserError: another command writes there, or a file cannot be written.
    """
    began = time.perf_counter()
    model = runs.load_trained(config)
    wanted, logs_dir = config.generation, Path(config.run.logs_dir)
    folder = logs_dir / "samples"
    chosen = named_latents(config, model)
    count = wanted.count if chosen is None else len(chosen.z)
    check_number(count, wanted.shard_size)
    shards = plan(folder, count, wanted.shard_size, wanted.shard_format)
    method, only_class = named_method(config, model), config.starting.only_class
    samples = _Samples(model, config.run.seed, method, config.guided.budget, chosen, only_class)
    with alone_in(folder, "written", (".",)):
        keep_settings(folder, _settings(config, model, method, chosen))
        written = _write(shards, samples)
    seconds = time.perf_counter() - began
    figures = {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "count": count,
        "shards": len(shards),
        "bytes": sum(map(_bytes_of, shards)),
        "written": written,
        "seconds": seconds,
        "images_per_second": written / seconds,
        "config": config.flat(),
    }
    with Artefacts(logs_dir, "generate", figures["iteration"]) as artefacts:
        artefacts.figures(figures)
        in_turn = chosen is None and only_class is None
        columns = model.one_hot if in_turn and model.one_hot else None
        first = slice(min(count, columns * ROWS if columns else SHOWN))
        shown, z = (rows[first] for rows in samples.block(0))
        artefacts.picture("samples", grid(shown, columns=columns))
        artefacts.arrays(z=z)
        artefacts.show_grid("generate/samples", shown, columns=columns)
    files = count if wanted.shard_format in PICTURES else len(shards)
    print(
        f"{count:,} samples in {files:,} files, {figures['bytes'] / 1e6:,.1f} MB, of "
        f"which {written:,} are new, {written / seconds:,.0f} a second: {folder}"
    )
    return artefacts.pictures


class _Samples:
    """Samples by blocks of an endless row, or of the z's that were chosen; the last block is kept,
    for two files may share it.
    """

    def __init__(self, model, seed: int, method=None, budget=0, chosen=None, only_class=None):
        self.model, self.seed, self.method, self.budget = model, seed, method, budget
        self.chosen, self.only_class = chosen, only_class
        self.block = functools.lru_cache(1)(self._block)

    def z(self, number: int) -> np.ndarray:
        """Latents (BLOCK, z_dim), of chosen ones perhaps fewer, refined where there is a method."""
        if self.chosen is None:
            drawn = self.model.sample_block(number, self.seed).numpy()
            z = of_class(self.model, drawn, self.only_class)
        else:
            z = self.chosen.z[number * BLOCK : (number + 1) * BLOCK]
        if self.method is None:
            return z
        # Of every block another stream, whatever was made before.
        refined = self.method.latents(z, self.budget, seed_of(self.seed, f"block {number}") % 2**31)
        if len(refined) < len(z):
            raise UserError(
                f"the method kept {len(refined)} of {len(z)} samples: choose one that keeps as "
                "many as it is given"
            )
        return refined

    def names(self, first: int, count: int) -> list[str]:
        """What samples are called, from the first on."""
        if self.chosen is not None:
            return self.chosen.names[first : first + count]
        return [name_of_sample(self.seed, first + row) for row in range(count)]

    def labels(self, z: np.ndarray) -> np.ndarray | None:
        """Classes (n,) that latents ask for, or None."""
        classes = self.model.classes_of(z)
        return None if classes is None else classes.numpy()

    def _block(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        z = self.z(number)
        return self.model.generate(z, BLOCK).numpy(), z


def _choosing(starting, chosen) -> dict:
    """What choosing z's adds to the settings of the files."""
    settings = {"class": starting.only_class, "seeds": starting.seeds}
    if starting.z is not None:
        digest = hashlib.sha256(chosen.z.tobytes())
        digest.update(",".join(chosen.names).encode())
        settings["z"] = digest.hexdigest()
    return {name: value for name, value in settings.items() if value is not None}


def _refining(config, method) -> dict:
    """What refining adds to the settings of the files."""
    guided, truncation = config.guided, config.starting.truncation
    if method is None:
        return {}
    if truncation is not None:
        return {"truncation": truncation}
    adviser = getattr(method.guide, "network", method.model.critic)
    return {
        "method": guided.method,
        "budget": guided.budget,
        "guide": guided.guide,
        "adviser": runs.digest_of(adviser),
    }


def _settings(config, model, method, chosen) -> dict:
    """All that decides what the files hold."""
    wanted = config.generation
    return {
        **_choosing(config.starting, chosen),
        "count": wanted.count if chosen is None else len(chosen.z),
        "shard_size": wanted.shard_size,
        "shard_format": wanted.shard_format,
        "seed": config.run.seed,
        "iteration": int(model.iteration.numpy()),
        "weights": runs.digest_of(model.generator),
        **_refining(config, method),
    }


def _bytes_of(shard: Shard) -> int:
    return bytes_of(shard) if shard.form in PICTURES else shard.path.stat().st_size


def _write(shards: list[Shard], samples: _Samples) -> int:
    """Writes the shards that are missing; returns the number of new samples."""
    total = sum(shard.count for shard in shards)
    written = whole = 0
    with tqdm(total=total, desc="generate", unit=" images", dynamic_ncols=True) as bar:
        try:
            for shard in shards:
                pictures = shard.form in PICTURES
                if are_whole(shard) if pictures else is_whole(shard):
                    if not (pictures or has_rows(shard.z_path, "z", shard.count)):
                        _write_z(shard, samples)
                    # What was there before says nothing about the speed.
                    bar.initial += shard.count
                    bar.update(shard.count)
                else:
                    if (shard.z_path if pictures else shard.path).exists():
                        logging.warning("%s is damaged and is written anew", shard.path)
                    _write_shard(shard, samples, bar)
                    written += shard.count
                whole += 1
        except KeyboardInterrupt:
            bar.close()
            print(f"stopped: {_standing(whole, shards)}")
            raise SystemExit(130) from None
        except UserError as error:
            raise UserError(f"{error}; {_standing(whole, shards)}") from error
    return written


def _standing(whole: int, shards: list[Shard]) -> str:
    what = "folders" if shards[0].form in PICTURES else "files"
    return f"{whole:,} of {len(shards):,} {what} are whole, the same command goes on from there"


def _write_shard(shard: Shard, samples: _Samples, bar) -> None:
    # Latents are drawn once more for their array: to keep those of a large file would take more
    # memory than it does time. Refined ones are kept, for those take longer than the images.
    kept = []

    def generated():
        for number, part in pieces(shard, BLOCK):
            images, z = samples.block(number)
            if samples.method and shard.form not in PICTURES:
                kept.append(z[part])
            yield to_uint8(images[part]), z[part], number * BLOCK + part.start
            bar.update(part.stop - part.start)

    if shard.form in PICTURES:
        write_pictures(
            shard,
            (
                (images, z, samples.names(first, len(z)), samples.labels(z))
                for images, z, first in generated()
            ),
        )
        return
    # To encode one block while the next is generated was no faster on two cores.
    with written_whole(shard.path) as unfinished:
        if shard.form == "npz":
            write_npz(unfinished, _arrays(shard, samples, generated(), kept))
        else:
            write_records(
                unfinished, (examples(i, samples.labels(z), first) for i, z, first in generated())
            )
    if shard.form == "tfrecord":
        _write_z(shard, samples, kept)


def _write_z(shard: Shard, samples: _Samples, kept=()) -> None:
    """Writes the z's of a shard of records beside it."""
    with written_whole(shard.z_path) as unfinished:
        write_npz(unfinished, _z_arrays(shard, samples, kept))


def _z_arrays(shard: Shard, samples: _Samples, kept) -> dict[str, tuple]:
    shape = (shard.count, samples.model.z_dim)
    return {
        "z": (shape, np.float32, _latents(shard, samples, kept)),
        "first": ((), np.int64, [np.int64(shard.first)]),
    }


def _arrays(shard: Shard, samples: _Samples, generated, kept) -> dict[str, tuple]:
    """What `write_npz` takes, array by array; taking the images fills `kept`."""
    model = samples.model
    shape = (shard.count, model.size, model.size, model.channels)
    arrays = {
        "images": (shape, np.uint8, (images for images, _, _ in generated)),
        **_z_arrays(shard, samples, kept),
    }
    if model.one_hot:
        labels = (samples.labels(z) for z in _latents(shard, samples, kept))
        arrays["labels"] = ((shard.count,), np.int64, labels)
    return arrays


def _latents(shard: Shard, samples: _Samples, kept):
    """The z's of a shard by blocks: those that were kept, if any, else drawn once more."""
    if kept:
        yield from kept
    else:
        yield from (samples.z(number)[part] for number, part in pieces(shard, BLOCK))
