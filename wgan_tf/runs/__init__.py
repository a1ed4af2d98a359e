"""The folder of a run: its configuration, its checkpoints, its images and the model they give."""

from wgan_tf.runs.build import (
    begin_with,
    build_model,
    build_trainable,
    digest_of,
    load_trained,
    save_networks,
    settle,
)
from wgan_tf.runs.class_names import check_class_names, stored_class_names, write_class_names
from wgan_tf.runs.history import go_on_with, read_history
from wgan_tf.runs.images import (
    asks_where,
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
    newest,
    read_config,
    write_config,
)
from wgan_tf.runs.moved_data import follow, learnt_others, note_images

__all__ = [
    "asks_where",
    "begin_with",
    "build_model",
    "build_trainable",
    "check_class_names",
    "check_evaluation",
    "check_import",
    "check_trained",
    "checkpoint_dir",
    "digest_of",
    "follow",
    "go_on_with",
    "learnt_others",
    "load_trained",
    "newest",
    "note_images",
    "open_for_judge",
    "open_images",
    "open_labelled",
    "open_unseen",
    "read_config",
    "read_history",
    "save_networks",
    "settle",
    "stored_class_names",
    "with_classes",
    "write_class_names",
    "write_config",
]
