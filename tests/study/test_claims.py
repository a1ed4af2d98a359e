"""The five claims by adviser, from numbers that are written out by hand."""

import pytest

from tests.synthetic_study import model, nothing, over_seeds, row, study
from wgan_tf.study.findings import findings_of

GRADIENT = ("labels", "gradient", 20)


def claims(made):
    return findings_of(made)["wgan"]["300"]["claims"]


def fooled(score=2.0, psnr=40.0, by_chance=0.1, **more):
    """Two trainings; of real images the mean score is 1, before it is 0 with a spread of 1.5."""
    scores = {"real_score": 1.0, "score_spread": 1.5}
    start = nothing(score=0.0, score_gain=0.0, **scores)
    tuned = {"score": score, "score_gain": score, "psnr_db": psnr} | scores
    control = {"score": by_chance, "score_gain": by_chance, "psnr_db": psnr} | scores
    rows = [start, row("critic", "pixels", 20, 1.0, **tuned)]
    if by_chance is not None:
        rows.append(row("critic", "random_pixels", 20, 1.0, **control))
    rows.append(row("critic", "pixels", 6, 1.0, **tuned | {"score": 0.5} | more))
    one = {"game": "wgan", "stage": 300, "rows": rows}
    (claim,) = claims(study(one | {"seed": 0}, one | {"seed": 1}))["critic_fooled"]
    return claim


@pytest.mark.parametrize(
    "numbers, holds",
    [
        ({}, True),
        ({"score": 1.4}, False),  # above real images, but not by the spread
        ({"psnr": 34.0}, False),  # can be seen
        ({"psnr": None}, False),  # no image moved
        ({"by_chance": 0.21}, False),  # more than a tenth of 2
        ({"by_chance": 0.2}, True),
        ({"by_chance": None}, None),  # nothing to compare with
    ],
)
def test_critic_fooled(numbers, holds):
    claim = fooled(**numbers)
    assert claim["holds"] is holds and claim["guide"] == "critic"
    if holds:
        assert claim["budget"] == 20 and claim["trainings"][0]["goal"] == 1.5


def test_critic_fooled_in_every_training_or_not_at_all():
    scores = {"real_score": 1.0, "score_spread": 0.5}
    models = []
    for seed, score in enumerate((2.0, 0.9)):
        tuned = {"score": score, "score_gain": score, "psnr_db": 40.0} | scores
        control = tuned | {"score_gain": 0.0}
        rows = [
            nothing(score=0.0, **scores),
            row("critic", "pixels", 20, 1.0, **tuned),
            row("critic", "random_pixels", 20, 1.0, **control),
        ]
        models.append({"game": "wgan", "stage": 300, "seed": seed, "rows": rows})
    (claim,) = claims(study(*models))["critic_fooled"]
    assert claim["holds"] is False
    assert [one["reached"] for one in claim["trainings"]] == [True, False]


def test_points_have_no_scores_and_no_opinion():
    made = over_seeds({("critic", "pixels", 20): [1.0, 2.0], GRADIENT: [-1.0, -1.0]})
    assert claims(made)["critic_fooled"] == [{"guide": "critic", "holds": None}]
    (gain,) = claims(made)["low_scores_gain_most"]
    assert gain["holds"] is None


def test_pixels_and_z_by_adviser():
    made = claims(
        over_seeds(
            {
                ("critic", "pixels", 6): [5.0, 5.1, 4.9],
                ("critic", "pixels", 20): [-0.1, 0.2, 0.1],
                ("labels", "pixels", 6): [-5.0, -5.1, -4.9],
                ("critic", "gradient", 6): [5.0, 5.1, 4.9],
                ("labels", "gradient", 6): [-2.0, -2.1, -1.9],
                ("labels", "gradient", 20): [-5.0, -5.1, -4.9],
                ("labels", "gradient", 60): [-30.0, 30.0, -20.0],
            }
        )
    )
    pixels = {one["guide"]: one for one in made["pixels_do_not_help"]}
    assert pixels["critic"]["holds"] and pixels["critic"]["worse"] == [6]
    assert not pixels["labels"]["holds"] and pixels["labels"]["better"] == [6]
    z = {one["guide"]: one for one in made["z_helps"]}
    assert z["labels"]["holds"] and not z["critic"]["holds"]
    # The lowest of those that are sure, not the lowest mean of all.
    assert (z["labels"]["budget"], z["labels"]["mean"]) == (20, pytest.approx(-5.0))
    # Others choose 20 for the first, and 60 for the second (-25) and third (0 against -5.05: 20).
    assert z["labels"]["chosen_by_others"] == pytest.approx((-5.0 + 30.0 - 4.9) / 3)


def gains(lowest, highest, error, by_chance=None):
    moved = {"gain_of_lowest": lowest, "gain_of_highest": highest, "gain_error": error}
    rows = [row(*GRADIENT, -5.0, **moved)]
    if by_chance is not None:
        control = {"gain_of_lowest": by_chance, "gain_of_highest": 0.0, "gain_error": error}
        rows.append(row("labels", "random", 20, 0.0, **control))
    return rows


@pytest.mark.parametrize(
    "second, holds",
    [
        (gains(0.4, 0.1, 0.1), True),
        (gains(0.4, 0.1, 0.16), False),
        (gains(0.1, 0.4, 0.01), False),
    ],
)
def test_low_scores_gain_most_in_every_training(second, holds):
    made = study(model(gains(0.4, 0.1, 0.1)), model(second, seed=1))
    (claim,) = claims(made)["low_scores_gain_most"]
    assert claim["holds"] is holds
    assert claim["trainings"][0]["lowest_minus_highest"] == pytest.approx(0.3)


@pytest.mark.parametrize("by_chance, holds", [(0.29, True), (0.31, False)])
def test_what_rises_by_chance_is_no_gain(by_chance, holds):
    (claim,) = claims(study(model(gains(0.4, 0.1, 0.1, by_chance))))["low_scores_gain_most"]
    assert claim["holds"] is holds


@pytest.mark.parametrize(
    "fewest, most, too_few, too_many",
    [
        ([-0.9, -1.1, -1.0], [10.0, 11.0, 9.0], True, True),
        ([-1.9, -2.1, -2.0], [10.0, 11.0, 9.0], False, True),
        ([-0.9, -1.1, -1.0], [-5.0, 1.0, -25.0], True, False),
        # Not worse than before, but surely worse than the best.
        ([-0.9, -1.1, -1.0], [-5.0, -5.1, -4.9], True, True),
    ],
)
def test_too_few_and_too_many(fewest, most, too_few, too_many):
    made = over_seeds(
        {
            ("labels", "gradient", 2): fewest,
            GRADIENT: [-10.0, -10.1, -9.9],
            ("labels", "gradient", 200): most,
        }
    )
    (claim,) = claims(made)["too_few_too_many"]
    assert (claim["too_few"], claim["too_many"]) == (too_few, too_many)
    assert claim["holds"] is (too_few and too_many)
    assert claim["best"]["budget"] == 20 and claim["most"]["budget"] == 200


def test_worse_than_before_is_astray_however_uneven_the_best_is():
    uneven = {GRADIENT: [-60.0, 40.0, -10.0], ("labels", "gradient", 200): [5.0, 5.1, 4.9]}
    (claim,) = claims(over_seeds(uneven))["too_few_too_many"]
    assert claim["too_many"] and claim["most_to_best"]["low"] < 0


def test_one_budget_says_nothing_of_too_few():
    (claim,) = claims(over_seeds({GRADIENT: [-1.0, -1.0]}))["too_few_too_many"]
    assert claim == {"guide": "labels", "holds": None}
