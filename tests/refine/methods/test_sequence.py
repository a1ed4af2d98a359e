"""Methods by name, with settings, and several of them that share a budget."""

import numpy as np
import pytest

from tests.identity import Identity, Linear
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods import check_method, make_method, parse
from wgan_tf.refine.methods.gradient import Gradient
from wgan_tf.refine.methods.sequence import Sequence


def test_names_and_settings_are_read():
    assert parse("gradient") == [("gradient", {})]
    assert parse("langevin:temperature=0.5:adjusted=true, rejection:rule=drs") == [
        ("langevin", {"temperature": 0.5, "adjusted": True}),
        ("rejection", {"rule": "drs"}),
    ]
    assert isinstance(make_method("gradient:rate=0.5", Identity(), Linear([1.0, 0.0])), Gradient)


@pytest.mark.parametrize("text", ["", "alchemy", "gradient,", "gradient:rate", "gradient:=1"])
def test_what_no_method_is(text):
    with pytest.raises(ValueError, match="must be"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gradient:speed=2", "no setting 'speed'; it has rate, stop, budget"),
        ("best_of:rate=2", "it has budget"),
        ("gradient:rate=-1", "must be like 0.01"),
        ("gradient:stop=1", "must be like False"),
        ("resampling:pool=1.5", "must be a positive number"),
        ("gradient:budget=0", "budget=0"),
    ],
)
def test_settings_that_cannot_be(text, line):
    with pytest.raises(UsageError, match=line):
        check_method(text)


def test_a_budget_is_shared():
    def shares(text, budget):
        method = make_method(text, Identity(), Linear([1.0, 0.0]))
        assert isinstance(method, Sequence)
        return method.shares(budget)

    assert shares("best_of,gradient", 21) == [10, 10]
    assert shares("best_of:budget=5,gradient", 21) == [5, 16]
    assert shares("best_of:budget=5,gradient,best_of", 21) == [5, 8, 8]
    with pytest.raises(UsageError, match="ask for 20"):
        shares("best_of:budget=20,gradient", 20)


def test_one_refines_what_the_other_gave():
    model, guide = Identity(), Linear([1.0, 0.0])
    z = np.asarray(model.sample_z(50, 3))
    both = make_method("best_of:budget=4,gradient:rate=0.01", model, guide)(z, 10, 1)
    first = make_method("best_of", model, guide)(z, 4, 1)
    assert both.evaluations == 10
    np.testing.assert_array_equal(both.origin, first.origin)
    # A linear guide has one gradient everywhere: three steps of 0.01 along it.
    np.testing.assert_allclose(both.z, first.z + 0.03 * np.array([1, 0]), atol=1e-6)
    assert both.diagnostics["mean_move"] == pytest.approx(0.03, rel=1e-4)
    assert both.diagnostics["gradient_steps"] == 3
