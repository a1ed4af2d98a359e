"""Where numbers break: planted faults are found in the layer and the update they are in."""

import keras
import numpy as np
import pytest

from tests.models.two_devices import SMALL, searched
from tests.tiny import make_model, strong
from wgan_tf.models.breakdown import Search
from wgan_tf.models.classifier import Classifier
from wgan_tf.models.matching import Matching
from wgan_tf.models.wgan import WGAN
from wgan_tf.runs import checkpoints

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (8, 3, 16, 16, 1)).astype(np.float32)
LABELS = RNG.integers(0, 3, (8, 3))
GAMES = ["wgan", "gan", "dcgan", "wgan_gp", "acgan", "infogan"]


def broken(model, count=2, images=IMAGES):
    return Search(model).first_broken(batches(model, count, images))


def batches(model, count=2, images=IMAGES):
    needed = count + int(getattr(model, "generator_needs_real", False))
    images, labels = images[:, :needed], LABELS[:, :needed]
    return (images, labels) if getattr(model, "classes", 0) else images


def make(kind):
    if kind == "classifier":
        model = Classifier(16, 1, 3, (4,), augmentation="shifted")
        model.compile(keras.optimizers.AdamW(1e-2))
        return model
    if kind == "matched":
        return make_model(compiled={"matching": Matching(2)})
    if kind == "float16":
        return make_model("gan", dtype="mixed_float16")
    model = make_model(kind)
    if kind == "acgan":
        # Adam makes steps of what only rounding keeps from zero.
        model.compile(keras.optimizers.SGD(1e-2))
    return model


def fill(layer, value):
    layer.kernel.assign(np.full(layer.kernel.shape, value, np.float32))


def kernels(model):
    named = checkpoints.variables(model)
    return {name: v.numpy() for name, v in named.items() if name.endswith("/kernel")}


@pytest.mark.parametrize("kind", ["wgan", "gan", "acgan", "matched", "float16", "classifier"])
def test_a_sound_iteration_is_that_of_training(kind):
    model, other = make(kind), make(kind)
    count = 1 if kind == "classifier" else 2
    assert broken(model, count) is None
    data = batches(other, count)
    data = data if isinstance(data, tuple) else (data,)
    other.fit(*data, batch_size=8, shuffle=False, verbose=0)
    assert int(model.iteration.numpy()) == 1
    weights = kernels(model)
    for name, value in kernels(other).items():
        # Parts that are compiled apart may round otherwise than the whole.
        np.testing.assert_allclose(weights[name], value, rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("kind", GAMES)
def test_a_layer_of_every_game_that_overflows(kind):
    model = make(kind)
    layer = [layer for layer in model.critic.layers if hasattr(layer, "kernel")][0]
    fill(layer, 3e38)
    place = f"the output of layer {layer.name} of the critic for real images, in critic update 1"
    assert broken(model) == f"{place} of 2"


def test_what_only_the_generator_sees():
    model = make("wgan")
    fill(model.generator.get_layer("W_pred"), 3e38)
    place = "the output of layer W_pred of the generator"
    assert broken(model) == f"{place}, in critic update 1 of 2"
    model.compile(model.optimizer, in_turn=True)
    assert broken(model, 0) == f"{place}, in the generator's update"
    assert broken(model, 1) == f"{place}, in critic update 1 of 1"


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_weight_that_is_no_number(value):
    model = make("wgan")
    kernel = model.generator.get_layer("W_0").kernel
    values = kernel.numpy()
    values.flat[1] = value
    kernel.assign(values)
    assert broken(model) == "generator/W_0/kernel, before its first update"


def test_a_layer_of_minibatch_discrimination():
    model = make_model("dcgan", minibatch_discrimination=True)
    fill(model.critic.get_layer("views"), 3e38)
    place = "the output of layer views of the critic for real images, in critic update 1 of 2"
    assert broken(model) == place


@pytest.mark.parametrize("kind, name", [("wgan", "real"), ("classifier", "training")])
def test_images(kind, name):
    images = IMAGES.copy()
    images[3, 1 if kind == "wgan" else 0, 5, 5] = np.nan
    place = {"wgan": "in critic update 2 of 3", "classifier": "in its update"}[kind]
    piece = broken(make(kind), 3 if kind == "wgan" else 1, images)
    assert piece == f"the {name} images, {place}"


@pytest.mark.parametrize("kind", ["gan", "classifier"])
def test_an_update_that_is_too_long(kind):
    model = strong(make(kind))
    # Whatever the gradient, the first step is ten times the rate.
    model.compile(keras.optimizers.RMSprop(3e38, rho=0.99))
    place = {
        "gan": "critic/W_0/kernel, in critic update 1 of 2",
        "classifier": "classifier/convolution_1/kernel, in its update",
    }
    assert broken(model, 1 if kind == "classifier" else 2) == place[kind]


class Unlucky(WGAN):
    """A side's loss is zero and its gradient no number, or the gradient's square overflows."""

    part, factor = "generator", None

    def critic_loss(self, real, fake):
        return self._spoilt(super().critic_loss(real, fake), "critic")

    def generator_loss(self, fake, real=None):
        return self._spoilt(super().generator_loss(fake, real), "generator")

    def _spoilt(self, loss, part):
        if part != self.part:
            return loss
        return loss * self.factor if self.factor else keras.ops.sqrt(keras.ops.square(loss) * 0)


@pytest.mark.parametrize("factor", [None, 1e25])
@pytest.mark.parametrize(
    "part, update", [("critic", "critic update 1 of 2"), ("generator", "the generator's update")]
)
def test_gradients_and_slots(part, update, factor):
    model = Unlucky(**make("wgan").arguments)
    model.part, model.factor = part, factor
    model.compile(keras.optimizers.Adam(1e-3, name="adam"))
    layer = {"critic": "W_0", "generator": "W_z"}[part]
    place = f"the optimizer's adam/{layer}_kernel_velocity"
    if factor is None:
        place = f"the gradient of {part}/{layer}/kernel"
    assert broken(model) == f"{place}, in {update}"


def test_a_layer_of_a_classifier():
    model = make("classifier")
    fill(model.critic.get_layer("convolution_4"), 3e38)
    place = "the output of layer convolution_4 of the classifier, in its update"
    assert broken(model, 1) == place


def test_several_replicas_agree(on_two_devices):
    result = on_two_devices(searched, **SMALL)
    assert result["sound"] is None and (result["iteration"], result["updates"]) == (1, 3)
    weights = [path for path in result["after"] if "moving" not in path and "real" not in path]
    assert len(weights) > 10
    for path in weights:
        first, second = result["after"][path]
        np.testing.assert_array_equal(first, second, err_msg=path)
    # In the second replica's second batch.
    assert result["images"] == "the real images, in critic update 2 of 2"
    place = "the output of layer W_0 of the critic for real images, in critic update 1 of 2"
    assert result["layer"] == place
