"""How every game is trained: alternating updates of two networks."""

from typing import NamedTuple

import keras
import tensorflow as tf

from wgan_tf.models.generative import GenerativeModel

# Tags that keep the random streams of one seed apart, from those in `generative` too.
_TRAINING_STREAM, _TERMS_STREAM = 1, 4
# What a critic update reports, see `AdversarialModel.critic_step`.
CRITIC_LOGS = ("critic_loss", "score_real", "score_fake", "critic_gradient_norm")


class Side(NamedTuple):
    """Real or generated images of one update, and what the critic says of them.

    Attributes:
        images: (batch, size, size, channels).
        judged: the critic's scores (batch,), features and, of two-headed critics, class logits.
        classes: int (batch,), the labels or the classes asked for; None without classes.
    """

    images: tf.Tensor
    judged: list
    classes: tf.Tensor | None


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

    def compile(self, optimizer, **kwargs):
        """Takes the optimizer of both networks and creates its slots at once.

        Slots that were created at the first step would not be there to restore.
        """
        # Keras' "auto" would choose XLA, which is slower on a CPU (transposed convolutions).
        super().compile(optimizer=optimizer, **{"jit_compile": False, **kwargs})
        self.optimizer.build(self.critic.trainable_variables + self.generator.trainable_variables)

    def get_compile_config(self):
        """The optimizer; without this Keras would not restore it from a `.keras` file."""
        return {"optimizer": keras.saving.serialize_keras_object(self.optimizer)}

    def compile_from_config(self, config):
        """The inverse of `get_compile_config`."""
        self.compile(keras.saving.deserialize_keras_object(config["optimizer"]))

    # ------------------------------------------------------------------ what a game defines

    def critic_loss(self, real, fake):
        """Scalar loss of the critic; real and fake are (scores, features) of equal batches."""
        raise NotImplementedError

    def generator_loss(self, fake, real=None):
        """Scalar loss of the generator; arguments as for `critic_loss`."""
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

    def train_step(self, data):
        """One iteration: a critic update per batch given, then one generator update.

        Args:
            data: images (batch, k, size, size, channels), k - 1 (with `generator_needs_real`) or
                k fresh batches for the critic; with classes a pair of them and labels (batch, k).

        Returns:
            The scalars of the last critic update and of the generator update, by name.
        """
        images, labels = data if isinstance(data, tuple) else (data, None)
        spare = int(self.generator_needs_real)
        batch = tf.shape(images)[0]
        logs = self._critic_updates(images, labels, spare)
        generator_real = images[:, -1] if spare else None
        logs |= self.generator_step(self._training_z(0, batch), generator_real)
        self.iteration.assign_add(1)
        return logs

    def _critic_updates(self, images, labels, spare):
        batch = tf.shape(images)[0]

        def update(index):
            z = self._training_z(index + 1, batch)
            chosen = None if labels is None else labels[:, index]
            return self.critic_step(images[:, index], z, chosen, index + 1)

        if self.distribute_strategy.num_replicas_in_sync > 1:
            # Optimizers merge the replicas' gradients, which no loop of TensorFlow's allows.
            for index in range(images.shape[1] - spare):
                logs = update(index)
            return logs
        count = tf.shape(images)[1] - spare
        _, logs = tf.while_loop(
            lambda index, _: index < count,
            lambda index, _: (index + 1, update(index)),
            (
                tf.constant(0),
                {name: tf.constant(0.0) for name in (*CRITIC_LOGS, *self.critic_term_logs)},
            ),
        )
        return logs

    def critic_step(self, real, z, labels=None, update=1):
        """One update of the critic; the generator's weights stay as they are.

        Args:
            real: images (batch, size, size, channels).
            z: latents (batch, z_dim).
            labels: int (batch,) of the real images, for a model with classes.
            update: number of the update in this iteration, which decides its random numbers.

        Returns:
            critic_loss (before the update), score_real, score_fake, critic_gradient_norm, and the
            scalars in `critic_term_logs`.
        """
        fake = self.generator(z, training=True)
        variables = self.critic.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            judged_real = self._judge_real(real, training=True)
            judged_fake = self.critic_with_features(fake, training=True)
            term, logs = self.critic_terms(
                Side(real, judged_real, labels),
                Side(fake, judged_fake, self.classes_of(z)),
                self._key(_TERMS_STREAM, update),
            )
            loss = self.critic_loss(judged_real, judged_fake) + term
            scaled = self.optimizer.scale_loss(loss)
        norm = self._update(tape.gradient(scaled, [v.value for v in variables]), variables)
        self.after_critic_update()
        scores = tf.reduce_mean(judged_real[0]), tf.reduce_mean(judged_fake[0])
        return dict(zip(CRITIC_LOGS, (loss, *scores, norm), strict=True)) | logs

    def generator_step(self, z, real=None):
        """One update of the generator; the critic's weights stay as they are.

        Args:
            z: latents (batch, z_dim).
            real: images (batch, size, size, channels), where `generator_needs_real`.

        Returns:
            generator_loss (before the update), generator_gradient_norm.
        """
        variables = self.generator.trainable_variables
        judged_real = self._judge_real(real, training=True) if self.generator_needs_real else None
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            fake = self.generator(z, training=True)
            judged_fake = self.critic_with_features(fake, training=True)
            term = self.generator_terms(Side(fake, judged_fake, self.classes_of(z)))
            loss = self.generator_loss(judged_fake, judged_real) + term
            scaled = self.optimizer.scale_loss(loss)
        norm = self._update(tape.gradient(scaled, [v.value for v in variables]), variables)
        return {"generator_loss": loss, "generator_gradient_norm": norm}

    def _update(self, gradients, variables):
        self.optimizer.apply(gradients, variables)
        scale = self.optimizer.scale_loss(1.0)
        return tf.linalg.global_norm(gradients) / scale

    def _training_z(self, update, batch):
        return self._draw_z(batch, self._key(_TRAINING_STREAM, update))

    def _key(self, stream: int, update):
        """Of the random numbers of one update: of (seed, iteration, update, replica)."""
        context = tf.distribute.get_replica_context()
        replica = 0 if context is None else context.replica_id_in_sync_group
        key = tf.constant([self.seed, stream], tf.int64)
        for part in (tf.convert_to_tensor(self.iteration), update, replica):
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
            judged_real = self._judge_real(real, training=False)
        return self.generator_loss(self.critic_with_features(images, training=False), judged_real)
