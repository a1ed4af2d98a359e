"""How much a training computes, compared with another, before either is built."""

from wgan_tf.config import Config
from wgan_tf.config.as_command import flags_of
from wgan_tf.config.resolve import resolve
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UserError

# A smaller training that saves less than this is not worth another run.
_WORTH = 0.5


def effort(config: Config) -> float:
    """Multiplications of all iterations of a game, to compare with another of the same game.

    Counted are convolutions and the dense layer before them. As in `machine.arithmetic`, a gradient
    by weights costs as much as a forward pass, and so does one by inputs.
    """
    data, training = config.data, config.training
    generator, critic = _forward(config)
    # How many images there are decides only when it is whose turn.
    schedule = Schedule.of(training, data.batch_size, 1)
    updates = schedule.critic_updates_before(training.iterations)
    critic_update, generator_update = generator + 6 * critic, 3 * generator + 3 * critic
    return data.batch_size * (updates * critic_update + training.iterations * generator_update)


def smaller(config: Config) -> Config | None:
    """What the command of a game would mean with `--preset=small`; None where that says nothing
    new, or hardly less.
    """
    if config.run.preset == "small":
        return None
    try:
        small = resolve({**flags_of(config), "preset": "small"})
    except UserError:
        return None
    return small if effort(small) < _WORTH * effort(config) else None


def _forward(config: Config) -> tuple[float, float]:
    """Multiplications of a forward pass of generator and critic for one image."""
    data, network = config.data, config.network
    if network.one_width:
        # Eight layers each, most of them at a half or a quarter of the size.
        pixels = 9 * data.size**2
        return pixels * network.gen_dimension**2, pixels * network.disc_dimension**2
    generator = _strided(data.size, (data.channels, *reversed(network.generator_channels)))
    first = data.size // 2 ** len(network.generator_channels)
    generator += network.z_dim * first**2 * network.generator_channels[0]
    return generator, _strided(data.size, (data.channels, *network.critic_channels))


def _strided(size: int, widths: tuple[int, ...]) -> float:
    """Of 4x4 kernels of stride 2 from each width to the next, from the image on; transposed ones,
    from the image's side, compute the same.
    """
    pairs = zip(widths, widths[1:], strict=False)
    return sum(
        16 * (size // 2**layer) ** 2 * inner * outer
        for layer, (inner, outer) in enumerate(pairs, 1)
    )
