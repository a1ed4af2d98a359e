"""`--mode=demo`: everything once, on the data that is at hand."""


from wgan_tf.modes import image_iterator, train, visualize, z_iterator


def run(config) -> list:
    """Trains, draws samples and runs both iterators.

    Returns:
        The pictures.
    """
    pictures = [*train.run(config), *visualize.run(config)]
    for name, mode in (("image_iterator", image_iterator), ("z_iterator", z_iterator)):
        pictures += mode.run(config.but(mode=name))
    return pictures
