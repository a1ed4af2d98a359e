"""The report says what was found, and nothing else."""

from pathlib import Path

import pytest

from tests.synthetic_study import large_study, model, over_seeds, row, study
from wgan_tf.study.findings import findings_of
from wgan_tf.study.report import study_in_words
from wgan_tf.study.report_tables import common_budget, line, signed

GRADIENT, FLOW = ("labels", "gradient", 20), ("labels", "flow", 20)
CRITIC = ("critic", "gradient", 20)


def near(mean, foreign=None):
    each = (mean, 1.01 * mean, 0.99 * mean)
    return [(one, one if foreign is None else foreign) for one in each]


def text_of(made, pictures=()):
    return study_in_words(made, findings_of(made), pictures)


def rows_of(text, first):
    return [line for line in text.splitlines() if line.startswith(f"| {first} |")]


@pytest.mark.parametrize(
    "value, before, expected",
    [
        (-4.126, 42.0, "-4.13"), (-4.126, 142.0, "-4.1"), (0.00012, 0.05, "+0.00012"),
        (3.0, None, "+3.00"), (-0.25, 1.0, "-0.250"), (-0.001, 42.0, "+0.00"),
    ],
)  # fmt: skip
def test_decimals_follow_the_distance(value, before, expected):
    assert signed(value, before) == expected


def test_a_bar_in_a_cell_ends_no_cell():
    assert line(["a|b", 3]) == "| a/b | 3 |"


def test_common_budget():
    def at(*budgets):
        return [{"budget": b, "method": "flow"} for b in budgets]

    assert common_budget(at(60, 60, 20)) == 20
    assert common_budget(at(6, 60, 60)) == 60


def test_what_was_measured_and_in_short():
    made = over_seeds(
        {
            GRADIENT: near(-10.0),
            CRITIC: near(5.0),
            ("shuffled", "gradient", 20): [1.0, -1.0, 0.5],
            ("", "more_training", 20): near(-4.0),
        }
    )
    text = text_of(made)
    assert text.startswith("# Which advice makes samples better? digits\n")
    assert "1,000 samples" in text and "10,000 real ones" in text and "few images" in text
    assert "3 of wgan after 300 iterations" in text
    best = "**Best at 20 evaluations.** wgan after 300: gradient by labels at 20, -20.0% ▲."
    assert best in text
    assert "gradient in z.** wgan after 300: +10.0% at 20, worse." in text
    assert "wgan after 300: refining wins at 20." in text
    assert "| -6.00 [" in text and "| -6 | 0.07 against 0.07 | refining is better |" in text
    assert "(shuffled), gradient in z.** wgan after 300: +0.3% at 20, unclear." in text
    assert "wgan after 300: 1, 1, 0 of 2." in text
    assert "**Without labels.** wgan after 300: nothing helps surely." in text


def test_table_of_all_conditions():
    made = over_seeds(
        {
            GRADIENT: near(-10.0, -3.0),
            FLOW: near(-5.0, 2.0),
            CRITIC: near(5.0, 4.0),
            ("critic", "flow", 20): [1.0, -1.0, 0.0],
        }
    )
    text = text_of(made)
    assert "| method | labels | critic |" in text
    assert "| 20 | **gradient by labels at 20** | -20.0% ▲, -10.00 [" in text
    assert "| gradient | **-10.00 ▲ (-3.0)** | +5.00 ▼ (+4.0) |" in text
    assert "| flow | -5.00 ≠ (+2.0) | +0.00 (+0.0) |" in text


def test_no_bold_where_there_is_no_winner():
    text = text_of(over_seeds({GRADIENT: near(-10.0), FLOW: [-9.8, -10.2, -9.7]}))
    assert "**-10" not in text and "| gradient | -10.00 ▲ (-10.0) |" in text
    (place,) = rows_of(text, "20")
    assert "| flow by labels at 20 |" in place
    assert place.startswith("| 20 | gradient by labels at 20 |")
    assert "(not told apart from 1 more)" in text


def test_budgets_and_claims():
    made = over_seeds(
        {
            ("labels", "gradient", 2): near(-0.8),
            GRADIENT: near(-10.0),
            ("labels", "gradient", 200): near(9.0),
            ("labels", "pixels", 20): near(9.0),
        }
    )
    text = text_of(made)
    assert "| method | 2 | 20 | 200 |" in text
    assert "| gradient | -0.80 ▲ | -10.00 ▲ | +9.00 ▼ |" in text
    assert "| 2. Pixel tuning does not make images better | holds |" in text
    assert "| 4. Patchy images gain most | cannot be said |" in text
    assert "labels: of 3 budgets 2 better, 1 worse; best at 20: -10.00 [" in text
    assert "2 evaluations do nothing (-0.80 [" in text and "200 lead astray (+9.00 [" in text
    assert "#### Refining or training more" not in text and "Temperature of" not in text


def test_all_metrics_and_what_is_missing():
    made = over_seeds({GRADIENT: near(-10.0), CRITIC: near(5.0)})
    text = text_of(made)
    (frechet,) = [one for one in text.splitlines() if one.startswith("| Fréchet distance ↓")]
    assert frechet == "| Fréchet distance ↓ | 2 | 50 | 40 | 55 |"
    (precision,) = rows_of(text, "precision ↑")
    # No reference; 0.5 + a hundredth of what the distance falls by.
    assert precision == "| precision ↑ |  | 0.5 | 0.6 | 0.45 |"


def test_pictures_stand_where_they_belong():
    made = over_seeds({GRADIENT: near(-10.0)})
    names = ("study_price_wgan_300", "study_map_wgan", "study_temperature_wgan", "odd")
    text = text_of(made, [Path("images") / f"{name}.png" for name in names])
    assert "![study_price_wgan_300](images/study_price_wgan_300.png)" in text
    marks = ["## wgan\n", "![study_map", "### wgan after", "![study_price", "The original's"]
    marks += ["![study_temperature", "![odd]", "## How sure"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert all(text.count(f"![{name}]") == 1 for name in names)


def test_points_have_no_judge():
    made = over_seeds({GRADIENT: near(-10.0)}, judge=None, foreign_judge=None)
    assert "(judge:" not in text_of(made)
    assert "(judge: classifier)" in text_of(over_seeds({GRADIENT: near(-10.0)}))


def test_a_study_that_has_begun():
    made = study(model([]), reference={})
    text = text_of(made)
    assert "not to be had" in text and "## How sure this is" in text
    failed = {"guide": "labels", "method": "flow", "budget": 20, "failed": "no memory"}
    assert "flow" not in text_of(study(model([failed]))).split("## How sure")[0]


def test_everything_in_words():
    made = large_study(seeds=3)
    text = text_of(made)
    assert "nan" not in text.lower().replace("nance", "") and "None" not in text
    assert "\N{EM DASH}" not in text
    for title in ("Refining or training more", "Temperature of", "The advisers themselves"):
        assert text.count(f"#### {title}") == 4
    short = text.split("## In short")[1].split("## wgan")[0].strip().splitlines()
    assert 5 <= len(short) <= 8
    assert row(*GRADIENT, -1.0)["budget"] == 20
