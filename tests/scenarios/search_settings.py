"""Which settings draw the best images after so many seconds of training on this machine.

    python -m tests.scenarios.search_settings --seconds=60 "" "ema=0.995 decay=linear"

Every setting, flags of `--mode=train` without dashes and with spaces between, is trained for each seed
and measured by the judge of the data set; a row that is in the file is not done again. Seconds are
turned into iterations by the quickest of some that are timed, so that other work beside it gives
nobody fewer updates.
"""

import argparse
import json
import shlex
import time
from pathlib import Path

import numpy as np

from wgan_tf.config import all_fields, field_type
from wgan_tf.config.resolve import resolve
from wgan_tf.files.writing import write_json

# Of an iteration: what `fit` and its callbacks take besides the two networks' updates.
_BESIDE = 1.12
_TIMED, _SAMPLES = 60, 5000


def main():
    """Trains and measures; prints a table and writes the rows as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="+")
    parser.add_argument("--dataset", default="mnist5k")
    parser.add_argument("--data_dir")
    parser.add_argument("--common", default="", help="flags that all settings have")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--judge_dir", help="of --mode=train_judge; else random features")
    parser.add_argument("--rows", type=Path, default=Path("logs/search/settings.json"))
    asked = parser.parse_args()
    rows = json.loads(asked.rows.read_text()) if asked.rows.exists() else []
    asked.rows.parent.mkdir(parents=True, exist_ok=True)
    for seed in map(int, asked.seeds.split(",")):
        for setting in asked.settings:
            known = {"setting": f"{asked.common} {setting}".strip(), "seed": seed}
            known |= {"seconds": asked.seconds, "dataset": asked.dataset}
            if not any(known.items() <= row.items() for row in rows):
                rows.append(known | _row(asked, known))
                write_json(asked.rows, rows)
                print(json.dumps(rows[-1]), flush=True)


def _row(asked, known) -> dict:
    from wgan_tf.machine import runtime
    from wgan_tf.machine.guest import as_guest
    from wgan_tf.metrics.evaluation import Evaluation
    from wgan_tf.metrics.features import open_features
    from wgan_tf.training.game import train_in_memory
    from wgan_tf.visualize.grid import grid, save_png

    flags = {"dataset": asked.dataset, "seed": known["seed"]}
    flags |= {"data_dir": asked.data_dir} if asked.data_dir else {}
    flags |= dict(part.lstrip("-").split("=", 1) for part in shlex.split(known["setting"]))
    with as_guest():
        runtime.start_as_guest()
        flags = {name: _value(name, value) for name, value in flags.items()}
        config = resolve({**flags, "mode": "train", "logs_dir": "/nowhere"}, None, [])
        each = asked.seconds / config.training.iterations
        if "iterations" not in flags:
            each = _seconds_each(config)
            config = config.but(iterations=max(10, round(asked.seconds / each)))
        from wgan_tf import runs

        source = runs.open_images(config)
        began = time.perf_counter()
        model, _ = train_in_memory(config, source)
        taken = time.perf_counter() - began
        fake = np.asarray(model.generate(model.sample_z(_SAMPLES, 1)))
        real = _held_out(config)
        judge = open_features("random", real.shape[1:])
        if asked.judge_dir:
            judge = open_features("classifier", real.shape[1:], Path(asked.judge_dir) / "classifier.keras")
        names = ("frechet", "precision", "recall", "density", "coverage")
        measured = Evaluation(real, judge, names=names, resamples=0, count=_SAMPLES).measure(fake)
        name = "".join(c if c.isalnum() else "_" for c in known["setting"]) or "preset"
        save_png(asked.rows.parent / f"{name}-{known['seed']}.png", grid(fake[:100], columns=10))
    return {
        "iterations": config.training.iterations,
        "milliseconds": 1000 * each,
        "taken": taken,
        **{name: float(value.value) for name, value in measured.items()},
    }


def _value(name: str, value):
    kinds = {field.name: field_type(field) for _, field in all_fields()}
    if kinds[name] is bool and isinstance(value, str):
        return value == "true"
    return kinds[name](value)


def _held_out(config):
    from wgan_tf import runs
    from wgan_tf.data.order import batch
    from wgan_tf.errors import UserError

    try:
        source = runs.open_images(config, "test")
    except UserError:
        source = runs.open_images(config)
    return batch(source, min(source.count, 10_000), 0)


def _seconds_each(config) -> float:
    """Of an iteration, the quickest tenth of some."""
    import tensorflow as tf

    from wgan_tf import runs
    from wgan_tf.data.pipeline import stacked
    from wgan_tf.data.schedule import Schedule

    model, data = runs.build_trainable(config), config.data
    step = tf.function(model.train_step, autograph=False)
    shape = (data.batch_size, data.size, data.size, data.channels)
    schedule = Schedule(data.batch_size, data.batch_size, config.training.n_critic)
    batches = stacked(tf.random.stateless_uniform(shape, (0, 0), -1.0, 1.0), schedule)
    seconds = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        step(batches)["generator_loss"].numpy()
        seconds.append(time.perf_counter() - began)
    return _BESIDE * float(np.quantile(seconds[2:], 0.1))


if __name__ == "__main__":
    main()
