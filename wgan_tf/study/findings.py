"""What the numbers of all models say on each claim of the original, and on when to stop.

A difference is (after - before) on the same z's. Of one condition over several trainings it is
"better" or "worse" where every training's 95 % interval lies on that side of zero, else "unclear".
"""

import numpy as np

from wgan_tf.metrics import METRICS
from wgan_tf.metrics.metric import CHANCE
from wgan_tf.study.experiments import RATE, RULES, STEPS, Z_RATES, Condition
from wgan_tf.study.spread import mean_interval

METRIC = "frechet"
# Changes that cannot be seen on a screen; the share of the gain that chance may reach.
INVISIBLE_DB, BY_CHANCE = 35.0, 0.1
# A change smaller than this share of what it is measured against counts as none.
NOTHING = 0.02


def findings_by_stage(study: dict) -> dict:
    """Everything that `report.study_in_words` says.

    Args:
        study: what `modes/study.py` measured: `models` with `seed`, `stage` and `conditions`.

    Returns:
        By stage (as text): `verdicts` of every condition, the five `claims`, the `rules`.
    """
    stages = {}
    for stage in sorted({model["stage"] for model in study["models"]}):
        models = [model["conditions"] for model in study["models"] if model["stage"] == stage]
        best = attainable(models)
        pixels, latents = (helps(models, name) for name in ("image_iterator", "z_iterator"))
        stages[str(stage)] = {
            "before": over_seeds(models, "nothing", METRIC),
            "conditions": {key: over_seeds(models, key, METRIC) for key in models[0]},
            "attainable": best,
            "claims": {
                "critic_fooled": critic_fooled(models),
                "pixels_do_not_help": {"holds": not pixels["helps"], **pixels},
                "z_helps": {"holds": latents["helps"], **latents},
                "low_scores_gain_most": low_scores_gain_most(models),
                "too_few_too_many": too_few_too_many(models),
            },
            "rules": {rule: rule_outcome(models, rule, best) for rule in RULES},
            "turning_point": turning_point(models),
        }
    return stages


def over_seeds(models: list[dict], key: str, metric: str) -> dict:
    """A metric and its difference to before over the trainings of one stage.

    Returns:
        Means, every training's own difference, the verdict, and the ends of the 95 % interval of
        the mean difference that the spread between trainings gives (Student's t).
    """
    entries = [model[key]["metrics"].get(metric) for model in models]
    if not all(entries):
        return {"verdict": "not measured", "failed": sum(not entry for entry in entries)}
    differences = np.array([entry["difference"] for entry in entries])
    mean, low, high = mean_interval(differences)
    return {
        "value": float(np.mean([entry["value"] for entry in entries])),
        "difference": mean,
        "low": low,
        "high": high,
        "each": differences.tolist(),
        "verdict": verdict(entries, METRICS[metric].better),
    }


def verdict(entries: list[dict], better: str | None) -> str:
    """"better", "worse" or "unclear": what all trainings' intervals agree on."""
    if better is None:
        return "unclear"
    if better == CHANCE:
        ends = [_towards_chance(e) for e in entries]
    else:
        sign = 1 if better == "higher" else -1
        ends = [
            sorted((sign * e["difference_low"], sign * e["difference_high"])) for e in entries
        ]
    if all(low > 0 for low, _ in ends):
        return "better"
    return "worse" if all(high < 0 for _, high in ends) else "unclear"


def _towards_chance(entry: dict) -> tuple[float, float]:
    """Between which ends the way towards one half lies, negative where it leads away."""
    before = entry["value"] - entry["difference"]
    after = [before + entry[name] for name in ("difference_low", "difference_high")]
    near, far = sorted(abs(value - 0.5) for value in after)
    if min(after) < 0.5 < max(after):
        near = 0.0
    return abs(before - 0.5) - far, abs(before - 0.5) - near


def keys_of(models: list[dict], method: str, rate: float | None = None) -> list[str]:
    """The conditions of a method that every training could be measured under."""
    return [
        key
        for key, entry in models[0].items()
        if entry["method"] == method
        and rate in (None, entry["rate"])
        and all(model[key]["metrics"] for model in models)
    ]


def attainable(models: list[dict], method="z_iterator", rate: float | None = None) -> dict:
    """What the best rate and number of steps of a method reaches.

    The best of many conditions looks better than it is. So each training is also measured under
    the condition that is best for the *other* trainings: `chosen_by_others`.
    """
    keys = keys_of(models, method, rate)
    table = np.array([[m[key]["metrics"][METRIC]["difference"] for key in keys] for m in models])
    best = int(table.mean(0).argmin())
    fair = None
    if len(models) > 1:
        others = [np.delete(table, i, 0).mean(0).argmin() for i in range(len(models))]
        fair = float(np.mean([table[i, j] for i, j in enumerate(others)]))
    return {
        "key": keys[best],
        **over_seeds(models, keys[best], METRIC),
        "chosen_by_others": fair,
    }


def critic_fooled(models: list[dict]) -> dict:
    """Claim 1: pixel changes that cannot be seen raise the score to that of real images, and by
    at least the spread of the samples' own scores; random changes of the same length do not.
    """
    trainings = []
    for model in models:
        start = model["nothing"]
        goal = max(start["real_score"], start["score"] + start["score_spread"])
        tuned = [model[Condition("image_iterator", RATE, steps).key] for steps in STEPS]
        # Without a finite PSNR most images did not move: such a score was there from the start.
        reaching = [
            entry for entry in tuned if entry["score"] >= goal and entry["psnr_db"] is not None
        ]
        if not reaching:
            trainings.append({"goal": goal})
            continue
        least = min(reaching, key=lambda entry: entry["pixel_change"])
        chance = model[Condition("random_pixels", RATE, least["steps"]).key]
        outcome = ("score_gain", "class_changed")
        fields = ("steps", "pixel_change", "psnr_db", *outcome)
        trainings.append(
            {"goal": goal}
            | {field: least[field] for field in fields}
            | {f"{field}_by_chance": chance[field] for field in outcome}
        )
    holds = all(
        "steps" in one
        and one["psnr_db"] >= INVISIBLE_DB
        and one["score_gain_by_chance"] <= BY_CHANCE * one["score_gain"]
        for one in trainings
    )
    return {"holds": holds, "each": trainings}


def helps(models: list[dict], method: str) -> dict:
    """Claims 2 and 3: which conditions of a method make samples better, by the judge.

    A method helps where one of its conditions is better by more than `NOTHING`, and so is the
    mean change under the conditions that the other trainings choose.
    """
    by_verdict: dict[str, list[str]] = {"better": [], "worse": [], "unclear": []}
    for key in keys_of(models, method):
        by_verdict[over_seeds(models, key, METRIC)["verdict"]].append(key)
    best = attainable(models, method)
    least = -NOTHING * over_seeds(models, "nothing", METRIC)["value"]
    changes = [best["difference"], best["chosen_by_others"]]
    return {
        "helps": best["verdict"] == "better" and all(c is None or c < least for c in changes),
        **by_verdict,
        "best": best,
    }


def low_scores_gain_most(models: list[dict]) -> dict:
    """Claim 4: the lower the critic's score before, the more the judge finds an image improved.

    What is low by chance rises by chance: a random move of the same length shows how much.
    """
    key = attainable(models, rate=RATE)["key"]
    control = Condition("random_z", RATE, models[0][key]["steps"]).key
    trainings = []
    for model in models:
        moved, chance = model[key], model[control]
        if moved.get("by_score") is None:
            return {"holds": None, "key": key, "each": []}
        gains = [group["realism_gain"] for group in moved["by_score"]]
        by_chance = [group["realism_gain"] for group in chance["by_score"]]
        errors = [group["realism_gain_error"] for group in moved["by_score"]]
        trainings.append(
            {
                "correlation": moved["gain_against_start"],
                "correlation_by_chance": chance["gain_against_start"],
                "gains": gains,
                "gains_by_chance": by_chance,
                "lowest_minus_highest": gains[0] - gains[-1],
                "error": float(np.hypot(errors[0], errors[-1])),
                "by_chance": by_chance[0] - by_chance[-1],
            }
        )
    holds = all(
        one["lowest_minus_highest"] > max(one["by_chance"], 0) + 2 * one["error"]
        for one in trainings
    )
    return {"holds": holds, "key": key, "each": trainings}


def too_few_too_many(models: list[dict]) -> dict:
    """Claim 5: the fewest steps change nothing, the most lead astray."""
    few = over_seeds(models, Condition("z_iterator", Z_RATES[0], STEPS[0]).key, METRIC)
    many = over_seeds(models, Condition("z_iterator", Z_RATES[-1], STEPS[-1]).key, METRIC)
    start = over_seeds(models, "nothing", METRIC)["value"]
    return {
        "too_few": abs(few["difference"]) <= NOTHING * start,
        "too_many": many["verdict"] == "worse",
        "fewest": few,
        "most": many,
    }


def rule_outcome(models: list[dict], rule: str, best: dict) -> dict:
    """What a stopping rule reaches, and the share of the attainable gain that it keeps."""
    outcome = over_seeds(models, Condition(rule, RATE).key, METRIC)
    share = None
    if best.get("verdict") == "better" and "difference" in outcome:
        share = outcome["difference"] / best["difference"]
    return outcome | {"kept": share}


def turning_point(models: list[dict]) -> list[dict]:
    """For each training and rate, the mean score above real images' at which the distance is
    lowest: 0 where gain turns into harm at the level of real images.
    """
    points = []
    for model in models:
        for rate in Z_RATES:
            entries = [model["nothing"]] + [
                entry
                for entry in model.values()
                if (entry["method"], entry["rate"]) == ("z_iterator", rate) and entry["metrics"]
            ]
            best = min(entries, key=lambda entry: entry["metrics"][METRIC]["value"])
            points.append(
                {
                    "rate": rate,
                    "steps": best["steps"] or 0,
                    "score_above_real": best["score"] - best["real_score"],
                    "start_above_real": entries[0]["score"] - entries[0]["real_score"],
                }
            )
    return points
