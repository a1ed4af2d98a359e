"""Studies as `study.json` holds them, from numbers that are written out by hand or made up."""

import numpy as np

METHODS = (
    "pixels", "gradient", "langevin", "langevin:temperature=0.25", "langevin:temperature=0.5",
    "langevin:temperature=0.1", "flow", "transport", "rejection", "metropolis_hastings",
    "resampling", "resampling+gradient", "best_of", "random", "random_pixels",
)  # fmt: skip
# How many percent of the distance an adviser takes off at best.
WORTH = {
    "critic": 6, "rescaled": 9, "critic_features": 15, "self": 22, "labels": 35, "shuffled": 0,
}  # fmt: skip
# The share of that which a method takes off.
SHARE = {
    "gradient": 0.8, "resampling": 0.9, "flow": 0.7, "transport": 0.3, "rejection": 0.5,
    "metropolis_hastings": 0.4, "resampling+gradient": 1.0, "best_of": -0.3,
}  # fmt: skip


def row(guide, method, budget, main, foreign=None, before=50.0, reach=0.5, **more):
    """A row whose main metric differs by `main` from before; the foreign one as much by default."""
    foreign = main if foreign is None else foreign
    entry = {"value": before + main, "difference": main, "low": main - reach, "high": main + reach}
    return {
        "guide": guide,
        "method": method,
        "budget": budget,
        "metrics": {
            "frechet": entry,
            "foreign_frechet": {"value": 2 * before + foreign, "difference": foreign},
            "precision": {"value": 0.5 - main / 100, "difference": -main / 100},
            "recall": {"value": 0.4 + main / 200, "difference": main / 200},
        },
        "evaluations": float(budget),
        "seconds": 0.1 * budget,
        "gflop": 0.001 * budget,
        "gflop_with_fitting": {
            str(count): 0.001 * budget + 50.0 / count for count in (100, 1000, 10000)
        },
        "duplicates": 0.02,
    } | more


def nothing(before=50.0, **more):
    return row("", "nothing", 0, 0.0, before=before, **more)


def model(rows, game="wgan", stage=300, seed=0, **more):
    return {"game": game, "stage": stage, "seed": seed, "rows": [nothing(), *rows]} | more


def study(*models, **more):
    titles = {
        "frechet": "Fréchet distance",
        "foreign_frechet": "Fréchet distance, foreign features",
        "precision": "precision",
        "recall": "recall",
    }
    return {
        "dataset": "digits",
        "judge": "classifier",
        "foreign_judge": "random",
        "samples": 1000,
        "real_images": 10000,
        "main": "frechet",
        "foreign": "foreign_frechet",
        "titles": titles,
        "better": dict.fromkeys(titles, "lower") | {"precision": "higher", "recall": "higher"},
        "reference": {"frechet": 2.0, "foreign_frechet": None},
        "warnings": ["few images"],
        "models": list(models),
    } | more


def over_seeds(differences_by_condition, **more):
    """A study of one game and stage: (guide, method, budget) to each training's difference.

    A difference may be (main, foreign).
    """
    count = len(next(iter(differences_by_condition.values())))
    models = []
    for seed in range(count):
        rows = []
        for key, each in differences_by_condition.items():
            both = each[seed] if isinstance(each[seed], tuple) else (each[seed], None)
            rows.append(row(*key, *both))
        models.append(model(rows, seed=seed))
    return study(*models, **more)


def large_study(seeds=4, games=("wgan", "wgan_gp"), stages=(300, 3000)):
    """Everything that a study can hold, with numbers that look like those of a real one."""
    rng = np.random.default_rng(0)
    models = []
    for game in games:
        for stage in stages:
            before = {300: 42.0, 3000: 14.0}[stage]
            models += [_large_model(rng, game, stage, seed, before) for seed in range(seeds)]
    return study(*models)


def _large_model(rng, game, stage, seed, before):
    scores = {"score": 0.2, "real_score": 1.0, "score_spread": 0.5, "score_gain": 0.0}
    rows = [nothing(before, **scores)]
    rows.append(row("", "truncation", 1, -0.04 * before + rng.normal(0, 0.1), before=before))
    for budget in (2, 6, 20, 60, 200):
        change = -0.5 * before * budget / (budget + 100) + rng.normal(0, 0.4)
        rows.append(row("", "more_training", budget, change, before=before))
        for guide in WORTH:
            for method in METHODS:
                if budget == 20 or guide in ("critic", "labels"):
                    rows.append(_large_row(rng, guide, method, budget, before))
    advisers = {
        guide: {
            "auc": 0.5 + worth / 80, "log_loss": 0.6, "log_loss_chance": 0.693,
            "effective_share": 0.1, "overlap": 0.4, "seconds": 30.0, "gflop": 55.0, "gate": None,
        }
        for guide, worth in WORTH.items()
        if guide != "critic"
    }  # fmt: skip
    made = {"game": game, "stage": stage, "seed": seed, "advisers": advisers}
    return made | {"training": {"seconds": 12.0, "gflop": 310.0}, "rows": rows}


def _large_row(rng, guide, method, budget, before):
    worth = WORTH[guide] / 100 * (1 - np.exp(-budget / 12))
    change = -worth * before * SHARE.get(method, 0.6)
    if guide == "critic" and method == "gradient":
        change += 0.0004 * before * budget
    if "temperature" in method:
        change -= worth * before * (1 - float(method.partition("=")[2])) * 0.3
    if method in ("random", "random_pixels"):
        change = 0.001 * before * budget**0.5
    if method == "pixels":
        change = 0.01 * before * budget
    change += rng.normal(0, 0.008 * before)
    foreign = -change if (guide, method) == ("labels", "best_of") else change
    tuned = {"score": 2.0, "real_score": 1.0, "score_spread": 0.5, "score_gain": 1.8}
    if method.startswith("random"):
        tuned["score_gain"] = 0.05
    gains = {"gain_of_lowest": 0.4, "gain_of_highest": 0.1, "gain_error": 0.05}
    extra = {"psnr_db": 41.0, "class_changed": 0.02, **gains, **tuned}
    return row(guide, method, budget, float(change), float(foreign), before, **extra)
