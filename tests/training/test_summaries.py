"""The scalars of a training."""

import tensorflow as tf

from tests.reading import events
from tests.tiny import make_model


def test_losses_of_an_idle_side_count_for_nothing(tmp_path):
    from wgan_tf.training.callbacks.summaries import Scalars

    writer = tf.summary.create_file_writer(str(tmp_path))
    scalars = Scalars(writer, 3, 8)
    scalars.set_model(make_model("dcgan"))
    scalars.on_train_begin()
    for loss in (1.0, float("nan"), 4.0):
        scalars.on_train_batch_end(0, {"critic_loss": loss, "generator_loss": float("nan")})
    writer.close()
    tags = events(tmp_path)
    assert float(tf.make_ndarray(tags["loss/critic"][0][1].tensor)) == 2.5
    assert "loss/generator" not in tags
