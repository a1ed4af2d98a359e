"""What all callbacks share: their state in checkpoints, and what a game reports."""

import importlib
import pkgutil

import numpy as np
import tensorflow as tf

from tests.tiny import make_model
from wgan_tf.models.wgan_gp import WGANGP
from wgan_tf.optimizers import make_optimizer
from wgan_tf.runs import checkpoints
from wgan_tf.training import callbacks
from wgan_tf.training.callbacks.control import Checkpoints
from wgan_tf.training.callbacks.events import Events
from wgan_tf.training.callbacks.iterations import Iterations
from wgan_tf.training.callbacks.summaries import Scalars


def subclasses(base):
    return {base}.union(*(subclasses(child) for child in base.__subclasses__()))


def test_states_have_the_names_that_checkpoints_know():
    """Checkpoints of all versions have these."""
    for module in pkgutil.iter_modules(callbacks.__path__):
        importlib.import_module(f"{callbacks.__name__}.{module.name}")
    ours = {kind for kind in subclasses(Iterations) if kind.__module__.startswith("wgan_tf")}
    assert {kind.stored_as for kind in ours | {Events}} - {None} == {
        "numbers",
        "scalars",
        "feedback",
        "testaccuracy",
        "evaluations",
        "events",
    }
    for kind in ours - {Iterations}:
        assert (kind.stored_as is not None) == (kind.state is not Iterations.state), kind


def test_a_renamed_callback_keeps_its_state(tmp_path):
    class Renamed(Scalars):
        pass

    model = make_model()
    before = Scalars(None, 10, 8)
    before.sums["critic_loss"] = 0.5
    saver = Checkpoints(tmp_path, 1, parts=[before])
    saver.set_model(model)
    saver.on_train_batch_end(0, {})
    after, restored = Renamed(None, 10, 8), checkpoints.go_on_from(tmp_path, make_model())
    Checkpoints(tmp_path, 1, parts=[after], restored=restored.beside)
    after.on_train_begin()
    assert after.sums == {"critic_loss": 0.5}


class Sloping(WGANGP):
    """A game that reports something new."""

    critic_term_logs = (*WGANGP.critic_term_logs, "slope")

    def critic_terms(self, real, fake, key):
        term, logs = super().critic_terms(real, fake, key)
        return term, logs | {"slope": tf.constant(2.5)}


def test_a_scalar_that_nobody_knows_is_shown(monkeypatch):
    shown = {}
    monkeypatch.setattr(tf.summary, "scalar", lambda name, value: shown.update({name: value}))
    model = Sloping(**make_model("wgan_gp").arguments, z_prior="normal")
    model.compile(make_optimizer("Adam", 1e-3, 0.5))
    images = np.zeros((1, 4, 1, 16, 16, 1), np.float32)
    dataset = tf.data.Dataset.from_tensor_slices(images)
    scalars = Scalars(tf.summary.create_noop_writer(), 1, 4)
    model.fit(dataset, verbose=0, shuffle=False, callbacks=[scalars])
    assert shown["training/slope"] == 2.5 and "loss/gradient_penalty" in shown
