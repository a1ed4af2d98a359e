import numpy as np

from wgan_tf.data.scaling import to_float, to_uint8


def test_bytes_become_minus_one_to_one():
    scaled = to_float(np.array([0, 51, 255], np.uint8))
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, [-1, -0.6, 1], atol=1e-6)
    assert scaled[2] == 1  # not a hair above


def test_every_byte_survives_the_round_trip():
    every = np.arange(256, dtype=np.uint8).reshape(2, 8, 16, 1)
    np.testing.assert_array_equal(to_uint8(to_float(every)), every)


def test_values_are_clipped_and_rounded():
    values = np.array([-3.0, -0.999, 0.0, 0.999, 3.0, np.nan], np.float32)
    pixels = to_uint8(values)
    assert pixels.dtype == np.uint8
    assert pixels.tolist() == [0, 0, 128, 255, 255, 0]
