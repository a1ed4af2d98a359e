"""What the numbers advise, and the command that does it."""

import pytest

from tests.synthetic_study import over_seeds
from wgan_tf.study.advice import command
from wgan_tf.study.findings import findings_of


def advice(made):
    return {one["case"]: one for one in findings_of(made)["wgan"]["300"]["advice"]}


def near(mean):
    return [mean, 1.01 * mean, 0.99 * mean]


@pytest.mark.parametrize(
    "key, expected",
    [
        (
            ("labels", "gradient", 20),
            "--mode=refine --method=gradient --budget=20 --ratio_features=labels",
        ),
        (("critic", "best_of", 2), "--mode=refine --method=best_of --budget=2 --guide=critic"),
        (
            ("self", "resampling+gradient", 60),
            "--mode=refine --method=resampling:budget=30,gradient --budget=60 "
            "--ratio_features=self",
        ),
        (
            ("rescaled", "langevin:temperature=0.5", 6),
            "--mode=refine --method=langevin:temperature=0.5 --budget=6 --ratio_features=score",
        ),
        (
            ("critic_features", "flow", 6),
            "--mode=refine --method=flow --budget=6 --ratio_features=critic",
        ),
        (("", "truncation", 1), "--mode=refine --method=truncation --budget=1"),
        (("labels", "pixels", 20), "--mode=image_iterator --ratio_features=labels"),
    ],
)
def test_commands(key, expected):
    assert command(dict(zip(("guide", "method", "budget"), key, strict=True))) == expected


def test_advice_by_budget_and_without_labels():
    said = advice(
        over_seeds(
            {
                ("labels", "gradient", 2): near(-1.0),
                ("self", "gradient", 6): near(-2.0),
                ("labels", "gradient", 20): near(-10.0),
                ("self", "flow", 20): near(-8.0),
                ("labels", "gradient", 60): near(9.0),
            }
        )
    )
    assert said["few evaluations (at most 6)"]["name"] == "gradient by self at 6"
    assert said["about 20"]["name"] == "gradient by labels at 20"
    # 10 of 50.
    assert said["about 20"]["text"].startswith(
        "gradient by a ratio in features that learnt labels, 20 evaluations a sample: the "
        "distance falls by 20.0% (`--mode=refine --method=gradient"
    )
    assert said["60 or more"]["name"] is None
    assert "nothing that was tried" in said["60 or more"]["text"]
    assert said["no labels"]["name"] == "flow by self at 20"


def test_the_cheapest_of_what_is_as_good():
    made = {
        ("labels", "gradient", 60): [-10.0, -10.3, -9.8],
        ("labels", "gradient", 20): [-9.9, -9.9, -10.0],  # tied, and a third of the price
        ("labels", "gradient", 2): [-4.0, -4.0, -4.1],
    }
    said = advice(over_seeds(made))["samples by the ten thousand"]
    assert said["name"] == "gradient by labels at 20"
    # 0.02 of refining, 50 / 10,000 of fitting; a ten thousandth of 50 beside 0.06.
    assert "0.025 GFLOP a sample" in said["text"]
    assert "the best, gradient by labels at 60, gains 20.1% for 0.065" in said["text"]


def test_one_training_does_not_make_a_poor_way_as_good():
    """With one training nothing can be told apart, so the gain itself must be nearly as large."""
    said = advice(over_seeds({("labels", "flow", 60): [-10.0], ("labels", "flow", 2): [-1.0]}))
    assert said["samples by the ten thousand"]["name"] == "flow by labels at 60"
