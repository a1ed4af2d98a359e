"""What is filmed and watched while a generator learns."""

import dataclasses

from wgan_tf.config.field import field, not_negative, one_to, positive, rising


@dataclasses.dataclass(frozen=True)
class WatchConfig:
    """What is filmed and watched while the networks learn."""

    film: bool = field(
        False, "film images of fixed z's while training: images/film.mp4 and film_strip.png",
        "free", "game",
    )
    film_every: int = field(
        2, "critic updates between two frames; at most a frame per generator update",
        "training", "game", positive,
    )
    film_grid: int = field(
        6, "rows and columns of a frame, as many squared fixed z's", "training", "game", one_to(32)
    )
    film_strip: str | None = field(
        None,
        "iterations shown side by side with real images, as 300,900,5700 (default: 5 %, 16 % and "
        "100 % of --iterations)",
        "free", "game", rising,
    )
    watch_every: int = field(
        50,
        "iterations between looks at the game: accuracy on real and on generated images, balance "
        "of the losses, variety; 0: none",
        "free", "game", not_negative,
    )
