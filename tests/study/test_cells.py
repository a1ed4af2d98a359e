"""Which cells a study has."""

import pytest

from wgan_tf.errors import UsageError
from wgan_tf.study.cells import BUDGETS, Cell, cells_of


def ways(cells):
    return {cell.way for cell in cells}


def test_by_default_all_meet_at_one_budget_and_two_advisers_have_a_price():
    cells = cells_of("default")
    assert cells[:2] == [Cell("", "nothing", 0), Cell("", "truncation", 1)]
    assert len(set(cells)) == len(cells) == 107
    at_20 = ways(cell for cell in cells if cell.budget == 20)
    assert {(g, "resampling") for g in ("rescaled", "critic_features", "self", "labels")} <= at_20
    priced = {cell.guide for cell in cells if cell.budget == 60 and cell.method == "gradient"}
    assert priced == {"critic", "labels"}
    assert max(cell.budget for cell in cells) == 60
    # A raw score is no log ratio, and what knows nothing is only a control.
    assert ("critic", "rejection") not in at_20 and ("shuffled", "langevin") not in at_20
    assert Cell("labels", "resampling+gradient", 2) not in cells


def test_without_labels_another_adviser_has_a_price():
    cells = cells_of("default", labelled=False)
    assert "labels" not in {cell.guide for cell in cells}
    assert Cell("self", "gradient", 60) in cells
    assert Cell("critic_features", "gradient", 60) not in cells


def test_points_have_an_oracle_and_no_pixels():
    cells = cells_of("default", points=True)
    assert Cell("oracle", "langevin", 20) in cells
    assert not {"pixels", "random_pixels", "more_training"} & {cell.method for cell in cells}


def test_the_full_study_has_all_budgets():
    cells = cells_of("full")
    assert {cell.budget for cell in cells if cell.way == ("self", "flow")} == set(BUDGETS)
    assert set(cells_of("default")) < set(cells)


def test_named_axes_meet_in_full():
    cells = cells_of(
        "default",
        guides=["critic", "self"],
        methods=["gradient", "langevin:temperature=0.3"],
        budgets=[2, 40],
    )
    assert cells == [
        Cell("", "nothing", 0),
        Cell("critic", "gradient", 2),
        Cell("critic", "gradient", 40),
        Cell("self", "gradient", 2),
        Cell("self", "gradient", 40),
        Cell("self", "langevin:temperature=0.3", 2),
        Cell("self", "langevin:temperature=0.3", 40),
    ]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"guides": ["labels"], "labelled": False}, "study_guides=labels.*one of critic, rescaled"),
        ({"guides": ["oracle"]}, "study_guides=oracle"),
        ({"methods": ["langvin"]}, "study_methods=langvin.*did you mean langevin"),
        ({"methods": ["langevin:temperature"]}, "must be a setting"),
    ],
)
def test_what_there_is_not(axes, message):
    with pytest.raises(UsageError, match=message):
        cells_of("default", **axes)
