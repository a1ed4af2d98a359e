"""`--mode=refine`, and the other modes that refine by a method."""

import json

import numpy as np
import pytest

import wgan_tf
from tests.reading import events
from tests.tiny import command
from wgan_tf.errors import UsageError
from wgan_tf.modes import fit_ratio, generate, image_iterator, refine, visualize, z_iterator


@pytest.fixture(scope="module")
def fitted(run_dir):
    """A run with a ratio in the critic's features."""
    fit_ratio.run(command(run_dir, "fit_ratio", ratio_features="critic"))
    return run_dir


def refined(run, **changes):
    """The figures and arrays that `--mode=refine` leaves."""
    pictures = refine.run(command(run, "refine", batch_size=12, **changes))
    assert all(path.exists() for path in pictures)
    figures = json.loads((run / "refine.json").read_text())
    with np.load(run / "refine.npz") as arrays:
        return figures, dict(arrays)


def test_the_ratios_gradient_raises_it(fitted):
    figures, arrays = refined(fitted)
    assert (figures["method"], figures["guide"]) == ("gradient", "ratio")
    assert figures["evaluations"] == 20
    assert figures["value_mean_after"] > figures["value_mean_before"]
    model = wgan_tf.load(fitted).model
    np.testing.assert_allclose(arrays["before"], model.generate(model.sample_z(12, 0)), atol=1e-6)
    np.testing.assert_allclose(arrays["after"], model.generate(arrays["z"]), atol=1e-5)
    written = events(fitted / "refine")
    assert len(written["refine/value"]) == len(figures["curve"]) == 10
    assert figures["gflop"] > 0


def test_several_methods_share_a_budget_and_each_origin_is_known(fitted):
    method = "resampling:budget=4,gradient:rate=0.001"
    figures, arrays = refined(fitted, method=method, budget=10)
    assert figures["evaluations"] == 10
    assert figures["diagnostics"]["gradient_steps"] == 3
    origin, z = arrays["origin"], wgan_tf.load(fitted).model.sample_z(12, 0).numpy()
    started = np.flatnonzero(origin < 12)
    assert origin.max() < 4 * 12 and len(started) < 12
    far = np.linalg.norm(arrays["z"][started] - z[origin[started]], axis=1)
    assert far.max() < 0.5


def test_fewer_may_be_kept(fitted):
    figures, arrays = refined(fitted, method="rejection:rule=drs:percentile=99", budget=2)
    assert figures["kept"] == len(arrays["after"]) < 12
    assert figures["diagnostics"]["shortfall"] == 12 - figures["kept"]
    assert "before" not in arrays


def test_the_critic_may_guide_too(fitted):
    figures, _ = refined(fitted, guide="critic", method="best_of", budget=3)
    model = wgan_tf.load(fitted).model
    scores = model.score(model.generate(model.sample_z(12, 0)))
    np.testing.assert_allclose(figures["value_before"], scores, atol=1e-5)


@pytest.mark.parametrize("mode", [z_iterator, image_iterator])
def test_iterators_follow_a_ratio_by_plain_steps(fitted, mode):
    name = mode.__name__.rpartition(".")[2]
    mode.run(command(fitted, name, batch_size=6, guide="ratio", stop_at_real=True))
    figures = json.loads((fitted / f"{name}_ratio.json").read_text())
    assert figures["score_mean_after"] > figures["score_mean_before"]
    assert (figures["steps"], figures["learning_rate"]) == (30, 0.01)


def test_visualize_and_generate_refine(fitted):
    before = wgan_tf.load(fitted).model.sample_z(6, 0).numpy()
    visualize.run(command(fitted, "visualize", batch_size=6, guide="ratio", method="gradient"))
    figures = json.loads((fitted / "visualize.json").read_text())
    model = wgan_tf.load(fitted).model
    assert not np.allclose(figures["scores"], model.score(model.generate(before)))
    options = {"count": 6, "shard_format": "npz", "method": "gradient", "budget": 4}
    generate.run(command(fitted, "generate", guide="ratio", **options))
    with np.load(next((fitted / "samples").glob("*.npz"))) as arrays:
        z = arrays["z"]
    row = model.sample_block(0, 0).numpy()[:6]
    assert 0 < np.abs(z - row).max() < 1
    with pytest.raises(UsageError, match="budget"):
        generate.run(command(fitted, "generate", guide="ratio", **{**options, "budget": 6}))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"method": "alchemy"}, "must be one of gradient"),
        ({"method": "gradient:rate"}, "must be a setting"),
        ({"method": "gradient:speed=2"}, "there is no setting 'speed'; it has rate, stop, budget"),
        ({"method": "gradient:rate=fast"}, "rate=fast: must be like 0.01"),
        ({"method": "gradient", "budget": 1}, "a step costs 2"),
        ({"method": "gradient", "budget": 0}, "must be 1 to"),
        ({"method": "best_of:budget=5,gradient", "budget": 5}, "ask for 5"),
        ({"guide": "oracle"}, "must be one of critic, ratio"),
    ],
)
def test_what_cannot_be_is_named_in_one_line(fitted, changes, line):
    before = (fitted / "refine.json").read_text() if (fitted / "refine.json").exists() else None
    with pytest.raises(UsageError, match=line):
        refine.run(command(fitted, "refine", ratio_features="critic", **changes))
    if before is not None:
        assert (fitted / "refine.json").read_text() == before


def test_stopping_needs_a_ratio(fitted):
    with pytest.raises(UsageError, match="add --guide=ratio"):
        command(fitted, "z_iterator", stop_at_real=True)


def test_z_are_kept_before_and_after(run_dir, tmp_path):
    z = np.random.default_rng(1).uniform(-1, 1, (9, 3)).astype(np.float32)
    np.savez(tmp_path / "z.npz", z=z)
    chosen = {"z": f"{tmp_path / 'z.npz'}:8,1,2", "guide": "critic", "budget": 4}
    refine.run(command(run_dir, "refine", **chosen))
    model = wgan_tf.load(run_dir).model
    with np.load(run_dir / "refine.npz") as arrays:
        assert np.array_equal(arrays["z_before"], z[[8, 1, 2]])
        np.testing.assert_allclose(model.generate(arrays["z"]), arrays["after"], atol=1e-6)
        np.testing.assert_allclose(model.generate(z[[8, 1, 2]]), arrays["before"], atol=1e-6)
        refined = arrays["z"]
    # What was refined can be refined further.
    refine.run(command(run_dir, "refine", **{**chosen, "z": f"{run_dir / 'refine.npz'}:1"}))
    with np.load(run_dir / "refine.npz") as arrays:
        assert np.array_equal(arrays["z_before"], refined[1:2])
