"""Minibatch discrimination: how near the images of a batch are to each other."""

import keras
import numpy as np

from tests.tiny import make_model, strong

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)


def test_nearness_is_what_the_paper_says_but_a_mean():
    model = make_model("dcgan", minibatch_discrimination=True)
    critic = model.critic
    features = keras.Model(critic.inputs[0], critic.get_layer("flat").output)(REAL).numpy()
    joined = keras.Model(critic.inputs[0], critic.get_layer("with_nearness").output)(REAL).numpy()
    views = (features @ critic.get_layer("views").kernel.numpy()).reshape(8, 50, 5)
    expected = np.zeros((8, 50))
    for i in range(8):
        for j in range(8):
            expected[i] += np.exp(-np.abs(views[i] - views[j]).sum(1)) / 8
    np.testing.assert_allclose(joined[:, features.shape[1] :], expected, rtol=1e-4)


def test_a_collapsed_batch_is_as_near_as_can_be():
    critic = make_model("dcgan", minibatch_discrimination=True).critic
    seen = keras.Model(critic.inputs[0], critic.get_layer("with_nearness").output)
    np.testing.assert_allclose(seen(np.repeat(REAL[:1], 5, 0)).numpy()[:, -50:], 1.0, rtol=1e-5)
    assert seen(REAL).numpy()[:, -50:].max() < 1.0


def test_a_score_depends_on_the_batch_only_with_it():
    for discrimination in (True, False):
        model = strong(make_model("dcgan", minibatch_discrimination=discrimination))
        alone = model.score(REAL[:1]).numpy()
        in_batch = model.score(REAL).numpy()[:1]
        assert np.allclose(alone, in_batch, rtol=1e-5) != discrimination
