"""What every game shares: two networks, their alternating updates, sampling and scoring."""

import contextlib
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.networks import NETWORKS
from wgan_tf.networks.dcgan import BATCH_NORM_DECAY

# Tags that keep the random streams of one seed apart.
_TRAINING_STREAM, _SAMPLE_STREAM, _STATISTICS_STREAM, _TERMS_STREAM = 1, 2, 3, 4
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


class AdversarialModel(keras.Model):
    """A generator and a critic that learn against each other.

    A game overrides `critic_loss` and `generator_loss`. Both networks share one optimizer, as in
    the original (Adam's powers advance with every update of either).

    Batch norm sees real and generated images in separate passes. As in the original, each keeps
    moving statistics of its own: `critic` holds those of generated images, which the iterators
    and `score` use; `real_statistics` holds those of real ones.

    Args:
        size, channels, z_dim, generator_widths, critic_widths: see the game's network.
        z_prior: "uniform" in [-1, 1] or "normal".
        seed: seed of the weights and of every z that training draws.
        dtype: Keras' policy for both networks, as "mixed_bfloat16"; images, scores, losses and
            variables are float32 under any.
    """

    # Which networks a game has and what they look like, what it needs beyond the common
    # arguments, and whether its generator loss looks at real images (one more batch per iteration).
    network = "dcgan"
    network_style: dict = {}
    settings: tuple[str, ...] = ()
    generator_needs_real = False
    # Outputs of the critic's second head, and what `critic_terms` reports.
    classes = 0
    critic_term_logs: tuple[str, ...] = ()

    def __init__(
        self,
        size,
        channels,
        z_dim,
        generator_widths,
        critic_widths,
        z_prior="uniform",
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.arguments = {
            "size": size,
            "channels": channels,
            "z_dim": z_dim,
            "generator_widths": tuple(generator_widths),
            "critic_widths": tuple(critic_widths),
            "seed": seed,
        }
        self.size, self.channels, self.z_dim = size, channels, z_dim
        self.z_prior, self.seed = z_prior, seed
        networks = NETWORKS[self.network](**self.arguments, **self.network_style)
        with default_policy(self.dtype_policy):
            self.generator = networks.build_generator()
            self.critic = networks.build_critic()
            images, (score, *logits) = self.critic.inputs[0], self.critic.outputs
            features = self.critic.get_layer("features").output
            self.critic_with_features = keras.Model(images, [score, features, *logits])
            self._score = _inference(keras.Model(images, score))
        self.real_statistics = [
            self.add_weight(
                shape=v.shape,
                initializer="zeros" if v.name == "moving_mean" else "ones",
                trainable=False,
                autocast=False,
                name=f"real_{v.path.replace('/', '_')}",
            )
            for v in self.critic.non_trainable_variables
        ]
        self.iteration = self.add_weight(
            shape=(),
            dtype="int64",
            initializer="zeros",
            trainable=False,
            name="iteration",
            aggregation="only_first_replica",
        )
        self._generate = _inference(self.generator)
        self.built = True

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

    def call(self, z, training=False):
        """Images (batch, size, size, channels) in [-1, 1] for latents (batch, z_dim)."""
        return self.generator(z, training=training)

    def get_config(self):
        """The constructor's arguments."""
        extra = {name: getattr(self, name) for name in self.settings}
        return {**super().get_config(), **self.arguments, "z_prior": self.z_prior, **extra}

    # ------------------------------------------------------------------ what a game defines

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks by name, as checkpoints and files name them."""
        return {"generator": self.generator, "critic": self.critic}

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

    def classes_of(self, z):
        """The classes (batch,) that latents ask for; None without classes."""
        return None

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

    def _judge_real(self, images, training):
        """(scores, features) by the statistics of real images, which training moves."""
        judged, moved = self.critic_with_features.stateless_call(
            [v.value for v in self.critic_with_features.trainable_variables],
            [tf.convert_to_tensor(v) for v in self.real_statistics],
            images,
            training=training,
        )
        if training:
            for kept, value in zip(self.real_statistics, moved, strict=True):
                kept.assign(value)
        return judged

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

    def _draw_z(self, count, key):
        if self.z_prior == "normal":
            return tf.random.stateless_normal((count, self.z_dim), key)
        return tf.random.stateless_uniform((count, self.z_dim), key, -1.0, 1.0)

    # ------------------------------------------------------------------ using what was trained

    def measure_statistics(self, batches: int = 8, batch_size: int = 64) -> None:
        """Sets the critic's moving statistics to those of images generated now.

        Moving averages lag behind weights that move: scores in inference mode then differ from
        those of training by more than real and generated images do. Measured anew on
        `batches` x `batch_size` images, scores are what training saw. A pure function of the
        weights.
        """
        moving = self.critic.non_trainable_variables
        if not moving:  # layer norm has none
            return
        sums = [np.zeros(v.shape, np.float32) for v in moving]
        for index in range(batches):
            key = tf.constant([index, _STATISTICS_STREAM], tf.int64)
            images = self.generate(self._draw_z(batch_size, key))
            for variable in moving:
                variable.assign(tf.zeros(variable.shape))
            self.critic(images, training=True)
            # From zero, one update leaves 1 - decay of the batch's own statistics.
            for total, variable in zip(sums, moving, strict=True):
                total += variable.numpy() / (1 - BATCH_NORM_DECAY)
        for total, variable in zip(sums, moving, strict=True):
            variable.assign(total / batches)

    def sample_z(self, count: int, seed: int = 0) -> tf.Tensor:
        """Latents (count, z_dim) from the prior, a pure function of (count, seed)."""
        return self._draw_z(count, tf.constant([seed, _SAMPLE_STREAM], tf.int64))

    def generate(self, z, batch_size: int = 256) -> tf.Tensor:
        """Images (n, size, size, channels) in [-1, 1] for latents (n, z_dim), inference mode."""
        return self._in_batches(self._generate, z, batch_size)

    def score(self, images, batch_size: int = 256) -> tf.Tensor:
        """Scores (n,) of images (n, size, size, channels) in [-1, 1], inference mode."""
        return self._in_batches(self._score, images, batch_size)

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

    @staticmethod
    def _in_batches(function, inputs, batch_size):
        inputs = tf.convert_to_tensor(np.asarray(inputs), tf.float32)
        parts = [
            function(inputs[start : start + batch_size])
            for start in range(0, inputs.shape[0], batch_size)
        ]
        return parts[0] if len(parts) == 1 else tf.concat(parts, 0)


@contextlib.contextmanager
def default_policy(policy):
    """Layers that are made inside the block have this policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _inference(network):
    """The network in inference mode as one compiled function of any batch size."""
    signature = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
    return tf.function(lambda inputs: network(inputs, training=False), [signature], autograph=False)
