"""Layers whose kernel has spectral norm 1: what bounds a critic's slope without clipped weights."""

import keras
import tensorflow as tf
from keras import ops


class _SpectralNorm:
    """Of a layer with a kernel (..., outputs), as a matrix from all its inputs to its outputs.

    In training one power iteration moves `u`, which estimates the first left singular vector; in
    inference mode it stays. Gradients flow through the norm, not through the vectors.

    Source: Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks",
    algorithm 1. There as here a convolution's kernel is taken for the matrix of one position.
    """

    def build(self, input_shape):
        """Makes kernel and bias as the layer does, and `u`, which is not trained."""
        super().build(input_shape)
        seed = getattr(self.kernel_initializer, "seed", None)
        self.u = self.add_weight(
            shape=self.kernel.shape[-1:],
            initializer=keras.initializers.RandomNormal(0.0, 1.0, seed),
            trainable=False,
            autocast=False,
            name="u",
        )

    def call(self, inputs, training=None):
        """As the layer does, by the kernel over its norm."""
        outputs = self._applied(inputs, tf.cast(self.normal_kernel(training), self.compute_dtype))
        if self.use_bias:
            outputs = ops.add(outputs, ops.cast(self.bias, outputs.dtype))
        return outputs if self.activation is None else self.activation(outputs)

    def normal_kernel(self, training=False):
        """The kernel over its spectral norm as it is estimated, float32."""
        kernel = tf.cast(self.kernel, tf.float32)
        matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))  # inputs x outputs: W transposed
        u = tf.math.l2_normalize(tf.convert_to_tensor(self.u))
        v = tf.math.l2_normalize(tf.linalg.matvec(matrix, u))
        if training:
            u = tf.math.l2_normalize(tf.linalg.matvec(matrix, v, transpose_a=True))
            self.u.assign(tf.stop_gradient(u))
        norm = tf.tensordot(
            tf.stop_gradient(v), tf.linalg.matvec(matrix, tf.stop_gradient(u)), 1
        )
        return kernel / tf.maximum(norm, 1e-12)

    # Keras' dense layers and convolutions store kernel and bias only.
    def save_own_variables(self, store):
        """Into a `.keras` file: kernel, bias and `u`."""
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        """The inverse of `save_own_variables`."""
        keras.layers.Layer.load_own_variables(self, store)

    def plain_weights(self) -> list:
        """Arrays that the Keras layer of the same name computes the same with, in inference."""
        kernel = self.normal_kernel().numpy()
        return [kernel, self.bias.numpy()] if self.use_bias else [kernel]


@keras.saving.register_keras_serializable("wgan_tf")
class SpectralConv2D(_SpectralNorm, keras.layers.Conv2D):
    """`keras.layers.Conv2D` by a kernel of spectral norm 1; same arguments, see above."""

    plain = keras.layers.Conv2D

    def _applied(self, inputs, kernel):
        return self.convolution_op(inputs, kernel)


@keras.saving.register_keras_serializable("wgan_tf")
class SpectralDense(_SpectralNorm, keras.layers.Dense):
    """`keras.layers.Dense` by a kernel of spectral norm 1; same arguments, see above."""

    plain = keras.layers.Dense

    def _applied(self, inputs, kernel):
        return ops.matmul(inputs, kernel)
