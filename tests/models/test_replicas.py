"""Several devices of one machine compute what one does. Devices are set up once per process."""

import subprocess
import sys

import pytest

from tests.processes import ROOT

# Trains on one device and on two, and compares; the rest is in each test.
TRAINED = """
import numpy as np
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.machine import runtime
from wgan_tf.training.callbacks.iterations import Iterations
from wgan_tf.data.pipeline import training_batches

class Logs(Iterations):
    def after(self, iteration, logs):
        every.append(logs)

def trained(strategy, steps, labelled=False, **given):
    global every
    every = []
    config = resolve(dict(image_size="16", batch_size=8, cache_dir=CACHE, **given))
    classifier = given["model"] == "classifier"
    model = runs.build_trainable(config, 9 if classifier else None, strategy)
    source = runs.open_images(config)
    steps_of = lambda _: 1 if classifier else 2
    batches = training_batches(
        source, batch_size=8, seed=0, critic_steps=steps_of, start=0, stop=steps, strategy=strategy,
        extra_batches=int(getattr(model, "generator_needs_real", False)), labelled=labelled)
    model.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False, callbacks=[Logs()])
    return model, every

def copies(model, variable):
    return [v.numpy() for v in model.distribute_strategy.experimental_local_results(variable.value)]

runtime.start("mirrored")
two = runtime.strategy()
assert two.num_replicas_in_sync == 2
"""
SMALL = "layers=2, z_dim=4, gen_dimension=1, disc_dimension=4"


def run(code, cache_dir):
    code = f"CACHE = {str(cache_dir)!r}\n{TRAINED}{code}\nprint('good')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip().endswith("good"), done.stderr[-2000:]


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_both_replicas_end_with_equal_variables(cache_dir, kind):
    """Moving statistics, too, though each sees its own part of the batches."""
    code = f"""
model, logs = trained(two, 3, model={kind!r}, {SMALL})
start = runs.build_model(resolve(dict(
    image_size="16", batch_size=8, model={kind!r}, cache_dir=CACHE, {SMALL})))
assert model.iteration.numpy() == 3 and model.optimizer.iterations.numpy() == 9
before = [*start.generator.variables, *start.critic.variables, *start.real_statistics]
after = [*model.generator.variables, *model.critic.variables, *model.real_statistics]
for variable, old in zip(after, before, strict=True):
    first, second = copies(model, variable)
    assert (first == second).all(), variable.path
    assert not (first == old.numpy()).all(), variable.path
assert all(np.isfinite(list(each.values())).all() for each in logs) and len(logs) == 3
"""
    run(code, cache_dir)


def test_two_replicas_compute_what_one_does_with_synchronised_batch_norm(cache_dir):
    code = f"""
given = dict(model="wgan", sync_batch_norm=True, {SMALL})
one, single = trained(None, 20, **given)
both, shared = trained(two, 20, **given)
for name in ("critic_loss", "generator_loss", "score_real", "score_fake"):
    a, b = (np.array([each[name] for each in logs]) for logs in (single, shared))
    assert np.ptp(a) > 1e-3 and np.abs(a - b).max() < 1e-5, (name, a - b)
for a, b in zip(one.critic.variables, both.critic.variables, strict=True):
    np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-5)
# Without it each replica normalises its four images alone: another computation.
_, apart = trained(two, 20, **{{**given, "sync_batch_norm": False}})
assert max(abs(a["critic_loss"] - b["critic_loss"]) for a, b in zip(single, apart)) > 1e-4
"""
    run(code, cache_dir)


def test_a_step_is_as_long_on_two_replicas_as_on_one(cache_dir):
    """Gradients are averaged, not added up: only an optimizer with momentum alone would show."""
    code = f"""
import keras
import wgan_tf.optimizers as optimizers
optimizers.OPTIMIZERS["keras_adam"] = lambda rate, *_: keras.optimizers.SGD(rate)
given = dict(model="dcgan", loss="hinge", sync_batch_norm=True, optimizer="keras_adam", {SMALL})
one, single = trained(None, 2, learning_rate=0.05, **given)
both, shared = trained(two, 2, learning_rate=0.05, **given)
for a, b in zip(one.critic.trainable_variables, both.critic.trainable_variables, strict=True):
    np.testing.assert_allclose(a.numpy(), b.numpy(), atol=2e-5)
assert abs(single[1]["critic_loss"] - single[0]["critic_loss"]) > 1e-2
assert abs(single[1]["critic_loss"] - shared[1]["critic_loss"]) < 1e-4
"""
    run(code, cache_dir)


def test_a_classifier_learns_on_two_replicas(cache_dir):
    code = """
given = dict(model="classifier", network="fast", disc_dimension=4, classes=10, layers=3)
mode = dict(mode="train_classifier", epochs=1, augmentation="turned")
model, logs = trained(two, 4, labelled=True, **given, **mode)
assert model.iteration.numpy() == 4 and {"loss", "accuracy"} == set(logs[0])
for variable in model.critic.variables:
    first, second = copies(model, variable)
    assert (first == second).all(), variable.path
"""
    run(code, cache_dir)
