"""How easily a discriminator is fooled, on tiny trained runs."""

import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests.reading import written
from wgan_tf.errors import UsageError
from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.modes import perturb_real
from wgan_tf.visualize.robustness import CURVES


def test_perturb_real_on_a_critic(run_dir, look, capsys):
    paths = perturb_real.run(look("perturb_real"))
    names = ["perturb_real", "perturb_gradient", "perturb_altered"]
    names += ["perturb_accuracy", "perturb_smallest"]
    assert [path.name for path in paths] == [f"{name}.png" for name in names]
    assert np.asarray(Image.open(paths[0])).shape == (16, 12 * 17 - 1)
    report = written(run_dir, "perturb_real")
    assert report["images"] == 12 and report["split"] == "test images"
    assert report["sizes"] == [0, 1, 2, 3, 4]
    figures = report["discriminators"]["tiny"]
    assert figures["class_names"] == ["real", "generated"]
    assert set(figures["labels"]) == {0} and set(figures["targets"]) == {1}
    # Away from one of two classes is towards the other.
    assert set(figures["curves"]) == {"targeted", "targeted_one_step", "random_signs"}
    # Scores and labels anew: the accuracy is that of the threshold.
    (discriminator,) = open_discriminators(look("perturb_real"))
    scores = wgan_tf.load(run_dir).model.score(discriminator.images).numpy()
    right = (scores > figures["parting"]["threshold"]).mean()
    assert figures["accuracy"] == pytest.approx(right)
    assert figures["accuracy_error"] == pytest.approx(np.sqrt(right * (1 - right) / 12))
    for curve in figures["curves"].values():
        assert curve["accuracy"][0] == pytest.approx(right)
    # What flipped at a size answers wrongly there.
    smallest = [np.inf if s is None else s for s in figures["smallest"]["targeted"]["by_image"]]
    steps = np.array(figures["curves"]["targeted"]["accuracy"])
    assert (np.array(smallest) == 0).mean() == pytest.approx(1 - right)
    assert steps[-1] <= (np.array(smallest) > 0).mean()
    out = capsys.readouterr().out
    assert out.count("perturb_real tiny:") == 1
    assert list((run_dir / "perturb_real").glob("events*"))


def test_perturb_real_with_classes_and_two_discriminators(
    run_dir, other_dir, look, with_classes
):
    config = look("perturb_real", other_logs_dir=str(other_dir), target_class="3")
    paths = perturb_real.run(config)
    names = {path.name for path in paths}
    assert {"perturb_gradient_tiny.png", "perturb_altered_twin.png"} <= names and len(paths) == 7
    report = written(run_dir, "perturb_real")["discriminators"]
    ours, theirs = report["tiny"], report["twin"]
    assert ours["class_names"] == [str(digit) for digit in range(10)]
    assert ours["parting"] is None and len(set(ours["labels"])) > 3
    for label, target in zip(ours["labels"], ours["targets"], strict=True):
        assert target == (4 if label == 3 else 3)
    assert set(ours["curves"]) == set(CURVES)
    assert set(ours["smallest"]) == {"targeted", "untargeted"}
    assert ours["curves"] == theirs["curves"]


@pytest.mark.parametrize("name", ["truck", "10", "-1"])
def test_a_class_that_does_not_exist_is_one_line_with_those_that_do(look, name):
    with pytest.raises(UsageError, match=f"--target_class={name}: .*0 real, 1 generated") as error:
        perturb_real.run(look("perturb_real", target_class=name))
    assert "\n" not in str(error.value)
