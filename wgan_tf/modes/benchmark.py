"""`--mode=benchmark`: how fast this machine trains and refines, against what it could do."""

import dataclasses
import platform
import time
from pathlib import Path

import tensorflow as tf
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.config import Config
from wgan_tf.config.presets import DIGITS, ORIGINAL, STANDARD, defaults
from wgan_tf.data.pipeline import stacked, training_batches
from wgan_tf.data.schedule import Schedule
from wgan_tf.machine.arithmetic import workloads
from wgan_tf.machine.timing import Timing, import_seconds, matmul_gflops, measure, peak_memory
from wgan_tf.refine import REFINERS
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.speed import duration, plot_scaling, plot_speed

TITLES = {
    "critic_step": "critic step",
    "generator_step": "generator step",
    "iteration": "whole iteration",
    "image_iterator_gradient": "image gradient alone",
    "image_iterator_step": "image iterator, a step",
    "z_iterator_gradient": "z gradient alone",
    "z_iterator_step": "z iterator, a step",
    "generate_1000": "1,000 samples",
    "pipeline_batch": "pipeline, a batch",
}
# Iterator steps in one compiled call: timed together, or calls would count as steps.
CHUNK, CHUNKS = 10, 7
SIZES, BATCHES, WIDTHS = (32, 64, 128), (16, 64, 128), (0.5, 1, 2)
# The two kinds of networks whose iterations are compared, whatever else is measured: those of
# `--preset=small` for digits, and the standard case, the original's critic and game.
_SETTINGS = {*DIGITS.sizes, *DIGITS.games["wgan"], "optimizer_param", "batch_size"}
_SETTINGS = _SETTINGS - {"iterator_learning_rate"} | {"generator_widths", "critic_widths"}
_WHOLE = {name: value for name, value in Config().flat().items() if name in _SETTINGS}
KINDS = {
    "small": {**_WHOLE, **defaults("wgan", DIGITS)},
    "standard": {**_WHOLE, **defaults("wgan", ORIGINAL), **STANDARD},
}
# What training alone does, in the precision of training; everything else is float32.
TRAINING = ("critic_step", "generator_step", "iteration")


def run(config) -> list[Path]:
    """Measures, prints a table, writes `benchmark.json` and `images/benchmark.png`.

    Returns:
        The pictures: with `--scaling` also `images/scaling.png`.
    """
    figures = _figures(config)
    peak = figures["matmul_gflop_per_second"][_compute_dtype(figures["precision"])]
    rows = {TITLES[name]: row for name, row in figures["measured"].items()}
    with Artefacts(config.run.logs_dir, "benchmark") as artefacts:
        plot_speed(artefacts.image_path("benchmark.png"), rows, peak)
        if config.benchmark.scaling:
            figures["scaling"] = _scaling(config)
            plot_scaling(artefacts.image_path("scaling.png"), figures["scaling"], peak)
        artefacts.figures(figures)
        table = _table(figures)
        artefacts.text("benchmark/table", table)
        for path in artefacts.pictures:
            artefacts.show(f"benchmark/{path.stem}", path)
    print(table)
    return artefacts.pictures


def _figures(config) -> dict:
    model, startup = _start(config)
    precision = model.dtype_policy.name
    dtypes = {"float32", _compute_dtype(precision)}
    before = {dtype: matmul_gflops(dtype) for dtype in dtypes}
    timings = _timings(config, model)
    memory = peak_memory()
    kinds = _kinds(config)
    # Before and after: a machine's speed drifts.
    peaks = {dtype: (before[dtype] + matmul_gflops(dtype)) / 2 for dtype in sorted(dtypes)}
    counted = workloads(model, config.data.batch_size, config.training.n_critic)
    for name in ("image_iterator", "z_iterator"):
        counted[f"{name}_gradient"] = counted[f"{name}_step"]
    measured = {
        name: _row(
            timing,
            counted.get(name),
            peaks[_compute_dtype(precision) if name in TRAINING else "float32"],
        )
        for name, timing in timings.items()
    }
    return {
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "devices": [device.name for device in tf.config.list_physical_devices()],
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
        },
        "matmul_gflop_per_second": peaks,
        "precision": precision,
        "measured": measured,
        "kinds": {
            name: _row(timing, gflop, peaks["float32"]) for name, (timing, gflop) in kinds.items()
        },
        "peak_memory_gib": memory,
        "startup_seconds": startup,
        "config": config.flat(),
    }


def _compute_dtype(policy: str) -> str:
    return policy.removeprefix("mixed_")


def _start(config):
    """The model, and the seconds until it is imported, built and has taken its first step."""
    startup = {"import": import_seconds()}
    began = time.perf_counter()
    model = runs.build_trainable(config)
    startup["build"] = time.perf_counter() - began
    began = time.perf_counter()
    _iteration(model, _noise(config))()
    startup["first_iteration"] = time.perf_counter() - began
    return model, startup


def _noise(config):
    data = config.data
    shape = (data.batch_size, data.size, data.size, data.channels)
    return tf.random.stateless_uniform(shape, (0, 0), -1.0, 1.0)


def _iteration(model, images, critic_steps=1):
    """One iteration as `fit` runs it; the callable waits for its result."""
    step = tf.function(model.train_step, autograph=False, jit_compile=model.jit_compile)
    size, needs_real = len(images), model.generator_needs_real
    schedule = Schedule(size, size, critic_steps, for_generator=needs_real)
    batches = stacked(images, schedule)
    return lambda: step(batches)["generator_loss"].numpy()


def _timings(config, model) -> dict[str, Timing]:
    images, z = _noise(config), model.sample_z(config.data.batch_size)
    thousand = model.sample_z(1000)
    # The modes that refine and draw compute in float32, whatever training does.
    frozen = runs.build_model(config)
    real = images if model.generator_needs_real else None

    def compiled(function, *arguments):
        call = tf.function(function, autograph=False, jit_compile=model.jit_compile)
        return lambda: measure(lambda: float(call(*arguments)))

    def gradient(start, draw):
        def work(value):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(value)
                loss = frozen.sample_loss(draw(value), real)
            return tf.reduce_sum(tape.gradient(loss, value))

        return compiled(work, start)

    steps = {
        "critic_step": compiled(lambda x, z: model.critic_step(x, z)["critic_loss"], images, z),
        "generator_step": compiled(lambda z: model.generator_step(z, real)["generator_loss"], z),
        "iteration": lambda: measure(_iteration(model, images, config.training.n_critic)),
        "image_iterator_gradient": gradient(images, tf.identity),
        "image_iterator_step": lambda: _iterator(frozen, "image_iterator", images, real),
        "z_iterator_gradient": gradient(z, lambda z: frozen.generator(z, training=False)),
        "z_iterator_step": lambda: _iterator(frozen, "z_iterator", z, real),
        "generate_1000": lambda: measure(lambda: frozen.generate(thousand).numpy()),
        "pipeline_batch": lambda: _pipeline(config),
    }
    timings = {}
    with tqdm(steps.items(), desc="benchmark", dynamic_ncols=True) as bar:
        for name, work in bar:
            bar.set_postfix_str(TITLES[name])
            timings[name] = work()
    return timings


def _iterator(model, name, start, real) -> Timing:
    at = []
    REFINERS[name](
        model,
        start,
        steps=CHUNK * CHUNKS,
        learning_rate=1e-9,
        real=real,
        record_every=CHUNK,
        on_record=lambda *_: at.append(time.perf_counter()),
    )
    return Timing.of([(b - a) / CHUNK for a, b in zip(at, at[1:], strict=False)])


def _pipeline(config) -> Timing:
    images = runs.open_images(config)
    schedule = Schedule(config.data.batch_size, images.count)
    batches = training_batches(images, schedule, seed=config.run.seed, start=0, stop=10_000)
    source = iter(batches)
    # More than what is read ahead, so that reading ahead cannot hide what it costs.
    return measure(lambda: next(source), least=200, most=2000)


def _row(timing: Timing, gflop: float | None, peak: float) -> dict:
    row = dataclasses.asdict(timing) | {"gflop": gflop}
    if gflop:
        row["gflop_per_second"] = gflop / timing.median
        row["share_of_peak"] = row["gflop_per_second"] / peak
    return row


def _kinds(config) -> dict[str, tuple[Timing, float]]:
    """An iteration of both kinds of networks, in float32: seconds and GFLOP."""
    with tqdm(KINDS.items(), desc="both kinds of networks", dynamic_ncols=True) as bar:
        same = {"precision": "float32", "model": "wgan"}
        return {name: _timed(config, {**flags, **same}, seconds=2.0) for name, flags in bar}


def _timed(config, changed: dict, seconds: float = 0) -> tuple[Timing, float]:
    """An iteration with other settings: its seconds and GFLOP."""
    other = type(config).from_flat({**config.flat(), **changed})
    model, critic_steps = runs.build_trainable(other), other.training.n_critic
    timing = measure(_iteration(model, _noise(other), critic_steps), seconds=seconds)
    return timing, workloads(model, other.data.batch_size, critic_steps)["iteration"]


def _scaling(config) -> dict[str, dict]:
    """Iterations of other image sizes, batches and widths, one changed at a time."""
    network = config.network
    groups = {
        "image size": {f"{size}": {"image_size": f"{size}"} for size in SIZES},
        "batch": {f"{batch}": {"batch_size": batch} for batch in BATCHES},
        "widths": {
            f"x {factor:g}": {
                "gen_dimension": max(1, round(network.gen_dimension * factor)),
                "disc_dimension": max(1, round(network.disc_dimension * factor)),
            }
            for factor in WIDTHS
        },
    }
    with tqdm(total=len(SIZES + BATCHES + WIDTHS), desc="scaling", dynamic_ncols=True) as bar:

        def measured(changed):
            timing, gflop = _timed(config, changed)
            bar.update()
            return dataclasses.asdict(timing) | {"gflop": gflop}

        return {
            name: {value: measured(changed) for value, changed in variants.items()}
            for name, variants in groups.items()
        }


def _table(figures: dict) -> str:
    """What was measured, as Markdown."""
    lines = [
        "| what | median | minimum | maximum | GFLOP | GFLOP/s | of peak |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    rows = {TITLES[name]: row for name, row in figures["measured"].items()}
    rows |= {f"an iteration, {name} networks": row for name, row in figures["kinds"].items()}
    for title, row in rows.items():
        cells = [title] + [duration(row[key]) for key in ("median", "minimum", "maximum")]
        if row["gflop"]:
            cells += [f"{row['gflop']:.4g}", f"{row['gflop_per_second']:.1f}"]
            cells += [f"{row['share_of_peak']:.0%}"]
        else:
            cells += ["", "", ""]
        lines.append(f"| {' | '.join(cells)} |")
    startup, memory = figures["startup_seconds"], figures["peak_memory_gib"]
    peaks = figures["matmul_gflop_per_second"]
    lines += [
        "",
        "peak (a large matrix product): "
        + ", ".join(f"{peak:.1f} GFLOP/s in {dtype}" for dtype, peak in peaks.items()),
        "start: " + ", ".join(f"{name} {duration(value)}" for name, value in startup.items()),
    ]
    if memory:  # not every system tells
        parts = (f"{name} {gib:.2f} GiB" for name, gib in memory.items())
        lines.append("memory at most: " + ", ".join(parts))
    return "\n".join(lines)
