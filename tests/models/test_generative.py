"""What a trained model draws and how it scores."""


import numpy as np

from tests.tiny import make_model, strong
from wgan_tf.models.generative import BLOCK


def test_measured_statistics_score_as_training_does():
    model = strong(make_model())
    images = model.generate(model.sample_z(256, 5))
    stale = model.score(images).numpy()
    model.measure_statistics()
    measured = model.score(images).numpy()
    again = [v.numpy() for v in model.critic.non_trainable_variables]
    in_training = model.critic(images, training=True).numpy()

    def ranks(scores):
        return np.argsort(np.argsort(scores))

    assert np.corrcoef(ranks(measured), ranks(in_training))[0, 1] > 0.99
    np.testing.assert_allclose(measured.mean(), in_training.mean(), atol=0.02 * stale.std())
    model.measure_statistics()
    for one, other in zip(again, model.critic.non_trainable_variables, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-5, atol=1e-6)


def test_samples_are_pure_functions_of_the_seed():
    model = make_model()
    assert (model.sample_z(5, 1).numpy() == model.sample_z(5, 1).numpy()).all()
    assert not (model.sample_z(5, 1).numpy() == model.sample_z(5, 2).numpy()).any()
    z = model.sample_z(4000, 0).numpy()
    assert z.min() < -0.99 and z.max() > 0.99 and abs(z.mean()) < 0.05
    normal = make_model(z_prior="normal").sample_z(4000, 0).numpy()
    assert abs(normal.std() - 1) < 0.05


def test_batches_do_not_change_what_is_generated_or_scored():
    model = make_model()
    z = model.sample_z(7, 0)
    images = model.generate(z, batch_size=3)
    np.testing.assert_allclose(images, model.generator(z, training=False), atol=1e-6)
    np.testing.assert_allclose(
        model.score(images, batch_size=2), model.critic(images, training=False), atol=1e-6
    )
    assert model.score(images).shape == (7,)


def test_blocks_of_latents_are_the_prior_and_differ():
    model = make_model()
    z = np.concatenate([model.sample_block(number, 3) for number in range(4)])
    assert z.shape == (4 * BLOCK, 3) and len(np.unique(z, axis=0)) == 4 * BLOCK
    assert abs(z.mean()) < 0.05 and abs(z.var() - 1 / 3) < 0.03
    assert not np.array_equal(model.sample_block(0, 3), model.sample_z(BLOCK, 3))
    assert not np.array_equal(model.sample_block(0, 3), model.sample_block(0, 4))
    assert np.array_equal(model.sample_block(2, 3), z[2 * BLOCK : 3 * BLOCK])
