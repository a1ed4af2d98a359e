"""How every game is trained: alternating updates of two networks."""

import math
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.data.pipeline import Batches
from wgan_tf.models.differentiable_augmentation import augmented
from wgan_tf.models.generative import GenerativeModel
from wgan_tf.models.judged import Judged
from wgan_tf.models.losses import squared_slope
from wgan_tf.models.matching import Matching, matched
from wgan_tf.models.plain_batches import grouped
from wgan_tf.models.rates import Rates, at_rate
from wgan_tf.models.replicas import Replicas, own_rows, replica_count
from wgan_tf.networks.batch_norm import synchronise
from wgan_tf.optimizers.loss_scale import finite_at_some_scale, scales_loss

# Tags that keep the random streams of one seed apart, from those in `generative` too.
_TRAINING_STREAM, _TERMS_STREAM, _CLASS_STREAM = 1, 4, 6
_REAL_CHANGES_STREAM, _FAKE_CHANGES_STREAM = 7, 8
# What a critic update reports, see `AdversarialModel.critic_step`.
CRITIC_LOGS = ("critic_loss", "score_real", "score_fake", "critic_gradient_norm")
# What it reports besides, where `r1` asks for the slope at real images.
SLOPE_LOGS = ("r1_penalty",)
# What a generator update does.
GENERATOR_LOGS = ("generator_loss", "generator_gradient_norm")


class Side(NamedTuple):
    """Real or generated images of one update, and what the critic says of them.

    Attributes:
        images: (batch, size, size, channels), as the critic sees them.
        judged: what the critic says of them.
        classes: int (batch,), the labels or the classes asked for; None without classes.
        z: the latents (batch, z_dim) of generated images; None of real ones.
    """

    images: tf.Tensor
    judged: Judged
    classes: tf.Tensor | None
    z: tf.Tensor | None = None


class AdversarialModel(GenerativeModel):
    """A generator and a critic that learn against each other.

    A game overrides `critic_loss` and `generator_loss`. Both networks share one optimizer, as in
    the original (Adam's powers advance with every update of either).

    Args:
        As `GenerativeModel`'s.
    """

    # Whether the generator's loss looks at real images, one more batch per iteration; and what
    # `critic_terms` reports.
    generator_needs_real = False
    critic_term_logs: tuple[str, ...] = ()

    def compile(
        self,
        optimizer,
        *,
        n_critic=5,
        in_turn=False,
        rates=None,
        matching=None,
        sync_batch_norm=False,
        augment=(),
        r1=0.0,
        **kwargs,
    ):
        """Takes the optimizer of both networks and creates its slots at once.

        Slots that were created at the first step would not be there to restore.

        Args:
            optimizer: of both networks.
            n_critic: critic updates of an iteration where `fit` is given plain batches, each on
                one of them; what `data.pipeline` gives brings its own number.
            in_turn: whether only one side moves in an iteration: the critic in those that bring
                batches for it, the generator in the others.
            rates: `Rates` by which both sides' rates differ from the optimizer's; None: they do
                not.
            matching: a `Matching` by which latents are moved towards the real images that they
                are trained beside; None: they stay as drawn.
            sync_batch_norm: whether several replicas take the statistics of all their batches
                together.
            augment: keys of `GAME_AUGMENTATIONS`: how images are changed before the critic sees
                them in training, real and generated ones, in updates of both networks.
            r1: gamma; the critic's loss grows by gamma / 2 x `losses.squared_slope` of the scores
                of real images, where that is not 0. Under batch norm the slope by an image is that
                of all scores of the batch, added up.
        """
        self.augment, self.r1 = tuple(augment), r1
        self.n_critic, self.in_turn, self.matching = n_critic, in_turn, matching or Matching()
        self.rates, self.replicas = rates or Rates(), Replicas()
        self.sync_batch_norm = sync_batch_norm
        for network in (self.generator, self.critic):
            synchronise(network, sync_batch_norm)
        # Keras' "auto" would choose XLA, which is slower on a CPU (transposed convolutions).
        super().compile(optimizer=optimizer, **{"jit_compile": False, **kwargs})
        self.optimizer.build(self.critic.trainable_variables + self.generator.trainable_variables)

    def get_compile_config(self):
        """What `compile` was given; without this Keras would not restore it from a file."""
        optimizer = keras.saving.serialize_keras_object(self.optimizer)
        return {
            "optimizer": optimizer,
            "n_critic": self.n_critic,
            "in_turn": self.in_turn,
            "rates": list(self.rates),
            "matching": list(self.matching),
            "sync_batch_norm": self.sync_batch_norm,
            "augment": list(self.augment),
            "r1": self.r1,
        }

    def compile_from_config(self, config):
        """The inverse of `get_compile_config`."""
        optimizer = keras.saving.deserialize_keras_object(config["optimizer"])
        # Files of earlier versions have no rates.
        rates, matching = Rates(*config.get("rates", ())), Matching(*config["matching"])
        self.compile(**{**config, "optimizer": optimizer, "rates": rates, "matching": matching})

    # ------------------------------------------------------------------ what a game defines

    def critic_loss(self, real: Judged, fake: Judged):
        """Scalar loss of the critic for equal batches of both."""
        raise NotImplementedError

    def generator_loss(self, fake: Judged, real: Judged | None = None):
        """Scalar loss of the generator; real where `generator_needs_real`."""
        raise NotImplementedError

    def critic_terms(self, real: Side, fake: Side, key):
        """What is added to the critic's loss.

        Args:
            real, fake: both sides of the update, of equal batches.
            key: of this update's random numbers.

        Returns:
            A scalar, and scalars to report by the names in `critic_term_logs`.
        """
        return 0.0, {}

    def generator_terms(self, fake: Side):
        """A scalar that is added to the generator's loss."""
        return 0.0

    def after_critic_update(self) -> None:
        """Called after every update of the critic."""
        return

    # ------------------------------------------------------------------ training

    @property
    def term_logs(self) -> tuple[str, ...]:
        """What the terms of the critic's loss report, those that any game may have included."""
        return (*self.critic_term_logs, *(SLOPE_LOGS if self.r1 else ()))

    def fit(self, x, y=None, batch_size=None, *, shuffle=True, **kwargs):
        """As `keras.Model.fit`; a step is one iteration, `n_critic` critic updates and a generator
        update.

        Args:
            x: images (n, h, w, c) in [-1, 1], or a `tf.data.Dataset` of batches of them, for a
                model with classes of (images, labels); or what `data.pipeline` gives.
            y: labels (n,) of arrays.
            batch_size, shuffle: of arrays.
            kwargs: Keras' own, such as epochs and callbacks.

        Raises:
            UserError: see `plain_batches.grouped`.
        """
        if self.average:
            self.average.unsettle()
        batches = self.n_critic + self.generator_needs_real
        data = x if y is None else (x, y)
        data, steps = grouped(data, batches, batch_size, shuffle, self.seed)
        return super().fit(data, shuffle=False, **{"steps_per_epoch": steps, **kwargs})

    def train_step(self, data):
        """One iteration: a critic update per batch given, then one generator update; with
        `in_turn` only where no batch is given.

        Args:
            data: the iteration's fresh images, an element of `data.pipeline.training_batches`.

        Returns:
            The scalars of the last critic update and of the generator update, by name; NaN of a
            side that did not move. Of several replicas the means; so are the gradients' norms.
        """
        # Where the images cannot be read nothing has moved, not even what does not depend on them.
        with tf.control_dependencies(tf.nest.flatten(data)):
            return self._train_step(data)

    def _train_step(self, data):
        batches = Batches.of(data, self.generator_needs_real)
        updates = tf.convert_to_tensor(self.optimizer.iterations)
        logs, paired = self._critic_updates(batches)

        def inputs():
            # Of matched batches the one that the critic saw last, as the source of the idea has it.
            z = paired if self.matching.steps else self._training_z(0, batches.size)
            return z, batches.of_generator()

        def update():
            return self.generator_step(*inputs())

        def leave_out():
            _, loss = self.generator_gradients(*inputs())
            return dict(zip(GENERATOR_LOGS, (loss, tf.constant(np.nan)), strict=True))

        if self.in_turn:
            idle = tf.equal(batches.critic_updates, 0)
            logs |= tf.cond(idle, update, lambda: _idle(GENERATOR_LOGS))
        elif scales_loss(self.optimizer) and replica_count() == 1:
            # Not from a critic whose updates half floats had no room for.
            moved = tf.convert_to_tensor(self.optimizer.iterations) > updates
            logs |= tf.cond(moved | tf.equal(batches.critic_updates, 0), update, leave_out)
        else:
            logs |= update()
        self.iteration.assign_add(1)
        return self.replicas.settle(logs, self._moving())

    def _moving(self) -> list:
        """Moving statistics, which every replica moves by its own part of the batch."""
        networks = (self.generator, self.critic)
        moving = [v for network in networks for v in network.non_trainable_variables]
        return [*moving, *self.real_statistics]

    def _critic_updates(self, batches: Batches):
        """Scalars of the last of the updates, and the latents that it used."""
        first = self._training_z(0, batches.size)  # of no update, but of the shape of all
        count = batches.critic_updates

        def update(index):
            real, z, *rest = self.critic_inputs(batches, index + 1)
            return self.critic_step(real, z, *rest), tf.ensure_shape(z, first.shape)

        only = batches.static_critic_updates == 1
        if only or replica_count() > 1:
            # Optimizers merge the replicas' gradients, which no loop of TensorFlow's allows. One
            # update needs no loop, and without it what does not wait for it runs beside it.
            for index in range(batches.static_critic_updates):
                logs, z = update(index)
            return logs, z
        idle = _idle((*CRITIC_LOGS, *self.term_logs))
        _, logs, z = tf.while_loop(
            lambda index, *_: index < count,
            lambda index, *_: (index + 1, *update(index)),
            (tf.constant(0), idle, first),
        )
        return logs, z

    def critic_inputs(self, batches: Batches, update):
        """What `critic_step` is given in one update of an iteration, numbered from 1."""
        real, labels = batches.of_critic(update)
        z = self._training_z(update, batches.size)
        if self.matching.steps:
            z = self._matched(z, real)
        return real, z, labels, update

    def critic_step(self, real, z, labels=None, update=1):
        """One update of the critic; the generator's weights stay as they are.

        Args:
            real: images (batch, size, size, channels).
            z: latents (batch, z_dim).
            labels: int (batch,) of the real images, for a model with classes.
            update: number of the update in this iteration, which decides its random numbers.

        Returns:
            critic_loss (before the update), score_real, score_fake, critic_gradient_norm, and the
            scalars in `term_logs`.
        """
        gradients, logs = finite_at_some_scale(
            self.optimizer, lambda: self.critic_gradients(real, z, labels, update)
        )
        factor = self.rates.of_critic(self.iteration)
        norm = self._update(gradients, self.critic.trainable_variables, factor)
        self.after_critic_update()
        return logs | {"critic_gradient_norm": norm}

    def critic_gradients(self, real, z, labels=None, update=1):
        """Gradients of the (scaled) loss by the critic's trainable variables, and what
        `critic_step` reports but for their norm; no weight moves.
        """
        real = self.seen(real, update)
        fake = self.seen(self.generator(z, training=True), update, generated=True)
        variables = self.critic.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            judged_real, slope = self._judged_with_slope(real)
            judged_fake = self.judged(fake, training=True)
            term, logs = self.critic_terms(
                Side(real, judged_real, labels),
                Side(fake, judged_fake, self.classes_of(z), z),
                self._key(_TERMS_STREAM, update),
            )
            loss = self.critic_loss(judged_real, judged_fake) + term
            if self.r1:
                loss += self.r1 / 2 * slope
                logs |= dict(zip(SLOPE_LOGS, (slope,), strict=True))
            scaled = self._scaled(loss)
        scores = tf.reduce_mean(judged_real.scores), tf.reduce_mean(judged_fake.scores)
        logs |= dict(zip(CRITIC_LOGS[:-1], (loss, *scores), strict=True))
        return tape.gradient(scaled, [v.value for v in variables]), logs

    def _judged_with_slope(self, real):
        """What the critic says of real images in training, and with `r1` its squared slope there,
        else None.
        """
        if not self.r1:
            return self._judged_real(real, training=True), None
        real = tf.convert_to_tensor(real)
        # In the one pass, which moves the statistics of real images once.
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(real)
            judged = self._judged_real(real, training=True)
            total = tf.reduce_sum(judged.scores)
        return judged, squared_slope(tape.gradient(total, real))

    def generator_step(self, z, real=None):
        """One update of the generator; the critic's weights stay as they are.

        Args:
            z: latents (batch, z_dim).
            real: images (batch, size, size, channels), where `generator_needs_real`.

        Returns:
            generator_loss (before the update), generator_gradient_norm.
        """
        gradients, loss = finite_at_some_scale(
            self.optimizer, lambda: self.generator_gradients(z, real)
        )
        factor = self.rates.of_generator(self.iteration)
        norm = self._update(gradients, self.generator.trainable_variables, factor)
        if self.average:
            self.average.move()
        return dict(zip(GENERATOR_LOGS, (loss, norm), strict=True))

    def generator_gradients(self, z, real=None):
        """Gradients of the (scaled) loss by the generator's trainable variables, and the loss; no
        weight moves.
        """
        variables = self.generator.trainable_variables
        judged_real = None
        if self.generator_needs_real:
            judged_real = self._judged_real(self.seen(real), training=True)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            fake = self.seen(self.generator(z, training=True), generated=True)
            judged_fake = self.judged(fake, training=True)
            term = self.generator_terms(Side(fake, judged_fake, self.classes_of(z), z))
            loss = self.generator_loss(judged_fake, judged_real) + term
            scaled = self._scaled(loss)
        return tape.gradient(scaled, [v.value for v in variables]), loss

    def seen(self, images, update=0, generated=False):
        """Images as the critic sees them in training, changed as `augment` of `compile` says.

        Args:
            images: (batch, size, size, channels) in [-1, 1].
            update: number of the critic's update in this iteration, 0 in the generator's.
            generated: whether they are; real ones beside them are changed otherwise.
        """
        if not self.augment:
            return images
        stream = _FAKE_CHANGES_STREAM if generated else _REAL_CHANGES_STREAM
        return augmented(images, self.augment, self._key(stream, update))

    def _scaled(self, loss):
        """The loss that is differentiated: the optimizer adds up the gradients of all replicas."""
        return self.optimizer.scale_loss(loss) / replica_count()

    def _update(self, gradients, variables, factor=1.0):
        """Moves the variables by this multiple of the optimizer's rate; returns the norm of the
        gradients as they are without scaling, NaN where half floats had no room for them at any
        scale and nothing has moved.
        """
        # The update may change the scale for the next one.
        scale = self._scaled(1.0)
        with at_rate(self.optimizer, factor):
            self.optimizer.apply(gradients, variables)
        norm = tf.linalg.global_norm(gradients) / scale
        if not scales_loss(self.optimizer):
            return norm
        return tf.where(tf.math.is_finite(norm), norm, tf.constant(np.nan, norm.dtype))

    def _matched(self, z, real):
        """Latents moved towards real images by the generator as it trains, whose moving statistics
        and weights stay.
        """
        return matched(
            self._generate_as_trained,
            z,
            real,
            self.matching,
            lambda latents: self.within_prior(latents, z),
        )

    def _training_z(self, update, batch):
        key = self._key(_TRAINING_STREAM, update)

        def draw(count):
            z = self._draw_z(count, key)
            return self.condition(z, self._asked(count, update)) if self.one_hot else z

        return own_rows(draw, batch)

    def _asked(self, count, update):
        """The class or category (count,) of every row of a batch: the rows of one update after the
        other, over the iterations, ask for each equally often.

        In as many iterations as it takes for the rows to be a multiple of the classes, every class
        comes as often; where these begin is drawn anew each time, so that no other rhythm, as of
        turns, meets the same classes again and again. Batches of whole rounds all begin with the
        first class.
        """
        classes = self.one_hot
        # By what is left over of a batch after whole rounds.
        periods = [classes // math.gcd(classes, left) for left in range(classes)]
        rest = tf.cast(count, tf.int64) % classes
        period = tf.gather(tf.constant(periods, tf.int64), rest)
        iteration = tf.convert_to_tensor(self.iteration)
        key = self._key(_CLASS_STREAM, update, iteration // period)
        begin = tf.random.stateless_uniform((), key, 0, classes, tf.int64)
        begin = tf.where(rest == 0, tf.zeros_like(begin), begin + iteration % period * rest)
        return (begin + tf.range(tf.cast(count, tf.int64))) % classes

    def _key(self, stream: int, update, iteration=None):
        """Of the random numbers of one update: of (seed, iteration, update), the iteration under
        way where none is named.
        """
        key = tf.constant([self.seed, stream], tf.int64)
        if iteration is None:
            iteration = tf.convert_to_tensor(self.iteration)
        # The zero keeps the numbers of runs that were begun when replicas had keys of their own.
        for part in (iteration, update, 0):
            key = tf.random.experimental.stateless_fold_in(key, tf.cast(part, tf.int64))
        return key

    def sample_loss(self, images, real=None):
        """The generator's loss of these images under the frozen critic, a scalar.

        Args:
            images: (batch, size, size, channels) in [-1, 1].
            real: as many real images, where `generator_needs_real`.

        Raises:
            ValueError: they are needed and missing.
        """
        judged_real = None
        if self.generator_needs_real:
            if real is None:
                raise ValueError("this model's loss compares with real images: give real=")
            judged_real = self._judged_real(real, training=False)
        return self.generator_loss(self.judged(images), judged_real)


def _idle(names) -> dict:
    """What a side reports that did not move."""
    return {name: tf.constant(np.nan, tf.float32) for name in names}
