"""The folder of a run: its configuration, its checkpoints, its images and the model they give."""

from wgan_tf.runs.build import (
    build_model,
    build_trainable,
    digest_of,
    load_trained,
    save_networks,
    settle,
)
from wgan_tf.runs.class_names import check_class_names, stored_class_names, write_class_names
from wgan_tf.runs.images import (
    open_for_judge,
    open_images,
    open_labelled,
    open_unseen,
    with_classes,
)
from wgan_tf.runs.layout import (
    check_evaluation,
    check_import,
    check_trained,
    checkpoint_dir,
    read_config,
    write_config,
)

__all__ = [
    "build_model",
    "build_trainable",
    "check_class_names",
    "check_evaluation",
    "check_import",
    "check_trained",
    "checkpoint_dir",
    "digest_of",
    "load_trained",
    "open_for_judge",
    "open_images",
    "open_labelled",
    "open_unseen",
    "read_config",
    "save_networks",
    "settle",
    "stored_class_names",
    "with_classes",
    "write_class_names",
    "write_config",
]
