"""GFLOP against counts by hand."""

import pytest

from tests.tiny import make_model
from wgan_tf.machine.arithmetic import count, workloads

SIZES = {
    "size": 16,
    "channels": 3,
    "z_dim": 5,
    "generator_widths": (8, 4),
    "critic_widths": (2, 6),
}
# Kernel entries times positions: 4x4 kernels; z gives 4x4x8, then 8x8x4, then 16x16x3.
GENERATOR = [5 * 4 * 4 * 8, 16 * 8 * 4 * 4 * 4, 16 * 4 * 3 * 8 * 8]
# 8x8x2, 4x4x6, 2x2x1.
CRITIC = [16 * 3 * 2 * 8 * 8, 16 * 2 * 6 * 4 * 4, 16 * 6 * 1 * 2 * 2]


def test_passes_of_both_networks():
    model = make_model("wgan", **SIZES)
    for network, layers in ((model.generator, GENERATOR), (model.critic, CRITIC)):
        passes = count(network)
        assert passes.forward == pytest.approx(2e-9 * sum(layers))
        assert passes.weights == pytest.approx(2e-9 * sum(layers))
        assert passes.inner == pytest.approx(2e-9 * sum(layers[1:]))
        assert passes.first == pytest.approx(2e-9 * layers[0])


def test_a_convolution_of_a_resized_map_is_at_four_times_the_positions():
    network = make_model("wgan", **SIZES, upsampling="resize").generator
    z, *doubling = GENERATOR
    assert count(network).forward == pytest.approx(2e-9 * (z + 4 * sum(doubling)))


def test_workloads():
    g, c = sum(GENERATOR), sum(CRITIC)
    critic_step = g + 2 * (c + c + c - CRITIC[0])
    generator_step = g + g + (g - GENERATOR[0]) + c + c
    expected = {
        "critic_step": 7 * critic_step,
        "generator_step": 7 * generator_step,
        "iteration": 7 * (3 * critic_step + generator_step),
        "image_iterator_step": 7 * 2 * c,
        "z_iterator_step": 7 * (2 * g + 2 * c),
        "generate_1000": 1000 * g,
    }
    gflop = workloads(make_model("wgan", **SIZES), 7, 3)
    assert gflop == pytest.approx({name: 2e-9 * value for name, value in expected.items()})


def test_the_gans_generator_also_looks_at_real_images():
    model = make_model("gan", **SIZES)
    gflop = workloads(model, 1, 1)
    passes, generator = count(model.critic), count(model.generator)
    backward = generator.weights + generator.inner + passes.inner + passes.first
    assert gflop["generator_step"] == pytest.approx(
        generator.forward + 2 * passes.forward + backward
    )


def test_the_standard_case_needs_449_gflop():
    """The design's 452 also count the gradient by the images, which no critic step computes."""
    model = make_model(
        "wgan",
        size=64,
        channels=3,
        z_dim=100,
        generator_widths=(256, 128, 64, 32),
        critic_widths=(64, 128, 256, 512),
    )
    assert workloads(model, 64, 5)["iteration"] == pytest.approx(449, abs=0.5)
