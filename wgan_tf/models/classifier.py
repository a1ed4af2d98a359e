"""A discriminator trained on labels alone, without a generator."""

import keras
import tensorflow as tf

from wgan_tf.data.pipeline import Batches
from wgan_tf.models import AUGMENTATIONS
from wgan_tf.models.generative import default_policy
from wgan_tf.models.losses import accuracy, class_loss
from wgan_tf.models.plain_batches import grouped
from wgan_tf.models.replicas import Replicas, own_key, replica_count
from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import synchronise


@keras.saving.register_keras_serializable("wgan_tf")
class Classifier(keras.Model):
    """Classifies images; offers what the modes ask of a discriminator (`critic`, `classify`).

    Args:
        size, channels, classes, critic_widths: see the network.
        network: a key of `NETWORKS` that builds classifiers.
        augmentation: a key of `AUGMENTATIONS`.
        label_smoothing: see `losses.class_loss`.
        seed: of the weights and the augmentation.
        dtype: Keras' policy; logits, losses and variables are float32 under any.
    """

    generator = None

    def __init__(
        self,
        size,
        channels,
        classes,
        critic_widths,
        network="fast",
        augmentation="none",
        label_smoothing=0.0,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.arguments = {
            "size": size,
            "channels": channels,
            "classes": classes,
            "critic_widths": tuple(critic_widths),
            "seed": seed,
        }
        self.size, self.channels, self.classes, self.seed = size, channels, classes, seed
        self.network, self.augmentation = network, augmentation
        self.label_smoothing = label_smoothing
        with default_policy(self.dtype_policy):
            self.critic = NETWORKS[network](**self.arguments).build_classifier()
        self.iteration = self.add_weight(
            shape=(),
            dtype="int64",
            initializer="zeros",
            trainable=False,
            name="iteration",
            aggregation="only_first_replica",
        )
        self._classify = tf.function(
            self.classify,
            [tf.TensorSpec((None, *self.critic.input_shape[1:]), tf.float32)],
            autograph=False,
        )
        self.built = True

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network by name, as checkpoints and files name it."""
        return {"classifier": self.critic}

    def compile(self, optimizer, *, sync_batch_norm=False, **kwargs):
        """Takes the optimizer and creates its slots at once, so that they can be restored.

        Args:
            optimizer: of the network.
            sync_batch_norm: see `AdversarialModel.compile`.
        """
        self.replicas = Replicas()
        synchronise(self.critic, sync_batch_norm)
        super().compile(optimizer=optimizer, **{"jit_compile": False, **kwargs})
        self.optimizer.build(self.critic.trainable_variables)

    def fit(self, x, y=None, batch_size=None, *, shuffle=True, **kwargs):
        """As `keras.Model.fit`, on images (n, h, w, c) in [-1, 1] and labels (n,), as arrays or as
        a `tf.data.Dataset` of batches of both; or on what `data.pipeline` gives.

        Raises:
            UserError: see `plain_batches.grouped`.
        """
        data = x if y is None else (x, y)
        data, steps = grouped(data, 1, batch_size, shuffle, self.seed)
        return super().fit(data, shuffle=False, **{"steps_per_epoch": steps, **kwargs})

    def call(self, images, training=False):
        """Features and logits of images (batch, size, size, channels) in [-1, 1]."""
        return self.critic(images, training=training)

    def get_config(self):
        """The constructor's arguments."""
        names = ("network", "augmentation", "label_smoothing")
        further = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **self.arguments, **further}

    def train_step(self, data):
        """One update.

        Args:
            data: images (batch, 1, size, size, channels) and labels (batch, 1).

        Returns:
            loss and accuracy on the augmented batch, before the update.
        """
        images, labels = self.augmented(data)
        gradients, logs = self.gradients(images, labels)
        self.optimizer.apply(gradients, self.critic.trainable_variables)
        self.iteration.assign_add(1)
        moving = [v for v in self.critic.non_trainable_variables if v.dtype == "float32"]
        return self.replicas.settle(logs, moving)

    def augmented(self, data):
        """The images (batch, size, size, channels) that this iteration learns from, and their
        labels (batch,).
        """
        images, labels = Batches.of(data).of_critic(1)
        key = tf.stack([tf.constant(self.seed, tf.int64), tf.convert_to_tensor(self.iteration)])
        return AUGMENTATIONS[self.augmentation](images, own_key(key)), labels

    def gradients(self, images, labels):
        """Gradients of the (scaled) loss by the trainable variables, and what `train_step` reports;
        no weight moves.
        """
        variables = self.critic.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            _, logits = self.critic(images, training=True)
            loss = class_loss(logits, labels, self.label_smoothing)
            # The optimizer adds up the gradients of all replicas.
            scaled = self.optimizer.scale_loss(loss) / replica_count()
        logs = {"loss": loss, "accuracy": accuracy(logits, labels)}
        return tape.gradient(scaled, [v.value for v in variables]), logs

    def classify(self, images):
        """Class logits (batch, classes) of images, inference mode."""
        _, logits = self.critic(images, training=False)
        return logits
