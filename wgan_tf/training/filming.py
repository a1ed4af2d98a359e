"""Filming a training: the reel, and the callback that fills it."""

from wgan_tf.config.field import numbers
from wgan_tf.data.order import batch
from wgan_tf.data.schedule import Schedule
from wgan_tf.training.callbacks.film import Film, Reel
from wgan_tf.visualize.video import check_encoder


def open_reel(source, config) -> Reel | None:
    """The film of a run; None without `--film`. Nothing is written yet.

    Args:
        source: of real images.
        config: of the run.

    Raises:
        UserError: there is no encoder.
    """
    watching = config.watching
    if not watching.film:
        return None
    check_encoder()
    real = batch(source, watching.film_grid**2, config.run.seed)
    chosen = numbers(watching.film_strip) if watching.film_strip else None
    return Reel(config.run.logs_dir, real, config.training.iterations, chosen)


def film_callback(writer, model, reel: Reel, config, schedule: Schedule) -> Film:
    """Films the samples of fixed z's.

    Args:
        writer: a `tf.summary` writer.
        model: to be trained.
        reel: where to.
        config: of the run.
        schedule: of the training.
    """
    z = model.sample_z(config.watching.film_grid**2, config.run.seed)
    return Film(writer, reel, z, schedule, config.watching.film_every)
