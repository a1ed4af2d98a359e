"""What a critic sees is changed as drawn, and the generator learns through it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.two_devices import SMALL, trained
from tests.tiny import make_model, same, strong, train, weights
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.models import GAME_AUGMENTATIONS
from wgan_tf.models.differentiable_augmentation import augmented
from wgan_tf.models.losses import gradient_penalty
from wgan_tf.runs import build_trainable

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (40, 16, 16, 3)).astype(np.float32)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
ALL = tuple(GAME_AUGMENTATIONS)
KEY = tf.constant([0, 1], tf.int64)


def apply(name, images, drawn):
    change = GAME_AUGMENTATIONS[name]
    drawn = np.asarray(drawn, np.float32)
    assert drawn.shape == (len(images), change.draws)
    return change.apply(tf.constant(images), tf.constant(drawn)).numpy()


def test_mirror_by_hand():
    changed = apply("mirror", IMAGES[:2], [[0.49], [0.5]])
    np.testing.assert_array_equal(changed[0], IMAGES[0, :, ::-1])
    np.testing.assert_array_equal(changed[1], IMAGES[1])


def test_translate_by_hand():
    # 16 pixels: -2 to 2, in fifths of what is drawn; first down, then to the right.
    changed = apply("translate", IMAGES[:3], [[0.0, 0.999], [0.5, 0.5], [0.79, 0.21]])
    expected = np.zeros_like(IMAGES[:3])
    expected[0, :-2, 2:] = IMAGES[0, 2:, :-2]
    expected[1] = IMAGES[1]
    expected[2, 1:, :-1] = IMAGES[2, :-1, 1:]
    np.testing.assert_array_equal(changed, expected)


def test_cutout_by_hand():
    # The first row of a square of 8 is -4 to 12, in seventeenths of what is drawn.
    changed = apply("cutout", IMAGES[:2], [[0.0, 0.999], [8.5 / 17, 5.5 / 17]])
    expected = IMAGES[:2].copy()
    expected[0, :4, 12:] = 0
    expected[1, 4:12, 1:9] = 0
    np.testing.assert_array_equal(changed, expected)


@pytest.mark.parametrize("size, side", [(16, 8), (20, 10), (18, 9)])
def test_cutout_takes_a_quarter_where_it_is_inside(size, side):
    ones = np.ones((500, size, size, 1), np.float32)
    cut = 1 - apply("cutout", ones, RNG.uniform(size=(500, 2)))[..., 0]
    assert cut.sum((1, 2)).max() == side**2 and cut.sum((1, 2)).min() >= (side // 2) ** 2
    assert cut.max(0).min() == 1  # anywhere


@pytest.mark.parametrize("channels", [1, 3])
def test_colour_one_after_the_other(channels):
    images = IMAGES[:5, ..., :channels]
    drawn = RNG.uniform(size=(5, 3)).astype(np.float32)
    coloured = apply("colour", images, drawn)
    for image, (b, s, c), changed in zip(images, drawn, coloured, strict=True):
        image = image + (b - 0.5)
        grey = image.mean(-1, keepdims=True)
        image = (image - grey) * (2 * s) + grey
        image = (image - image.mean()) * (c + 0.5) + image.mean()
        np.testing.assert_allclose(changed, image, atol=2e-6)


def test_draws_of_a_half_change_nothing_but_where_cutout_is():
    for name in ("colour", "mirror", "translate"):
        half = np.full((2, GAME_AUGMENTATIONS[name].draws), 0.5)
        np.testing.assert_allclose(apply(name, IMAGES[:2], half), IMAGES[:2], atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_a_pure_function_of_its_key_and_each_image_its_own(name):
    first, again, other = (
        augmented(IMAGES, (name,), tf.constant([0, step], tf.int64)).numpy() for step in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and first.shape == IMAGES.shape and first.dtype == np.float32
    alike = augmented(np.repeat(IMAGES[:1], 40, 0), (name,), KEY).numpy()
    assert len({image.tobytes() for image in alike}) > (1 if name == "mirror" else 12)


def test_draws_do_not_depend_on_what_else_is_named():
    once = augmented(IMAGES, ("cutout",), KEY)
    twice = augmented(augmented(IMAGES, ("translate",), KEY), ("cutout",), KEY)
    np.testing.assert_array_equal(augmented(IMAGES, ("cutout", "translate"), KEY), twice)
    assert (once != twice).numpy().any()


@pytest.mark.parametrize("name", ALL)
def test_gradients_are_those_of_finite_differences(name):
    """The changes are linear in the images, so any step will do."""
    weight, step = RNG.normal(size=(2, *IMAGES.shape)).astype(np.float32)
    images = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(weight * augmented(images, (name,), KEY))
    gradient = tape.gradient(total, images).numpy()
    moved = [augmented(IMAGES + sign * step, (name,), KEY).numpy() for sign in (1, -1)]
    expected = (weight * (moved[0] - moved[1]) / 2).sum()
    assert (gradient * step).sum() == pytest.approx(expected, rel=1e-3, abs=1e-2)


# ------------------------------------------------------------------ in games


def test_nothing_named_leaves_the_images_alone():
    model = make_model("dcgan")
    images = tf.constant(REAL)
    assert model.seen(images) is images and model.seen(images, 3, generated=True) is images


def test_real_and_generated_images_and_updates_differ():
    model = make_model("dcgan", compiled={"augment": ["translate"]})
    looks = [(update, generated) for update in (0, 1) for generated in (False, True)]
    seen = {model.seen(REAL, *look).numpy().tobytes() for look in looks}
    assert len(seen) == 4
    model.iteration.assign_add(1)
    assert model.seen(REAL).numpy().tobytes() not in seen


def test_losses_are_those_of_the_changed_images():
    model = strong(make_model("dcgan", loss_name="hinge", compiled={"augment": ALL}))
    z = model.sample_z(8)
    real = model.critic(model.seen(REAL, 2), training=True)
    fake = model.generator(z, training=True)
    judged = model.critic(model.seen(fake, 2, generated=True), training=True)
    expected = tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + judged))
    logs = model.critic_step(REAL, z, update=2)
    assert float(logs["critic_loss"]) == pytest.approx(float(expected), rel=1e-5)

    with tf.GradientTape() as tape:
        fake = model.generator(z, training=True)
        judged = model.critic(model.seen(fake, generated=True), training=True)
        loss = -tf.reduce_mean(judged)
    expected = tape.gradient(loss, model.generator.trainable_variables)
    gradients, reported = model.generator_gradients(z)
    assert float(reported) == pytest.approx(float(loss), rel=1e-5)
    for one, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert max(np.abs(g).max() for g in expected) > 1e-3


def test_the_generator_compares_with_real_images_that_are_changed_too():
    model = strong(make_model("gan", compiled={"augment": ("cutout",)}))
    z = model.sample_z(8)
    fake = model.generator(z, training=True)
    sides = [model.seen(fake, generated=True), model.seen(REAL)]
    judged_fake, judged_real = (model.judged(images, training=True) for images in sides)
    expected = model.generator_loss(judged_fake, judged_real)
    assert float(model.generator_gradients(z, REAL)[1]) == pytest.approx(float(expected), rel=1e-4)


def test_the_penalty_is_at_changed_images():
    model = make_model("wgan_gp", compiled={"augment": ("cutout", "colour")})
    z = model._training_z(1, 8)
    fake = model.seen(model.generator(z, training=True), 1, generated=True)
    mixing = tf.random.stateless_uniform((8, 1, 1, 1), model._key(4, 1))
    penalty = gradient_penalty(model.critic, model.seen(REAL, 1), fake, mixing)
    logs = model.critic_step(REAL, z)
    assert float(logs["gradient_penalty"]) == pytest.approx(float(penalty), rel=1e-4)


# XLA takes minutes to compile the changes and their gradients for a CPU.
@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_both_networks_train(jit_compile):
    model = make_model("gan", compiled={"augment": ALL, "jit_compile": jit_compile})
    critic, generator = weights(model.critic), weights(model.generator)
    logs = train(model, np.stack([REAL] * 3, 1), 2)
    assert all(np.isfinite(value) for value in logs.values())
    assert not same(critic, model.critic) and not same(generator, model.generator)


def test_a_resumed_training_sees_the_same():
    batches = RNG.uniform(-1, 1, (8, 2, 16, 16, 1)).astype(np.float32)
    through = make_model("dcgan", compiled={"augment": ALL})
    train(through, batches, 4)
    halves = make_model("dcgan", compiled={"augment": ALL})
    train(halves, batches, 2)
    resumed = make_model("dcgan", compiled={"augment": ALL})
    for ours, theirs in zip(
        [*resumed.variables, *resumed.optimizer.variables],
        [*halves.variables, *halves.optimizer.variables],
        strict=True,
    ):
        ours.assign(theirs)
    train(resumed, batches, 2)
    for one, other in zip(through.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)


def test_a_file_of_the_model_has_it(tmp_path):
    model = make_model("dcgan", compiled={"augment": ("mirror", "cutout")})
    model.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").augment == ("mirror", "cutout")


def test_two_replicas_change_images_as_one_does(on_two_devices):
    flags = {"model": "wgan", "sync_batch_norm": True, "augment": ",".join(ALL), **SMALL}
    runs = [on_two_devices(trained, devices, 5, **flags) for devices in (1, 2)]
    plain = on_two_devices(trained, 1, 5, **flags | {"augment": None})
    for name in ("critic_loss", "generator_loss", "score_real"):
        one, two, without = ([logs[name] for logs in run["logs"]] for run in (*runs, plain))
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-5, err_msg=name)
        assert np.abs(np.subtract(one, without)).max() > 1e-4, name


# ------------------------------------------------------------------ its flag


def test_the_flag_reaches_the_model():
    config = resolve({"model": "dcgan", "augment": "cutout,mirror", "dataset": "mnist5k"})
    assert build_trainable(config).augment == ("cutout", "mirror")
    assert build_trainable(config.but(augment=None)).augment == ()


@pytest.mark.parametrize(
    "value, line",
    [
        ("color", "did you mean colour"),
        ("mirror,mirror", "must be different names"),
        ("mirror,,cutout", "must be of colour, mirror, translate, cutout"),
    ],
)
def test_what_is_none_is_refused(value, line):
    with pytest.raises(UsageError, match=line):
        resolve({"augment": value})
