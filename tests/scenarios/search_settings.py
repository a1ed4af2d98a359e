"""Which settings draw the best images after so many seconds of training on this machine.

    python -m tests.scenarios.search_settings --seconds=60 "" "ema=0.995" "model=dcgan loss=hinge"

Every setting, flags of `--mode=train` without dashes and with spaces between, is trained for each
seed and measured, by the features of `--judge_dir` (of `--mode=train_judge`) or else of a network
with random weights; a row that is in the file is not done again. Seconds are turned into iterations
by the quickest tenth of some that are timed, so that other work beside it gives nobody fewer; a
setting may also name its `iterations`.
"""

import argparse
import io
import json
import time
from pathlib import Path

import numpy as np

from wgan_tf.config import all_fields, field_type
from wgan_tf.config.resolve import resolve
from wgan_tf.files.reading import read_json
from wgan_tf.files.writing import write_json

# What `fit`, its callbacks and the pipeline take besides the two networks' updates.
_BESIDE = 1.12
_TIMED, _SAMPLES = 60, 5000
_METRICS = ("frechet", "precision", "recall", "coverage")


def main() -> None:
    """Trains and measures, writes the rows and pictures of samples, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="+")
    parser.add_argument("--dataset")
    parser.add_argument("--data_dir")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--judge_dir", type=Path)
    parser.add_argument("--rows", type=Path, default=Path("logs/search/settings.json"))
    asked = parser.parse_args()
    rows = read_json(asked.rows) if asked.rows.exists() else []
    for seed in map(int, asked.seeds.split(",")):
        for setting in asked.settings:
            known = {"setting": setting, "seed": seed, "seconds": asked.seconds}
            known |= {"dataset": asked.dataset, "data_dir": asked.data_dir}
            if not any(known.items() <= row.items() for row in rows):
                rows.append(known | _row(asked, known))
                write_json(asked.rows, rows)
    print(_table([row for row in rows if row["setting"] in asked.settings]))


def _row(asked, known: dict) -> dict:
    from wgan_tf import runs
    from wgan_tf.machine import runtime
    from wgan_tf.machine.guest import as_guest
    from wgan_tf.training.game import train_in_memory
    from wgan_tf.visualize.grid import grid, save_png

    with as_guest():
        runtime.start_as_guest()
        config = _config(known)
        if "iterations=" not in known["setting"]:
            config = config.but(iterations=max(1, round(known["seconds"] / _each(config))))
        source, began = runs.open_images(config), time.perf_counter()
        model, _ = train_in_memory(config, source)
        taken = time.perf_counter() - began
        fake = np.asarray(model.generate(model.sample_z(_SAMPLES, 1)))
        measured = _evaluation(config, asked.judge_dir).measure(fake)
        words = known["setting"].replace("=", "_").replace(" ", "-") or "preset"
        asked.rows.parent.mkdir(parents=True, exist_ok=True)
        save_png(asked.rows.parent / f"{words}-{known['seed']}.png", grid(fake[:100], columns=10))
    row = {"iterations": config.training.iterations, "taken": taken}
    return row | {name: float(estimate.value) for name, estimate in measured.items()}


def _config(known: dict):
    kinds = {field.name: field_type(field) for _, field in all_fields()}
    flags = {name: known[name] for name in ("dataset", "data_dir", "seed")}
    flags |= dict(part.split("=", 1) for part in known["setting"].split())
    typed = {
        name: value == "true" if kinds[name] is bool else kinds[name](value)
        for name, value in flags.items()
        if value is not None
    }
    return resolve({**typed, "mode": "train", "logs_dir": "logs/search"}, None, [])


def _evaluation(config, judge_dir: Path | None):
    from wgan_tf.metrics.evaluation import Evaluation
    from wgan_tf.metrics.features import open_features
    from wgan_tf.training.judging import held_out

    real, _ = held_out(config)
    file = judge_dir and judge_dir / "classifier.keras"
    judge = open_features("classifier" if file else "random", real.shape[1:], file)
    return Evaluation(real, judge, names=_METRICS, resamples=0, count=_SAMPLES)


def _each(config) -> float:
    """Seconds of an iteration."""
    from wgan_tf import runs
    from wgan_tf.modes import benchmark

    model = runs.build_trainable(config)
    iteration = benchmark._iteration(model, benchmark._noise(config), config.training.n_critic)
    seconds = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        iteration()
        seconds.append(time.perf_counter() - began)
    return _BESIDE * float(np.quantile(seconds[2:], 0.1))


def _table(rows: list[dict]) -> str:
    """Each setting's means over the seeds, and the lowest and highest Fréchet distance."""
    out = io.StringIO()
    print(f"| setting | iterations | {' | '.join(_METRICS)} | lowest to highest |", file=out)
    print("|---|" + "---:|" * (len(_METRICS) + 2), file=out)
    for setting in dict.fromkeys(row["setting"] for row in rows):
        of = [row for row in rows if row["setting"] == setting]
        means = [f"{np.mean([row[name] for row in of]):.3g}" for name in _METRICS]
        distances = [row["frechet"] for row in of]
        span = f"{min(distances):.3g} to {max(distances):.3g} ({len(of)})"
        iterations = json.dumps(sorted({row["iterations"] for row in of}))
        print(f"| {setting} | {iterations} | {' | '.join(means)} | {span} |", file=out)
    return out.getvalue()


if __name__ == "__main__":
    main()
