"""What `--mode=image_iterator` and `--mode=z_iterator` write, on a tiny trained run."""

import json

import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests.reading import events
from tests.tiny import command
from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.modes import image_iterator, z_iterator


@pytest.mark.parametrize(
    ("mode", "start"),
    [
        ("image_iterator", "generated"),
        ("image_iterator", "real"),
        ("image_iterator", "noise"),
        ("z_iterator", "generated"),
    ],
)
def test_iterators_write_what_they_did(run_dir, mode, start):
    config = command(run_dir, mode, batch_size=8, nr_iter_vis=30, learning_rate=0.01, start=start)
    pictures = {"image_iterator": image_iterator, "z_iterator": z_iterator}[mode].run(config)
    for suffix in ("", "_after", "_dif"):
        assert run_dir / "images" / f"generated_{mode}{suffix}.png" in pictures
    assert all(path.exists() for path in pictures)
    figures = json.loads((run_dir / f"{mode}.json").read_text())
    arrays = np.load(run_dir / f"{mode}.npz")
    model = wgan_tf.load(run_dir).model
    assert len(figures["loss"]) == figures["steps"] == 30
    np.testing.assert_allclose(figures["score_before"], model.score(arrays["before"]), atol=1e-6)
    np.testing.assert_allclose(figures["score_after"], model.score(arrays["after"]), atol=1e-6)
    assert figures["score_mean_after"] > figures["score_mean_before"]
    change = (arrays["after"] - arrays["before"]).reshape(8, -1)
    np.testing.assert_allclose(figures["linf"], np.abs(change).max(1), rtol=1e-5)
    np.testing.assert_allclose(figures["l2"], np.sqrt((change**2).sum(1)), rtol=1e-5)
    psnr = 20 * np.log10(2 / np.sqrt((change.astype(np.float64) ** 2).mean(1)))
    np.testing.assert_allclose(figures["psnr_db"], psnr, rtol=1e-5)
    assert figures["learning_rate"] == 0.01
    if start == "real":
        assert figures["score_mean_before"] == pytest.approx(figures["score_mean_real"])
    with Image.open(run_dir / "images" / f"{mode}.gif") as film:
        assert film.n_frames > 5
    assert len(events(run_dir / mode)["refined/loss"]) >= 30


def test_iterators_need_no_data_where_nothing_depends_on_it(run_dir, capsys, monkeypatch):
    def gone(config):
        raise UserError("the folder is gone")

    monkeypatch.setattr(runs, "open_images", gone)
    z_iterator.run(command(run_dir, "z_iterator", batch_size=4, nr_iter_vis=3))
    assert "the folder is gone" in capsys.readouterr().out
    with pytest.raises(UserError, match="gone"):
        with_real = command(run_dir, "image_iterator", batch_size=4, nr_iter_vis=3, start="real")
        image_iterator.run(with_real)


def test_an_iterator_may_use_another_optimizer(run_dir):
    adam = command(run_dir, "image_iterator", batch_size=4, nr_iter_vis=5, optimizer="Adam")
    image_iterator.run(adam)
    figures = json.loads((run_dir / "image_iterator.json").read_text())
    assert figures["score_mean_after"] > figures["score_mean_before"]


def test_z_are_kept_and_can_be_named(run_dir, tmp_path):
    np.save(tmp_path / "z.npy", np.random.default_rng(1).uniform(-1, 1, (9, 3)))
    chosen, model = f"{tmp_path / 'z.npy'}:7,4", wgan_tf.load(run_dir).model
    z = np.load(tmp_path / "z.npy").astype(np.float32)[[7, 4]]
    for mode, module in (("image_iterator", image_iterator), ("z_iterator", z_iterator)):
        module.run(command(run_dir, mode, nr_iter_vis=5, z=chosen))
        with np.load(run_dir / f"{mode}.npz") as arrays:
            before, after = arrays["before"], arrays["after"]
            kept = {name: arrays[name] for name in arrays.files if name.startswith("z")}
        assert before.shape == (2, 16, 16, 1)
        np.testing.assert_allclose(before, model.generate(z), atol=1e-6)
        if mode == "image_iterator":
            # Pixels that moved have none any more.
            assert set(kept) == {"z"} and np.array_equal(kept["z"], z)
        else:
            assert np.array_equal(kept["z_before"], z)
            np.testing.assert_allclose(model.generate(kept["z"]), after, atol=1e-6)
            assert not np.array_equal(kept["z"], z)
    for start in ("real", "noise"):
        quick = {"nr_iter_vis": 2, "batch_size": 4}
        image_iterator.run(command(run_dir, "image_iterator", start=start, **quick))
        with np.load(run_dir / "image_iterator.npz") as arrays:
            assert "z" not in arrays.files


def test_a_single_sample_of_a_seed_is_refined(run_dir):
    z_iterator.run(command(run_dir, "z_iterator", nr_iter_vis=3, seeds="5"))
    with np.load(run_dir / "z_iterator.npz") as arrays:
        assert np.array_equal(arrays["z_before"], wgan_tf.load(run_dir).model.sample_z(1, 5))
