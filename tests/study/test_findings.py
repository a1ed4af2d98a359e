"""Verdicts, claims and the report, from numbers that are written out by hand."""

import copy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wgan_tf.study.experiments import RULES, STEPS, conditions
from wgan_tf.study.findings import attainable, findings_by_stage, over_seeds, verdict
from wgan_tf.study.report import study_in_words
from wgan_tf.visualize.study_plots import plot_study


def entry(condition, difference, width=0.5, score=1.0):
    metric = {
        "value": 100.0 + difference,
        "low": 99.0,
        "high": 101.0,
        "difference": difference,
        "difference_low": difference - width,
        "difference_high": difference + width,
    }
    gains = [0.5, 0.4, 0.3, 0.2, 0.1] if condition.method == "z_iterator" else [0.0] * 5
    return {
        "method": condition.method,
        "rate": condition.rate,
        "steps": condition.steps,
        "score": score,
        "score_spread": 0.5,
        "score_gain": score,
        "real_score": 0.9,
        "pixel_change": 0.001 * (condition.steps or 0),
        "psnr_db": 40.0,
        "class_changed": 0.01,
        "gain_against_start": -0.5,
        "by_score": [
            {"score_before": i, "score_gain": 1.0, "realism_gain": g, "realism_gain_error": 0.01}
            for i, g in enumerate(gains)
        ],
        "metrics": {"frechet": metric, "variety": metric},
    }


def model(shift=0.0):
    """z helps most at rate 0.01 with 10 steps, pixels harm, the longest way is astray."""
    entries = {}
    for condition in conditions():
        table = {"nothing": 0.0, "image_iterator": 3.0, "real_level": -8.0}
        change = table.get(condition.method, 1.0)
        score = 0.0 if condition.method in ("nothing", "random_pixels") else 2.0
        if condition.method == "z_iterator":
            table = {(0.003, 1): -0.4, (0.01, 10): -10.0 + shift, (0.03, 100): 50.0}
            change = table.get((condition.rate, condition.steps), -1.0)
        entries[condition.key] = entry(condition, change, 0.0 if change == 0 else 0.5, score)
    return entries


def study(*models):
    made = {
        "config": {"dataset": "digits"},
        "judge": "classifier",
        "samples": 100,
        "real_images": 90,
        "reference": {"frechet": 2.0, "variety": 1.0},
        "warnings": ["few images"],
        "models": [
            {"seed": seed, "stage": 300, "conditions": table} for seed, table in enumerate(models)
        ],
    }
    return made | {"findings": findings_by_stage(made)}


@pytest.mark.parametrize(
    "intervals, better, expected",
    [
        ([(-3, -1), (-2, -0.1)], "lower", "better"),
        ([(-3, -1), (-2, 0.1)], "lower", "unclear"),
        ([(3, 4), (1, 2)], "lower", "worse"),
        ([(3, 4), (1, 2)], "higher", "better"),
        ([(-4, -3)], "higher", "worse"),
        ([(-4, -3), (3, 4)], "higher", "unclear"),
        ([(3, 4)], None, "unclear"),
    ],
)
def test_verdict_is_what_every_training_agrees_on(intervals, better, expected):
    entries = [{"difference_low": low, "difference_high": high} for low, high in intervals]
    assert verdict(entries, better) == expected


@pytest.mark.parametrize(
    "value, difference, ends, expected",
    [
        (0.6, -0.3, (-0.35, -0.25), "better"),
        (0.14, -0.76, (-0.8, -0.7), "unclear"),
        (0.14, -0.36, (-0.4, -0.3), "worse"),
        (0.45, -0.15, (-0.3, -0.05), "unclear"),
        (0.5, 0.36, (0.3, 0.4), "better"),
    ],
)
def test_a_classifier_that_is_wrong_tells_apart_too(value, difference, ends, expected):
    low, high = ends
    entry = {"value": value, "difference": difference}
    entry |= {"difference_low": low, "difference_high": high}
    assert verdict([entry], "near 0.5") == expected


def test_over_seeds_by_hand():
    models = [{"x": {"metrics": {"frechet": m}}} for m in (
        {"value": 9.0, "difference": 1.0, "difference_low": 0.5, "difference_high": 2.0},
        {"value": 11.0, "difference": 3.0, "difference_low": 2.0, "difference_high": 4.0},
    )]  # fmt: skip
    result = over_seeds(models, "x", "frechet")
    assert (result["value"], result["difference"], result["verdict"]) == (10.0, 2.0, "worse")
    # t(0.975, 1) = 12.706, standard error of 1 and 3: 1.
    assert (result["low"], result["high"]) == pytest.approx((2 - 12.706, 2 + 12.706), abs=1e-3)
    alone = over_seeds(models[:1], "x", "frechet")
    assert alone["low"] is None
    models[0]["x"]["metrics"] = {}
    assert over_seeds(models, "x", "frechet")["verdict"] == "not measured"


def test_what_is_attainable_is_also_chosen_by_the_others():
    # The second training's own best is not what the first would choose.
    models = [model(), model()]
    models[1]["z_iterator 0.01 10"] = entry(conditions()[0], -2.0) | {
        "method": "z_iterator", "rate": 0.01, "steps": 10,
    }  # fmt: skip
    models[1]["z_iterator 0.003 3"]["metrics"]["frechet"]["difference"] = -6.0
    best = attainable(models)
    assert best["key"] == "z_iterator 0.01 10" and best["difference"] == -6.0
    # The first, judged by the second's choice (0.003, 3): -1; the second by the first's: -2.
    assert best["chosen_by_others"] == -1.5


def test_claims_that_hold():
    (findings,) = study(model(), model(0.5), model(-0.5))["findings"].values()
    claims = findings["claims"]
    assert claims["critic_fooled"]["holds"]
    # The smallest change that reaches the level of real images.
    assert claims["critic_fooled"]["each"][0]["steps"] == STEPS[0]
    assert claims["pixels_do_not_help"]["holds"]
    assert len(claims["pixels_do_not_help"]["worse"]) == 10
    assert claims["z_helps"]["holds"] and claims["low_scores_gain_most"]["holds"]
    assert claims["too_few_too_many"]["too_few"] and claims["too_few_too_many"]["too_many"]
    assert findings["rules"]["real_level"]["kept"] == pytest.approx(0.8)
    assert findings["attainable"]["key"] == "z_iterator 0.01 10"
    (at,) = {o["steps"] for o in findings["turning_point"] if o["rate"] == 0.01}
    assert at == 10 and findings["turning_point"][0]["start_above_real"] == pytest.approx(-0.9)


def test_claims_that_do_not_hold():
    other = copy.deepcopy(model())
    for key, row in other.items():
        if row["method"] == "random_pixels":
            row["score_gain"] = 1.9
        if row["method"] == "z_iterator":
            change = {"z_iterator 0.003 1": 30.0, "z_iterator 0.03 100": 0.1}.get(key, 1.0)
            row["metrics"]["frechet"].update(
                difference=change, difference_low=change - 0.5, difference_high=change + 0.5
            )
        if row["method"] == "image_iterator":
            row["metrics"]["frechet"].update(
                difference=-9.0, difference_low=-10.0, difference_high=-8.0
            )
        for group in row["by_score"]:
            group["realism_gain"] = 0.0
    (findings,) = study(other, other)["findings"].values()
    claims = findings["claims"]
    assert not claims["critic_fooled"]["holds"]  # noise fools it as well
    assert not claims["pixels_do_not_help"]["holds"]
    assert not claims["z_helps"]["holds"] and not claims["low_scores_gain_most"]["holds"]
    assert not claims["too_few_too_many"]["too_few"]
    assert not claims["too_few_too_many"]["too_many"]
    assert findings["rules"]["real_level"]["kept"] is None  # of no gain there is no share


def test_a_sure_but_tiny_gain_is_no_help():
    tiny = model()
    for row in tiny.values():
        if row["method"] == "z_iterator":
            row["metrics"]["frechet"].update(
                difference=-0.5, difference_low=-0.6, difference_high=-0.4
            )
    (findings,) = study(tiny, tiny)["findings"].values()
    assert findings["attainable"]["verdict"] == "better"
    assert not findings["claims"]["z_helps"]["holds"]


def test_a_dead_critic_is_not_fooled():
    """All scores alike and no gradient: pixels stay, and JSON has no infinite PSNR."""
    dead = copy.deepcopy(model())
    for row in dead.values():
        row.update(score=0.9, score_spread=0.0, score_gain=0.0, pixel_change=0.0, psnr_db=None)
    made = study(dead, dead)
    claim = made["findings"]["300"]["claims"]["critic_fooled"]
    assert not claim["holds"] and claim["each"] == [{"goal": 0.9}] * 2
    assert "Not found: in 0 of 2 trainings" in study_in_words(made, [])


def test_report_says_what_was_found(tmp_path):
    made = study(model(), model(0.5))
    text = study_in_words(made, [Path("images/study_steps_300.png")])
    assert "## After 300 iterations" in text and "few images" in text
    assert "![study_steps_300](images/study_steps_300.png)" in text
    assert "gains 2.00, 2.00; a random change of the same length gains 0.00, 0.00" in text
    assert "3. *z tuning does.* Holds" in text
    assert "2. *Pixel tuning does not make images better.* Holds" in text
    assert "| each sample until it scores as real images do on average | -8.00" in text
    assert "nan" not in text.lower() and "None" not in text


def test_a_condition_that_could_not_be_measured_is_left_out(tmp_path):
    broken = model()
    broken["z_iterator 0.03 100"]["metrics"] = {}
    broken["image_iterator 0.01 100"]["metrics"] = {}
    made = study(broken, model())
    assert "not measured" in study_in_words(made, [])
    (findings,) = made["findings"].values()
    assert not findings["claims"]["too_few_too_many"]["too_many"]


def test_plots_of_a_study(tmp_path):
    row = np.zeros((8, 40), np.uint8)
    for key in model():
        path = tmp_path / "measured" / "seed-0-300" / f"{key.replace(' ', '-')}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(row).save(path)
    paths = plot_study(tmp_path / "images", tmp_path / "measured", study(model(), model()))
    assert [path.stem for path in paths] == [
        "study_steps_300", "study_trade_300", "study_gain_300", "study_samples_300",
    ]  # fmt: skip
    for path in paths:
        pixels = np.asarray(Image.open(path).convert("L"))
        assert pixels.std() > 5 and pixels.shape[1] == 1440
    assert set(RULES) <= {condition.method for condition in conditions()}
