"""Verdicts, the map, refinement against training and temperatures, from numbers by hand."""

import json

import pytest

from tests.synthetic_study import large_study, model, nothing, over_seeds, row, study
from wgan_tf.study.findings import findings_of, temperature_in

GRADIENT, FLOW = ("labels", "gradient", 20), ("labels", "flow", 20)


def findings(made):
    ((stages),) = findings_of(made).values()
    (found,) = stages.values()
    return found


def condition(found, *key):
    (one,) = [c for c in found["conditions"] if (c["guide"], c["method"], c["budget"]) == key]
    return one


def test_means_and_intervals_by_hand():
    found = findings(over_seeds({GRADIENT: [(-1.0, -2.0), (-3.0, -4.0)]}))
    one = condition(found, *GRADIENT)
    assert one["name"] == "gradient by labels at 20"
    assert one["main"]["each"] == [-1.0, -3.0] and one["main"]["mean"] == -2.0
    # t(0.975, 1) = 12.706, standard error 1.
    ends = (one["main"]["low"], one["main"]["high"])
    assert ends == pytest.approx((-2 - 12.706, -2 + 12.706), abs=1e-3)
    assert one["main"]["p"] == pytest.approx(0.295167, abs=1e-6)
    assert one["foreign"]["mean"] == -3.0 and "p_holm" not in one["foreign"]
    assert one["values"]["frechet"] == 48.0 and one["evaluations"] == 20.0
    assert one["gflop_with_fitting"]["1000"] == pytest.approx(0.07)
    assert found["before"] == {"frechet": 50.0, "foreign_frechet": 100.0}
    assert condition(found, "", "nothing", 0)["verdict"] == "unclear"


def test_verdicts_after_the_correction():
    """p of (-1, -1.1, -0.9) x k is 0.0033: enough for one of ten questions, not for one of 20."""
    few = {("labels", f"m{i}", 20): [-5.0, 5.0, 1.0] for i in range(9)}
    sure = {GRADIENT: [-10.0, -11.0, -9.0]}
    one = condition(findings(over_seeds(sure | few)), *GRADIENT)
    assert one["main"]["p"] == pytest.approx(0.00331, abs=1e-4)
    assert one["main"]["p_holm"] == pytest.approx(10 * one["main"]["p"])
    assert one["verdict"] == "better"
    many = few | {("self", f"m{i}", 20): [-5.0, 5.0, 1.0] for i in range(10)}
    assert condition(findings(over_seeds(sure | many)), *GRADIENT)["verdict"] == "unclear"
    # Questions at other budgets and controls are not counted.
    aside = {("self", f"m{i}", 60): [-5.0, 5.0, 1.0] for i in range(20)}
    aside |= {("shuffled", f"m{i}", 20): [-5.0, 5.0, 1.0] for i in range(20)}
    assert condition(findings(over_seeds(sure | aside)), *GRADIENT)["verdict"] == "better"


@pytest.mark.parametrize(
    "each, expected",
    [
        ([10.0, 11.0, 9.0], "worse"),
        ([(-10.0, 1.0), (-11.0, 2.0), (-9.0, 1.0)], "judges disagree"),
        ([(10.0, -1.0), (11.0, -2.0), (9.0, -1.0)], "judges disagree"),
        ([-10.0, 1.0, -1.0], "unclear"),
        ([-0.5, -0.5, -0.5], "unclear"),  # surely, but not more than 1 % of 50
        ([-0.6, -0.6, -0.6], "better"),
    ],
)
def test_verdict_of_three_trainings(each, expected):
    assert condition(findings(over_seeds({GRADIENT: each})), *GRADIENT)["verdict"] == expected


@pytest.mark.parametrize(
    "main, foreign, reach, expected",
    [
        (-3.0, -1.0, 0.5, "better"),
        (-3.0, -1.0, 3.5, "unclear"),
        (-3.0, 1.0, 0.5, "judges disagree"),
        (3.0, 1.0, 0.5, "worse"),
        (-0.4, -0.4, 0.1, "unclear"),
    ],
)
def test_one_training_is_judged_by_its_own_bootstrap(main, foreign, reach, expected):
    made = study(model([row(*GRADIENT, main, foreign, reach=reach)]))
    assert condition(findings(made), *GRADIENT)["verdict"] == expected


def test_one_training_without_a_bootstrap_or_another_judge_is_unclear():
    bare = row(*GRADIENT, -3.0)
    del bare["metrics"]["frechet"]["low"]
    alone = row(*FLOW, -3.0)
    del alone["metrics"]["foreign_frechet"]
    found = findings(study(model([bare, alone])))
    assert {c["verdict"] for c in found["conditions"]} == {"unclear"}
    assert condition(found, *FLOW)["foreign"] is None


def test_a_control_is_judged_without_the_correction():
    many = {("labels", f"m{i}", 20): [-5.0, 5.0, 1.0] for i in range(19)}
    found = findings(over_seeds({("shuffled", "gradient", 20): [-10.0, -11.0, -9.0]} | many))
    one = condition(found, "shuffled", "gradient", 20)
    assert one["verdict"] == "better" and one["main"]["p_holm"] is None
    assert found["map"]["20"] is None  # but it is no way to refine


def test_only_what_all_trainings_have_is_reported():
    failed = {"guide": "labels", "method": "flow", "budget": 20, "failed": "no memory"}
    found = findings(
        study(
            model([row(*GRADIENT, -1.0), row(*FLOW, -1.0)]),
            model([row(*GRADIENT, -2.0), failed], seed=1),
        )
    )
    assert [c["method"] for c in found["conditions"]] == ["nothing", "gradient"]


def test_games_and_stages_are_apart():
    made = study(
        model([row(*GRADIENT, -1.0)], stage=3000),
        model([row(*FLOW, -1.0)], stage=300),
        model([row(*FLOW, -1.0)], game="dcgan"),
    )
    found = findings_of(made)
    assert {game: list(stages) for game, stages in found.items()} == {
        "dcgan": ["300"], "wgan": ["300", "3000"],
    }  # fmt: skip
    methods = [c["method"] for c in found["wgan"]["3000"]["conditions"]]
    assert methods == ["nothing", "gradient"]


def test_map_names_a_winner_or_what_it_is_tied_with():
    best = [-10.0, -10.1, -9.9]
    apart = {GRADIENT: best, FLOW: [-5.0, -5.1, -5.0]}
    assert findings(over_seeds(apart))["map"]["20"] == {
        "best": "gradient by labels at 20", "tied": [], "lower": [], "winner": True,
    }  # fmt: skip
    close = {GRADIENT: best, FLOW: [-9.8, -10.2, -9.7]}
    assert findings(over_seeds(close))["map"]["20"] == {
        "best": "gradient by labels at 20",
        "tied": ["flow by labels at 20"],
        "lower": [],
        "winner": False,
    }
    # Lower in the mean, but all over the place: nothing sure, and yet no winner beside it.
    wild = {GRADIENT: best, FLOW: [-40.0, 3.0, -1.0]}
    place = findings(over_seeds(wild))["map"]["20"]
    assert place["lower"] == ["flow by labels at 20"] and not place["winner"]


def test_map_leaves_out_what_a_user_does_not_have():
    found = findings(
        over_seeds(
            {
                ("oracle", "gradient", 20): [-20.0, -20.1, -19.9],
                ("labels", "random", 20): [-20.0, -20.1, -19.9],
                ("", "more_training", 20): [-20.0, -20.1, -19.9],
                GRADIENT: [-10.0, -10.1, -9.9],
                ("labels", "gradient", 60): [10.0, 10.1, 9.9],
            }
        )
    )
    assert found["map"]["20"]["best"] == "gradient by labels at 20"
    assert found["map"]["20"]["winner"] and found["map"]["60"] is None


def test_refinement_against_more_training():
    training = ("", "more_training", 20)
    found = findings(over_seeds({GRADIENT: [-10.0, -11.0, -9.0], training: [-4.0, -5.5, -3.5]}))
    against = found["against_training"]["20"]
    # Differences -6, -5.5, -5.5.
    assert against["difference"]["mean"] == pytest.approx(-17 / 3)
    assert against["fair"] == pytest.approx(-17 / 3)
    assert against["verdict"] == "refinement"
    assert against["gflop"] == pytest.approx({"refinement": 0.07, "training": 0.07})
    lost = findings(over_seeds({GRADIENT: [-4.0, -5.5, -3.5], training: [-10.0, -11.0, -9.0]}))
    assert lost["against_training"]["20"]["verdict"] == "training"
    assert against["foreign"] == pytest.approx(-17 / 3)
    mixed = {GRADIENT: [(-10.0, 1.0), (-11.0, 1.0), (-9.0, -3.0)], training: [-4.0, -5.5, -3.5]}
    # By the other judge training has won: -1/3 against -13/3.
    apart = findings(over_seeds(mixed))["against_training"]["20"]
    assert apart["foreign"] == pytest.approx(4.0) and apart["verdict"] == "unclear"
    even = findings(over_seeds({GRADIENT: [-4.0, -11.0, -3.5], training: [-10.0, -5.5, -9.0]}))
    assert even["against_training"]["20"]["verdict"] == "unclear"


def test_the_luck_of_being_chosen_is_no_gain_over_training():
    """Each way is best in one training: chosen by the other one, it is the poorer."""
    made = over_seeds(
        {GRADIENT: [-10.0, 0.0], FLOW: [0.0, -10.0], ("", "more_training", 20): [-2.0, -2.0]}
    )
    against = findings(made)["against_training"]["20"]
    assert against["difference"]["mean"] == -3.0 and against["fair"] == 2.0
    assert against["verdict"] == "unclear"


def test_temperatures():
    assert temperature_in("langevin") == 1.0
    assert temperature_in("langevin:temperature=0.25") == 0.25
    assert temperature_in("langevin:rate=0.1") is None
    assert temperature_in("langevin:temperature=0.5,rate=0.1") is None
    assert temperature_in("gradient") is None
    keys = ("langevin", "langevin:temperature=0.5", "gradient")
    found = findings(over_seeds({("labels", key, 20): [-1.0, -2.0] for key in keys}))
    (group,) = found["temperature"]
    assert [point["temperature"] for point in group["points"]] == [0.5, 1.0]
    assert group["points"][0]["values"]["precision"] == pytest.approx(0.515)
    alone = findings(over_seeds({("labels", "langevin", 20): [-1.0, -2.0]}))
    assert alone["temperature"] == []


def test_advisers_are_means_over_trainings():
    def advised(seed, auc, loss):
        facts = {"auc": auc, "log_loss": loss, "seconds": 1.0, "gate": None}
        return model([], seed=seed, advisers={"labels": facts})

    found = findings(study(advised(0, 0.8, 0.3), advised(1, 0.6, None)))
    assert found["advisers"]["labels"]["auc"] == pytest.approx(0.7)
    assert found["advisers"]["labels"]["log_loss"] is None
    assert findings(study(advised(0, 0.8, 0.3), model([], seed=1)))["advisers"] == {}


def test_json_holds_all_of_it():
    found = findings_of(large_study(seeds=2, games=("wgan",)))
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    assert nothing()["metrics"]["frechet"]["value"] == 50.0
