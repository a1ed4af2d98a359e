"""TFRecord files of small images, as other programs write them."""

import io

import tensorflow as tf
from PIL import Image


def png(value, form="PNG"):
    file = io.BytesIO()
    Image.new("L", (8, 8), value).save(file, form)
    return file.getvalue()


def example(image, label=None, key="image/encoded", label_key="image/class/label"):
    features = {key: tf.train.Feature(bytes_list=tf.train.BytesList(value=[image]))}
    if label is not None:
        features[label_key] = tf.train.Feature(int64_list=tf.train.Int64List(value=[label]))
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def write(path, records):
    tf.io.gfile.makedirs(str(path).rpartition("/")[0])
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
