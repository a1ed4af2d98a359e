"""What a training will take, in words, while there is time to choose another."""

from wgan_tf.config.effort import effort, smaller
from wgan_tf.machine.timing import time_in_words
from wgan_tf.visualize.speed import duration

# Shorter ones need no line: the bar is seen to move.
_SHORT = 120
# Above this a line also says what is shorter.
_LONG = 3600
# Small networks get less out of a processor than large ones.
_SLOWER = 1.5


def chosen(config) -> str:
    """What a new game trains by, where no flag says otherwise."""
    preset, data = config.run.preset, config.data
    what = f"{data.size}x{data.size} {'grey' if data.channels == 1 else 'colour'}"
    game, iterations = config.network.model, config.training.iterations
    line = f"preset {preset}: {game}, {what}, {iterations:,} iterations"
    others = {
        "small": ["--preset=full has the original's sizes"],
        "full": ["--preset=small is for a CPU"],
    }.get(preset, [])
    if preset == "small" and game == "wgan":
        others = ["--model=dcgan draws better in the same time", *others]
    return "; ".join([line, *others])


def forecast(steps: int, seconds: float, each: float, unit: str = "iterations") -> str | None:
    """How long a training takes; None where that is not worth a line.

    Args:
        steps: of all that this command trains.
        seconds: of all of them.
        each: seconds of one that is to come, on average.
        unit: what steps are called.
    """
    if seconds < _SHORT:
        return None
    return f"{steps:,} {unit} of {duration(each)}: {time_in_words(seconds)}"


def forecast_of_game(config, start: int, seconds: float, each: float) -> str | None:
    """As `forecast`, of a game; of a long one also which flag makes it shorter.

    Args:
        config: of the run.
        start: the iteration at which this command began.
        seconds, each: see there.
    """
    stop = config.training.iterations
    line = forecast(stop - start, seconds, each)
    if line is None or seconds <= _LONG:
        return line
    small = smaller(config)
    if small is None:
        return f"{line}; --iterations={start + _in_two_digits(_LONG / each)}: an hour"
    whole = seconds * stop / max(1, stop - start)
    short = _SLOWER * whole * effort(small) / effort(config)
    return f"{line}; --preset=small in another --logs_dir: about {time_in_words(short)}"


def _in_two_digits(number: float) -> int:
    return max(1, int(float(f"{number:.2g}")))
