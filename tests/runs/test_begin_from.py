"""`--begin_from`: iteration 0 with another run's weights."""

import numpy as np
import pytest

import wgan_tf
from tests.reading import stored_arrays
from wgan_tf.doors.checked import checked_config
from wgan_tf.errors import UsageError, UserError
from wgan_tf.training import game


def asked(tmp_path, cache_dir, other, **flags):
    values = {"logs_dir": str(tmp_path / "new"), "cache_dir": str(cache_dir), "n_critic": 1}
    return checked_config({**values, "begin_from": str(other), **flags}, [])


def test_iteration_0_has_the_weights_and_the_sizes_of_the_other_run(run_dir, tmp_path, cache_dir):
    config = asked(tmp_path, cache_dir, run_dir, iterations=0, seed=5)
    assert config.network.z_dim == 3 and config.data.size == 16
    game.train(config)
    new, old = wgan_tf.load(tmp_path / "new"), wgan_tf.load(run_dir)
    assert new.iteration == 0 and old.iteration == 6
    z = old.sample_z(5)
    np.testing.assert_array_equal(new.model.generator(z), old.model.generator(z))
    images = old.generate(z)
    np.testing.assert_array_equal(new.model.critic(images), old.model.critic(images))


def test_it_goes_on_as_any_run_whatever_becomes_of_the_other(
    run_dir, tmp_path, cache_dir, capsys
):
    import shutil

    other = shutil.copytree(run_dir, tmp_path / "other")
    game.train(asked(tmp_path, cache_dir, other, iterations=2, checkpoint_every=1))
    assert f"beginning with the weights in {other}" in capsys.readouterr().out
    arrays = stored_arrays(tmp_path / "new/checkpoints/iteration-00000002.npz")
    assert arrays["iteration"] == 2
    shutil.rmtree(other)
    game.train(checked_config({"logs_dir": str(tmp_path / "new"), "iterations": 3}, []))
    assert "beginning with" not in capsys.readouterr().out


def test_layers_that_differ_are_named_and_nothing_is_written(run_dir, tmp_path, cache_dir):
    config = asked(tmp_path, cache_dir, run_dir, disc_dimension=8, z_dim=5)
    with pytest.raises(UserError) as caught:
        game.train(config)
    text = str(caught.value)
    assert text.startswith(f"--begin_from={run_dir}: layers differ: critic/W_0/kernel is (")
    assert ", 1, 4) there and (" in text and ", 1, 8) here, " in text
    assert text.endswith("generator/W_z/kernel is (3, 256) there and (5, 256) here")
    assert text.count("critic/disc_bn1/") == 1 and not (tmp_path / "new").exists()
    generator = asked(tmp_path, cache_dir, run_dir, z_dim=5)
    only = r"differ: generator/W_z/kernel is \(3, \d+\) there and \(5, \d+\) here$"
    with pytest.raises(UserError, match=only):
        game.train(generator)


def test_a_folder_without_a_run_is_refused(tmp_path, cache_dir):
    with pytest.raises(UsageError, match="there is no checkpoint of a run"):
        asked(tmp_path, cache_dir, tmp_path)
    assert not (tmp_path / "new").exists()


def test_a_run_that_is_there_cannot_begin_again(run_dir, tmp_path, cache_dir):
    with pytest.raises(UsageError, match="--begin_from=.*was started with None"):
        checked_config({"logs_dir": str(run_dir), "begin_from": str(run_dir)}, [])


def test_weights_that_a_stored_run_names_are_loaded_when_asked_for_alone(
    run_dir, tmp_path, cache_dir
):
    from wgan_tf import runs

    config = asked(tmp_path, cache_dir, run_dir, iterations=1)
    runs.write_config(config)
    with pytest.raises(UsageError, match="give --begin_from again"):
        checked_config({"logs_dir": str(tmp_path / "new")}, [])
    again = checked_config({"logs_dir": str(tmp_path / "new"), "begin_from": str(run_dir)}, [])
    assert again.training.begin_from == str(run_dir)


def test_in_memory(run_dir, cache_dir):
    run = wgan_tf.train(
        wgan_tf.images("mnist5k", size=16, channels=1), begin_from=run_dir, iterations=1,
        learning_rate=1e-12, n_critic=1, critic_boost=False,
    )
    old = wgan_tf.load(run_dir)
    both = (one.model.generator.trainable_variables for one in (run, old))
    for new, known in zip(*both, strict=True):
        np.testing.assert_allclose(new.numpy(), known.numpy(), atol=1e-6)
