"""Files of all networks open in Keras without this package, and compute the same."""

import json
import subprocess
import sys

import numpy as np
import pytest

from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import plain

SIZES = {"generator_widths": (8, 4), "critic_widths": (4, 8)}
CLASSIFIERS = ["homework", "fast", "judge"]
Z = np.linspace(-1, 1, 200, dtype=np.float32).reshape(2, 100)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (5, 16, 16, 3)).astype(np.float32)
# Opens the files of a folder; what they compute goes into outputs.npz.
READER = """
import json, sys
import keras
import numpy as np

inputs = np.load("inputs.npz")
generator, critic, *classifiers = (
    keras.saving.load_model(f"{name}.keras", safe_mode=True) for name in sys.argv[1:]
)
outputs = {"critic": critic(generator(inputs["z"]))}
for network, name in zip(classifiers, sys.argv[3:]):
    outputs[name] = network(inputs["images"], training=False)[1]
np.savez("outputs.npz", **outputs)
print(json.dumps([name for name in sys.modules if name.startswith("wgan_tf")]))
"""


@pytest.fixture(scope="module", params=["transposed", "resize"])
def networks(request):
    dcgan = NETWORKS["dcgan"](16, 3, 100, **SIZES, upsampling=request.param)
    made = {"generator": dcgan.build_generator(), "critic": dcgan.build_critic()}
    for name in CLASSIFIERS:
        network = NETWORKS[name](16, 3, critic_widths=(8,), classes=4, seed=3)
        made[name] = network.build_classifier()
    return made


@pytest.fixture(scope="module")
def opened(networks, tmp_path_factory):
    """What the files compute, and which modules of ours were imported for it."""
    folder = tmp_path_factory.mktemp("files")
    for name, network in networks.items():
        plain(network).save(folder / f"{name}.keras")
    np.savez(folder / "inputs.npz", z=Z, images=IMAGES)
    done = subprocess.run(
        [sys.executable, "-c", READER, *networks], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(folder / "outputs.npz") as outputs:
        return dict(outputs), json.loads(done.stdout)


def test_generator_and_critic(networks, opened):
    outputs, modules = opened
    expected = networks["critic"](networks["generator"](Z)).numpy()
    np.testing.assert_allclose(outputs["critic"], expected, atol=1e-6)
    assert modules == []


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_give_features_and_logits(name, networks, opened):
    features, logits = networks[name](IMAGES, training=False)
    kernel, bias = (v.numpy() for v in networks[name].get_layer("logits").variables)
    np.testing.assert_allclose(features @ kernel + bias, logits, atol=1e-5)
    assert logits.shape == (5, 4)
    np.testing.assert_allclose(opened[0][name], logits, rtol=1e-3, atol=1e-4)
