"""What holds for every method: the budget, the law, classes, seeds, the result."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import kstest, norm, uniform

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError, UserError
from wgan_tf.refine.methods import METHODS
from wgan_tf.refine.methods.mover import Mover

MOVERS = ("gradient", "stop", "langevin", "adjusted", "flow", "js", "transport")
SELECTORS = ("rejection", "drs", "metropolis_hastings", "resampling", "isir", "best_of")
SLOPES = [0.7, -0.4]


def test_no_more_is_spent_than_the_budget(variant):
    model, guide = Identity(), Linear(SLOPES)
    method = variant(model, guide)
    fitting = 2000 if variant.name == "transport" else 0
    assert int(guide.asked) == fitting
    z = starts(model, 20)
    for budget in (5, 8):
        guide.asked.assign(0)
        refined = method(z, budget, 3)
        # The values before and after are measured apart.
        passes = int(guide.asked) - len(z) - len(refined.z)
        if variant.name in SELECTORS:
            assert refined.evaluations == budget and passes == 20 * budget
        elif variant.name in MOVERS:
            # A pass is forward and back, which is counted twice.
            assert refined.evaluations == 2 * (budget // 2)
            assert 2 * passes == 20 * refined.evaluations
            assert refined.diagnostics["steps"] == budget // 2 - (variant.name == "adjusted")
            assert len(refined.curve) == refined.diagnostics["steps"]
        else:
            assert refined.evaluations == 1 and passes == 0


def test_a_budget_below_one_step(variant):
    model, guide = Identity(), Linear(SLOPES)
    method, z = variant(model, guide), starts(model)
    with pytest.raises(UsageError, match="a budget of 0 evaluations: it must be at least 1"):
        method(z, 0)
    least = {"adjusted": 4}.get(variant.name, 2 if variant.name in MOVERS else 1)
    assert method(z, least).evaluations == least
    if least > 1:
        with pytest.raises(UsageError, match=f"{least - 1} evaluations: a step costs 2") as error:
            method(z, least - 1)
        assert "\n" not in str(error.value)


def test_a_guide_without_numbers(variant):
    model = Identity()
    with pytest.raises(UserError, match="no numbers"):
        variant(model, Linear(SLOPES, np.nan))(starts(model), 6)


@pytest.mark.parametrize("name", ["rejection", "metropolis_hastings", "resampling", "best_of"])
def test_a_guide_without_numbers_for_some_candidates(name):
    model = Identity("uniform", 1)
    z = -np.abs(starts(model))

    def guide(images):
        return tf.where(images[:, 0, 0, 0] > 0.1, np.nan, images[:, 0, 0, 0])

    with pytest.raises(UserError, match="no numbers for some candidates"):
        METHODS[name](model, guide)(z, 6)


def test_a_constant_ratio_leaves_the_law_as_it_is(variant):
    for prior, law in (("normal", norm()), ("uniform", uniform(-1, 2))):
        model = Identity(prior)
        z = starts(model, 1500)
        refined = variant(model, Linear([0, 0], 0.4))(z, 10, 1)
        if variant.name == "truncation":
            assert np.abs(refined.z).max() <= 0.7
            continue
        values = refined.z.reshape(-1)
        # Four standard errors of 3,000 numbers.
        assert values.mean() == pytest.approx(0, abs=0.075 * law.std())
        assert values.var() == pytest.approx(law.var(), rel=0.11)
        assert kstest(values, law.cdf).pvalue > 1e-3
        if variant.name in ("gradient", "stop", "transport", "best_of"):
            np.testing.assert_allclose(refined.z, z, atol=1e-6)
        elif variant.name not in ("flow", "drs"):
            assert refined.diagnostics["mean_move"] > 0.1 or (refined.origin >= 1500).mean() > 0.4


def test_the_same_seed_gives_the_same_samples(variant):
    model = Identity("uniform")
    method, z = variant(model, Linear(SLOPES)), starts(model, 30)
    one, same, other = (method(z, 6, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.z, same.z)
    np.testing.assert_array_equal(one.origin, same.origin)
    assert one.diagnostics == same.diagnostics
    drawn = variant.name not in ("gradient", "stop", "transport")
    assert drawn == (one.z.shape != other.z.shape or bool((one.z != other.z).any()))


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_classes_asked_for_stay(variant, prior):
    model = Identity(prior, 6, one_hot=3, codes=1)
    # Uneven numbers of each class, in no order.
    z = model.condition(model.sample_z(60, 0), np.repeat([2, 0, 2, 1, 0, 2], 10)).numpy()
    # A guide that would have another class, and moves the rest.
    guide = Linear([5, -5, 0, 0.5, 1, -0.8])
    refined = variant(model, guide)(z, 6, 2)
    asked = refined.z[:, :3]
    if variant.name == "drs":
        before = z[refined.origin % 60, :3]
        np.testing.assert_array_equal(asked, before)
    elif variant.name == "rejection":
        np.testing.assert_array_equal(asked.sum(0), [20, 10, 30])
        np.testing.assert_array_equal(asked, z[refined.origin % 60, :3])
    else:
        np.testing.assert_array_equal(asked, z[:, :3])
    assert (refined.z[:, 3:] != z[: len(asked), 3:]).any()
    assert np.abs(refined.z[:, 3]).max() <= 1  # A code is uniform under any prior.
    if prior == "uniform":
        assert np.abs(refined.z).max() <= 1


def test_the_result_says_what_came_of_whom(variant):
    model, guide = Identity("normal", factor=0.5), Linear.towards([1.5, -1.0])
    z, records = starts(model, 40), []
    refined = variant(model, guide)(z, 6, 0, lambda *record: records.append(record))
    count = len(refined.z)
    assert refined.z.dtype == refined.images_after.dtype == np.float32
    np.testing.assert_allclose(refined.images_after, refined.z.reshape(-1, 1, 1, 2) / 2)
    values = [(x / 2) @ guide.slopes + guide.constant for x in (z, refined.z)]
    np.testing.assert_allclose(refined.values_before, values[0], atol=1e-5)
    np.testing.assert_allclose(refined.values_after, values[1], atol=1e-5)
    assert refined.origin.shape == (count,) and refined.seconds > 0
    assert refined.diagnostics["different"] == len(set(refined.origin)) / count
    if variant.name in SELECTORS:
        own = refined.origin < 40
        assert own.any() and not own.all()
        np.testing.assert_array_equal(refined.z[own], z[refined.origin[own]])
        assert not (refined.z[~own, None] == z).all(-1).any() and refined.origin.max() < 240
        assert refined.diagnostics["mean_move"] == 0 and len(refined.curve) == 0
    else:
        np.testing.assert_array_equal(refined.origin, np.arange(40))
        move = np.linalg.norm(refined.z - z, axis=1)
        assert refined.diagnostics["mean_move"] == pytest.approx(move.mean(), rel=1e-5)
        assert move.max() > 0
    if variant.name in MOVERS:
        # A sample that stops, and a rejected one, do not move.
        assert variant.name in ("adjusted", "stop") or move.min() > 0
        assert refined.curve[0] == pytest.approx(refined.values_before.mean(), rel=1e-4)
    if variant.name != "truncation":
        assert records[-1][0] == 40


@pytest.mark.parametrize("name", METHODS)
def test_who_needs_a_ratio(name):
    needs = {"langevin", "flow", "rejection", "metropolis_hastings", "resampling"}
    assert METHODS[name].needs_ratio == (name in needs)
    assert issubclass(METHODS[name], Mover) == (name in MOVERS)


def test_smaller_budgets_lie_on_the_way_of_the_largest(variant):
    """Each is what a call of its own gives; movers and selectors spend the largest alone."""
    model, guide = Identity(), Linear(SLOPES)
    method, z = variant(model, guide), starts(model, 20)
    guide.asked.assign(0)
    along = list(method.along(z, [4, 6, 12], 3))
    # All but the values before and after.
    passes = int(guide.asked) - len(z) - sum(len(refined.z) for refined in along)
    if variant.name in SELECTORS:
        assert passes == 20 * 12
    elif variant.name in MOVERS:
        assert 2 * passes == 20 * along[-1].evaluations
    for budget, refined in zip((4, 6, 12), along, strict=True):
        alone = method(z, budget, 3)
        np.testing.assert_allclose(refined.z, alone.z, atol=1e-6)
        np.testing.assert_array_equal(refined.origin, alone.origin)
        np.testing.assert_allclose(refined.curve, alone.curve, atol=1e-5)
        assert refined.evaluations == alone.evaluations
        for name, value in alone.diagnostics.items():
            same = value if isinstance(value, str) else pytest.approx(value, rel=1e-4)
            assert refined.diagnostics[name] == same, name
    seconds = [refined.seconds for refined in along]
    assert variant.name == "truncation" or seconds == sorted(seconds)


def test_evaluations_are_compiled_once_for_all_methods_of_a_guide():
    model, guide = Identity(), Linear(SLOPES)
    first, other = METHODS["best_of"](model, guide), METHODS["resampling"](model, guide)
    expected = other(starts(model, 20), 6, 3).z
    other.take_compiled(first)
    np.testing.assert_array_equal(other(starts(model, 20), 6, 3).z, expected)
    assert first._values.experimental_get_tracing_count() == 1
