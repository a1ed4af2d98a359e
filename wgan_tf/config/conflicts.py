"""What is refused of values that are good each by itself and cannot be together."""

from wgan_tf.config import Config
from wgan_tf.config.commands import COMMANDS
from wgan_tf.data import WORLDS, is_in_data_dir
from wgan_tf.errors import UsageError
from wgan_tf.files.shards import check_number
from wgan_tf.models import GAMES
from wgan_tf.networks import ARCHITECTURES


def check_together(config: Config) -> None:
    """Refuses what a mode or a game cannot do, except by the sizes of its images and networks.

    Raises:
        UsageError: saying what to change.
    """
    _check_world(config)
    _check_mode(config)
    _check_guided(config)
    check_latent(config)
    if "latents" in COMMANDS[config.run.mode].kinds:
        _check_starting(config)
        _check_shards(config)
    _check_schedule(config)
    _check_clipped(config)


def _check_world(config: Config) -> None:
    """Refuses points where images are needed, and images where points are."""
    mode, name = config.run.mode, config.data.dataset
    kinds = COMMANDS[mode].kinds
    if "points" in kinds and "data" not in kinds and name not in WORLDS:
        given = "--data_dir" if is_in_data_dir(name) else f"--dataset={name}"
        raise UsageError(
            f"{given}: --mode={mode} must know the density: give --dataset={', '.join(WORLDS)}"
        )
    if "points" not in kinds and name in WORLDS:
        modes = [other for other, row in COMMANDS.items() if "points" in row.kinds]
        uses = " or ".join(f"--mode={other}" for other in modes)
        raise UsageError(f"--dataset={name}: {name} are points in a plane, for {uses}")


def _check_mode(config: Config) -> None:
    mode, command, model = config.run.mode, COMMANDS[config.run.mode], config.network.model
    if not GAMES[model].generator and not {"classify", "look"} & command.kinds:
        first = next(name for name, row in COMMANDS.items() if row.network)
        raise UsageError(
            f"--mode={mode} needs a generator, a classifier has none: choose the --logs_dir of a "
            f"GAN, or --mode={first}"
        )
    if command.games and model not in command.games:
        raise UsageError(f"--mode={mode}: --model must be {' or '.join(command.games)}")
    start = config.refinement.start
    if command.starts and start not in command.starts:
        raise UsageError(
            f"--start={start}: --mode={mode} starts from {' or '.join(command.starts)}"
        )


def _check_guided(config: Config) -> None:
    if config.guided.stop_at_real and config.guided.guide != "ratio":
        raise UsageError("--stop_at_real: only a ratio says how real is real; add --guide=ratio")


def check_latent(config: Config) -> None:
    """Refuses a z that has no room for what its first values ask for.

    Raises:
        UsageError: naming both numbers.
    """
    network, first = config.network, GAMES[config.network.model].first
    # Classes are counted in the data, where no flag says how many; two are the least.
    counts = {name: getattr(network, name) or (2 if name == "classes" else 0) for name in first}
    if first and sum(counts.values()) >= network.z_dim:
        what = " and ".join(f"{count} {name}" for name, count in counts.items())
        raise UsageError(
            f"--z_dim={network.z_dim}: must be more than the {what}, which are its first values"
        )


def _check_starting(config: Config) -> None:
    """Refuses z's that are named twice, or by what the game or the mode lacks."""
    starting, network, start = config.starting, config.network, config.refinement.start
    if starting.z is not None and starting.seeds is not None:
        raise UsageError("--seeds: --z says which z's already; leave one of both out")
    named = {"z": starting.z, "seeds": starting.seeds, "class": starting.only_class}
    flag = next((name for name, value in named.items() if value is not None), None)
    if flag and COMMANDS[config.run.mode].starts and start != "generated":
        raise UsageError(f"--{flag}: --start={start} has no z; leave one of both out")
    _check_class(config)
    if starting.truncation is None:
        return
    if config.guided.method is not None:
        raise UsageError(
            "--truncation: --method says how samples are refined already; give both in one, as "
            f"--method=truncation:bound={starting.truncation:g},{config.guided.method}"
        )
    if network.z_prior == "uniform" and starting.truncation >= 1:
        raise UsageError(
            f"--truncation={starting.truncation:g}: values of this run's z lie in [-1, 1]: give a "
            "number below 1"
        )


def _check_class(config: Config) -> None:
    wanted, network = config.starting.only_class, config.network
    if wanted is None:
        return
    first = GAMES[network.model].first
    if not first:
        games = " or ".join(name for name, game in GAMES.items() if game.first)
        raise UsageError(
            f"--class={wanted}: {network.model} is asked for no class; that needs a run of {games}"
        )
    # A run that has not been trained may not know its number yet.
    count = getattr(network, first[0])
    if count is not None and wanted >= count:
        raise UsageError(
            f"--class={wanted}: this run has {count} {first[0]}, 0 to {count - 1}"
        )


def _check_schedule(config: Config) -> None:
    training = config.training
    if training.alternate and training.matched_batches:
        raise UsageError("--matched_batches: pairs are made for both sides: leave out --alternate")
    if training.alternate and training.critic_boost:
        raise UsageError("--critic_boost: whole epochs have no longer ones; leave it out")


def _check_clipped(config: Config) -> None:
    """Refuses a second bound of the critic's slope where its weights are clipped."""
    takes, loss = GAMES[config.network.model].takes, config.training.loss
    if "clip_value" not in takes or "loss" in takes and loss != "wasserstein":
        return
    flag = f"--r1={config.training.r1:g}" if config.training.r1 else None
    if config.network.spectral_norm:
        flag = "--spectral_norm"
    if flag:
        game = f"--loss={loss}" if "loss" in takes else config.network.model
        other = "another --loss" if "loss" in takes else "another game, as --model=dcgan"
        raise UsageError(
            f"{flag}: {game} clips the critic's weights, which bounds its slope already; leave the "
            f"flag out or choose {other}"
        )


def _check_shards(config: Config) -> None:
    if config.starting.z is None and config.starting.seeds is None:
        check_number(config.generation.count, config.generation.shard_size)


def check_named_loss(flags: dict, model: str) -> None:
    """Refuses what a game with a loss of its own would silently leave out.

    Args:
        flags: field name to value, what the user gave.
        model: a key of `GAMES`.

    Raises:
        UsageError: naming the games that have it.
    """
    problems = {
        "minibatch_discrimination": "has none",
        "spectral_norm": "has none",
        "loss": "has a loss of its own",
        "kernel_size": "has kernels of its own",
        "upsampling": "has a way of its own",
    }
    for name, problem in problems.items():
        default = Config().flat()[name]
        if name not in GAMES[model].takes and flags.get(name, default) != default:
            games = [other for other, game in GAMES.items() if name in game.takes]
            flag = f"--{name}" if default is False else f"--{name}={flags[name]}"
            uses = " or ".join(f"--model={other}" for other in games)
            raise UsageError(f"{flag}: {model} {problem}; use {uses}")


def check_sizes(config: Config) -> None:
    """Refuses images that the networks cannot have, and widths that do not fit their layers.

    Raises:
        UsageError: saying what would.
    """
    data, network, game = config.data, config.network, GAMES[config.network.model]
    if not 16 <= data.size <= 256:
        raise UsageError(f"--image_size={data.image_size}: the size must be 16 to 256")
    if network.one_width:
        _check_one_width(data, network, game)
        return
    layers = network.layers
    if data.size % 2**layers:
        raise UsageError(
            f"--image_size={data.image_size}: {data.size} is not divisible by 2^{layers}; "
            f"choose a size that is, or fewer --layers"
        )
    for name in ("generator_widths", "critic_widths"):
        widths = getattr(network, name)
        if widths and len(widths.split(",")) != layers:
            raise UsageError(f"--{name}={widths}: must be {layers} numbers, as many as --layers")


def _check_one_width(data, network, game) -> None:
    for name in ("generator_widths", "critic_widths"):
        if getattr(network, name):
            raise UsageError(f"--{name}: these networks have one width; use --disc_dimension")
    layers = ARCHITECTURES[game.network].layers if game.generator else None
    if layers and network.layers != layers:
        raise UsageError(
            f"--layers={network.layers}: these networks have {layers} stride-2 layers"
        )
    if data.size % 8:
        raise UsageError(f"--image_size={data.image_size}: must be divisible by 8")
