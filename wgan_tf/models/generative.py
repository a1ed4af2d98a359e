"""What every game is made of: two networks, their statistics, and how they are used."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.data.image_values import as_numbers, check_scale
from wgan_tf.models import game_of
from wgan_tf.models.average import Average
from wgan_tf.models.judged import Judged
from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import measured_anew
from wgan_tf.networks.inference import compiled, compiled_as_trained, tensor_in_batches

# Tags that keep the random streams of one seed apart from those of training.
_SAMPLE_STREAM, _STATISTICS_STREAM, _ROW_STREAM = 2, 3, 5
# Latents that `sample_block` draws at once.
BLOCK = 256


class GenerativeModel(keras.Model):
    """A generator and its critic: images from latents, scores of images.

    Batch norm sees real and generated images in separate passes. As in the original, each keeps
    moving statistics of its own: `critic` holds those of generated images, which the iterators
    and `score` use; `real_statistics` holds those of real ones.

    Args:
        size, channels, z_dim, generator_widths, critic_widths: see the game's network.
        z_prior: "uniform" in [-1, 1] or "normal".
        seed: seed of the weights and of every z that training draws.
        ema: decay of the moving average of the generator's weights, see `Average`; 0: none is kept.
        network: a key of `NETWORKS` to play the game with instead of its row's, in that network's
            own style; None: the row's.
        dtype: Keras' policy for both networks, as "mixed_bfloat16"; images, scores, losses and
            variables are float32 under any.
    """

    # What its networks look like; which they are says the game's row in `GAMES`.
    network_style: dict = {}
    # Classes of the labels that it learns from; 0: it needs none. z begins with a class or
    # category of `one_hot` values, if it has one, then come `codes` continuous codes, then noise.
    classes = 0
    one_hot = 0
    codes = 0
    # Score above which an image counts as real; None: a critic's scores have no zero point.
    threshold: float | None = None

    def __init__(
        self,
        size,
        channels,
        z_dim,
        generator_widths,
        critic_widths,
        z_prior="uniform",
        seed=0,
        ema=0.0,
        network=None,
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
        self.z_prior, self.seed, self.ema, self.network = z_prior, seed, ema, network
        style = {} if network else self.network_style
        networks = NETWORKS[network or game_of(type(self)).network](**self.arguments, **style)
        with default_policy(self.dtype_policy):
            self.generator = networks.build_generator()
            self.critic = networks.build_critic()
            images, (score, *logits) = self.critic.inputs[0], self.critic.outputs
            features = self.critic.get_layer("features").output
            self.critic_with_features = keras.Model(images, [score, features, *logits])
            scoring = keras.Model(images, score)
            self._score, self._score_as_trained = compiled(scoring), compiled_as_trained(scoring)
        self.real_statistics = [
            self.add_weight(
                shape=v.shape,
                initializer="zeros" if v.name == "moving_mean" else "ones",
                trainable=False,
                autocast=False,
                name=f"real_{v.path.replace('/', '_')}",
            )
            for v in self.critic.non_trainable_variables
            if _is_statistic(v)
        ]
        self.iteration = self.add_weight(
            shape=(),
            dtype="int64",
            initializer="zeros",
            trainable=False,
            name="iteration",
            aggregation="only_first_replica",
        )
        self.average = Average(self, ema) if ema else None
        self._generate = compiled(self.generator)
        self._generate_as_trained = compiled_as_trained(self.generator)
        self.built = True

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks by name, as checkpoints and files name them."""
        return {"generator": self.generator, "critic": self.critic}

    def call(self, z, training=False):
        """Images (batch, size, size, channels) in [-1, 1] for latents (batch, z_dim)."""
        return self.generator(z, training=training)

    def get_config(self):
        """The constructor's arguments."""
        extra = {name: getattr(self, name) for name in game_of(type(self)).settings}
        if self.ema:
            extra["ema"] = self.ema
        if self.network:
            extra["network"] = self.network
        return {**super().get_config(), **self.arguments, "z_prior": self.z_prior, **extra}

    def classes_of(self, z):
        """The class or category (batch,) whose value is highest in latents, int64; None without."""
        return tf.argmax(z[:, : self.one_hot], 1) if self.one_hot else None

    def condition(self, z, classes):
        """The same codes and noise asked for other classes or categories.

        Args:
            z: latents (batch, z_dim).
            classes: int (batch,).
        """
        one_hot = tf.one_hot(classes, self.one_hot)
        return tf.concat([one_hot, z[:, self.one_hot :]], 1)

    def within_prior(self, z, asked):
        """Moved latents brought back: clipped to the range of a uniform prior, and asked for the
        class or category of other latents.

        Args:
            z: (batch, z_dim).
            asked: (batch, z_dim), such as those that were moved.
        """
        if self.z_prior == "uniform":
            z = tf.clip_by_value(z, -1.0, 1.0)
        first = self.one_hot
        return tf.concat([asked[:, :first], z[:, first:]], 1) if first else z

    def measure_statistics(self, batches: int = 8, batch_size: int = 64) -> None:
        """Sets the critic's moving statistics to those of images generated now.

        Moving averages lag behind weights that move: scores in inference mode then differ from
        those of training by more than real and generated images do. Measured anew on
        `batches` x `batch_size` images, scores are what training saw. A pure function of the
        weights.
        """
        parts = [self.statistics_z(index, batch_size) for index in range(batches)]
        measured_anew(self.critic, (self.generate(z) for z in parts))

    def settle(self) -> None:
        """Gives the generator the average of its weights, where there is one, for good; training
        that goes on takes its own back.
        """
        if self.average:
            self.average.settle()

    def statistics_z(self, index: int, batch_size: int):
        """Latents (batch_size, z_dim) of one of the batches that statistics are measured on."""
        z = self._draw_z(batch_size, tf.constant([index, _STATISTICS_STREAM], tf.int64))
        if self.one_hot > batch_size:
            # One batch has not all classes; together they do.
            z = self.condition(z, (index * batch_size + tf.range(batch_size)) % self.one_hot)
        return z

    def sample_z(self, count: int, seed: int = 0) -> tf.Tensor:
        """Latents (count, z_dim) from the prior, a pure function of (count, seed)."""
        return self._draw_z(count, tf.constant([seed, _SAMPLE_STREAM], tf.int64))

    def sample_block(self, number: int, seed: int = 0) -> tf.Tensor:
        """Block `number` of an endless row of latents, (BLOCK, z_dim): a pure function of
        (number, seed). Latent i of the row asks for class or category i mod `one_hot`.
        """
        key = tf.constant([seed, _ROW_STREAM], tf.int64)
        z = self._draw_z(BLOCK, tf.random.experimental.stateless_fold_in(key, number))
        if not self.one_hot:
            return z
        return self.condition(z, (number * BLOCK + tf.range(BLOCK, dtype=tf.int64)) % self.one_hot)

    def generate(self, z, batch_size: int = 256) -> tf.Tensor:
        """Images (n, size, size, channels) in [-1, 1] for latents (n, z_dim), inference mode; with
        the average of the weights, where there is one.

        Raises:
            UserError: they are no latents of this model.
        """
        z = self.latents(z)
        with self.average.in_use() if self.average else contextlib.nullcontext():
            return self._applied(self._generate, z, batch_size)

    def score(self, images, batch_size: int = 256) -> tf.Tensor:
        """Scores (n,) of images (n, size, size, channels) in [-1, 1], inference mode.

        Raises:
            UserError: they are no such images.
        """
        form = ("n", "height", "width", "channels")
        images = as_numbers(images, form, "images", of=self.critic.input_shape[1:])
        if images.shape[-1] in (1, 3):  # points of a plane have another scale
            check_scale(images)
        return self._applied(self._score, images, batch_size)

    def latents(self, z) -> np.ndarray:
        """Latents (n, z_dim) that somebody brings, float32.

        Raises:
            UserError: they are none of this model, or no finite numbers.
        """
        return as_numbers(z, ("n", "z_dim"), "latents", of=(self.z_dim,))

    def generate_as_trained(self, z, batch_size: int) -> tf.Tensor:
        """Images (n, size, size, channels) as training sees them: batches of `batch_size`, each by
        its own statistics. Nothing in the model moves.
        """
        return self._applied(self._generate_as_trained, z, batch_size)

    def score_as_trained(self, images, batch_size: int) -> tf.Tensor:
        """Scores (n,) as training sees them; see `generate_as_trained`. Real and generated images
        are never in one batch there: give them in two calls.
        """
        return self._applied(self._score_as_trained, images, batch_size)

    @staticmethod
    def _applied(function, inputs, batch_size: int) -> tf.Tensor:
        return tensor_in_batches(function, np.asarray(inputs, np.float32), batch_size=batch_size)

    def judged(self, images, training=False) -> Judged:
        """What the critic says of images (n, size, size, channels) in [-1, 1]; training moves the
        statistics of generated ones.
        """
        return Judged(*self.critic_with_features(images, training=training))

    def _judged_real(self, images, training) -> Judged:
        """As `judged`, by the statistics of real images, which training moves."""
        real = iter(self.real_statistics)
        # What else moves, as the vectors of spectral norm do, is of the weights alone.
        states = [
            next(real) if _is_statistic(v) else v
            for v in self.critic_with_features.non_trainable_variables
        ]
        outputs, moved = self.critic_with_features.stateless_call(
            [v.value for v in self.critic_with_features.trainable_variables],
            [tf.convert_to_tensor(v) for v in states],
            images,
            training=training,
        )
        if training:
            for state, value in zip(states, moved, strict=True):
                state.assign(value)
        return Judged(*outputs)

    def _draw_z(self, count, key):
        if self.z_prior == "normal":
            z = tf.random.stateless_normal((count, self.z_dim), key)
        else:
            z = tf.random.stateless_uniform((count, self.z_dim), key, -1.0, 1.0)
        return self.condition(z, tf.range(count) % self.one_hot) if self.one_hot else z


def _is_statistic(variable) -> bool:
    """Whether it is one of batch norm's."""
    return variable.name in ("moving_mean", "moving_variance")


@contextlib.contextmanager
def default_policy(policy):
    """Layers that are made inside the block have this policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
