"""`--mode=generate`: samples in files, as many as are wanted."""

import functools
import time
from pathlib import Path

import numpy as np
from absl import logging
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UserError
from wgan_tf.files.shards import (
    Shard,
    examples,
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
from wgan_tf.runs.locking import alone_in
from wgan_tf.training.ratios import open_method
from wgan_tf.visualize.grid import grid

# In the picture; rows of them where there are classes or categories, one column each.
SHOWN, ROWS = 64, 8


def run(config) -> list[Path]:
    """Writes `--count` samples of `--seed` into `samples/`, `--shard_size` in a file.

    Files that are there and whole stay, so the same command goes on where an earlier one stopped.
    Sample i is a function of the weights, the seed and i.

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
    shards = plan(folder, wanted.count, wanted.shard_size, wanted.shard_format)
    method = open_method(config, model) if config.guided.method else None
    samples = _Samples(model, config.run.seed, method, config.guided.budget)
    with alone_in(folder, "written", (".",)):
        keep_settings(folder, _settings(config, model, method))
        written = _write(shards, samples)
    seconds = time.perf_counter() - began
    figures = {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "count": wanted.count,
        "shards": len(shards),
        "bytes": sum(shard.path.stat().st_size for shard in shards),
        "written": written,
        "seconds": seconds,
        "images_per_second": written / seconds,
        "config": config.flat(),
    }
    with Artefacts(logs_dir, "generate", figures["iteration"]) as artefacts:
        artefacts.figures(figures)
        columns = model.one_hot or None
        shown = samples.block(0)[0][: min(wanted.count, columns * ROWS if columns else SHOWN)]
        artefacts.picture("samples", grid(shown, columns=columns))
        artefacts.show_grid("generate/samples", shown, columns=columns)
    print(
        f"{wanted.count:,} samples in {len(shards):,} files, {figures['bytes'] / 1e6:,.1f} MB, of "
        f"which {written:,} are new, {written / seconds:,.0f} a second: {folder}"
    )
    return artefacts.pictures


class _Samples:
    """Samples by blocks of an endless row; the last block is kept, for two files may share it."""

    def __init__(self, model, seed: int, method=None, budget: int = 0):
        self.model, self.seed, self.method, self.budget = model, seed, method, budget
        self.block = functools.lru_cache(1)(self._block)

    def z(self, number: int) -> np.ndarray:
        """Latents (BLOCK, z_dim), refined where there is a method."""
        z = self.model.sample_block(number, self.seed).numpy()
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

    def labels(self, z: np.ndarray) -> np.ndarray | None:
        """Classes (n,) that latents ask for, or None."""
        classes = self.model.classes_of(z)
        return None if classes is None else classes.numpy()

    def _block(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        z = self.z(number)
        return self.model.generate(z, BLOCK).numpy(), z


def _refining(guided, method) -> dict:
    """What refining adds to the settings of the files."""
    if method is None:
        return {}
    adviser = getattr(method.guide, "network", method.model.critic)
    return {
        "method": guided.method,
        "budget": guided.budget,
        "guide": guided.guide,
        "adviser": runs.digest_of(adviser),
    }


def _settings(config, model, method) -> dict:
    """All that decides what the files hold."""
    wanted = config.generation
    return {
        "count": wanted.count,
        "shard_size": wanted.shard_size,
        "shard_format": wanted.shard_format,
        "seed": config.run.seed,
        "iteration": int(model.iteration.numpy()),
        "weights": runs.digest_of(model.generator),
        **_refining(config.guided, method),
    }


def _write(shards: list[Shard], samples: _Samples) -> int:
    """Writes the shards that are missing; returns the number of new samples."""
    total = sum(shard.count for shard in shards)
    written = whole = 0
    with tqdm(total=total, desc="generate", unit=" images", dynamic_ncols=True) as bar:
        try:
            for shard in shards:
                if is_whole(shard):
                    # What was there before says nothing about the speed.
                    bar.initial += shard.count
                    bar.update(shard.count)
                else:
                    if shard.path.exists():
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
    return f"{whole:,} of {len(shards):,} files are whole, the same command goes on from there"


def _write_shard(shard: Shard, samples: _Samples, bar) -> None:
    def generated():
        for number, part in pieces(shard, BLOCK):
            images, z = samples.block(number)
            yield to_uint8(images[part]), z[part], number * BLOCK + part.start
            bar.update(part.stop - part.start)

    # To encode one block while the next is generated was no faster on two cores.
    with written_whole(shard.path) as unfinished:
        if shard.path.suffix == ".npz":
            write_npz(unfinished, _arrays(shard, samples, generated()))
        else:
            write_records(
                unfinished, (examples(i, samples.labels(z), first) for i, z, first in generated())
            )


def _arrays(shard: Shard, samples: _Samples, generated) -> dict[str, tuple]:
    """What `write_npz` takes, array by array. Latents are drawn once more: to keep those of a large
    file would take more memory than it does time. Refined ones are kept, for those take longer than
    the images.
    """
    model, count, kept = samples.model, shard.count, []

    def images():
        for part, z, _ in generated:
            if samples.method:
                kept.append(z)
            yield part

    def latents():
        if samples.method:
            return iter(kept)
        return (samples.z(number)[part] for number, part in pieces(shard, BLOCK))

    shape = (count, model.size, model.size, model.channels)
    arrays = {
        "images": (shape, np.uint8, images()),
        "z": ((count, model.z_dim), np.float32, latents()),
        "first": ((), np.int64, [np.int64(shard.first)]),
    }
    if model.one_hot:
        arrays["labels"] = ((count,), np.int64, (samples.labels(z) for z in latents()))
    return arrays
