"""How much arithmetic training and refinement need, counted from the layers' shapes.

Counted are the multiplications and additions of dense layers and convolutions, two for each
weight and position that it is used at, padding included, as is usual; the rest (batch norm,
activations, the update) is one or two percent of them. A gradient by a layer's weights costs as
much as its forward pass, and so does one by its inputs.
"""

import dataclasses

import keras


@dataclasses.dataclass(frozen=True)
class Passes:
    """GFLOP of one network for one sample.

    Attributes:
        forward: images to scores, or z to images.
        weights: gradients by all weights.
        inner: gradients by the inputs of all layers but the first: what gradients by weights need.
        first: gradient by the input of the first layer.
    """

    forward: float
    weights: float
    inner: float
    first: float


def count(network: keras.Model) -> Passes:
    """Counts a network's passes for one sample.

    Args:
        network: a functional model; layers with a kernel must be dense or (transposed) 2-D
            convolutions.
    """
    layers = [_gflop(layer) for layer in network.layers if hasattr(layer, "kernel")] or [0.0]
    return Passes(sum(layers), sum(layers), sum(layers[1:]), layers[0])


def _gflop(layer) -> float:
    height_width_in, height_width_out = layer.input.shape[1:-1], layer.output.shape[1:-1]
    # A transposed convolution uses its kernel once for every position of its input.
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    positions = 1
    for length in height_width_in if transposed else height_width_out:
        positions *= length
    return 2e-9 * positions * layer.kernel.shape.num_elements()


def workloads(model, batch_size: int, critic_steps: int) -> dict[str, float]:
    """GFLOP of what the benchmark times, by its names.

    Args:
        model: an adversarial model.
        batch_size: images per batch.
        critic_steps: critic updates per iteration.
    """
    generator, critic = count(model.generator), count(model.critic)
    # Real and generated images pass the critic; only its weights are learned.
    critic_step = generator.forward + 2 * (critic.forward + critic.weights + critic.inner)
    through_critic = critic.forward + critic.inner + critic.first
    generator_step = generator.forward + generator.weights + generator.inner + through_critic
    if model.generator_needs_real:
        generator_step += critic.forward
    through_generator = generator.forward + generator.inner + generator.first
    per_sample = {
        "critic_step": critic_step,
        "generator_step": generator_step,
        "iteration": critic_steps * critic_step + generator_step,
        "image_iterator_step": through_critic,
        "z_iterator_step": through_generator + through_critic,
    }
    counted = {name: batch_size * gflop for name, gflop in per_sample.items()}
    return counted | {"generate_1000": 1000 * generator.forward}
