"""One file per `--mode`, each with `run(config)`: composition only, no arithmetic."""

from wgan_tf.registry import Registry

MODES = Registry(
    {
        "demo": "wgan_tf.modes.demo:run",
        "train": "wgan_tf.modes.train:run",
        "visualize": "wgan_tf.modes.visualize:run",
        "generate": "wgan_tf.modes.generate:run",
        "image_iterator": "wgan_tf.modes.image_iterator:run",
        "z_iterator": "wgan_tf.modes.z_iterator:run",
        "z_iterator_tsne": "wgan_tf.modes.z_iterator_tsne:run",
        "traverse": "wgan_tf.modes.traverse:run",
        "manifold": "wgan_tf.modes.manifold:run",
        "latent_map": "wgan_tf.modes.latent_map:run",
        "project": "wgan_tf.modes.project:run",
        "train_classifier": "wgan_tf.modes.train_classifier:run",
        "perturb_real": "wgan_tf.modes.perturb_real:run",
        "max_class": "wgan_tf.modes.max_class:run",
        "max_features": "wgan_tf.modes.max_features:run",
        "compare_discriminators": "wgan_tf.modes.compare_discriminators:run",
        "train_judge": "wgan_tf.modes.train_judge:run",
        "evaluate": "wgan_tf.modes.evaluate:run",
        "study": "wgan_tf.modes.study:run",
        "matched_study": "wgan_tf.modes.matched_study:run",
        "benchmark": "wgan_tf.modes.benchmark:run",
        "import_tf1": "wgan_tf.modes.import_tf1:run",
    }
)

# What `--help` says of each.
SUMMARIES = {
    "demo": "train, draw samples and run both iterators, on data that is at hand",
    "train": "train generator and critic; goes on where an earlier command stopped",
    "visualize": "draw samples of a trained generator",
    "generate": "write samples into files, a million if need be",
    "image_iterator": "fine-tune pixels with the frozen critic's gradient",
    "z_iterator": "fine-tune latents with the frozen critic's gradient",
    "traverse": "move single values of z and see what each changes",
    "manifold": "walk through z: a square, a plane through samples, the way between pairs",
    "latent_map": "a map of z, coloured by what a classifier takes the images for",
    "project": "find the z whose image is nearest to a real one",
    "train_classifier": "train a discriminator on labels alone, without a generator",
    "perturb_real": "how small a change of real images makes the discriminator answer wrongly",
    "max_class": "images that maximise what the discriminator gives to each class",
    "compare_discriminators": "the same of two discriminators on one page, and what differs",
    "max_features": "images that maximise single features of a layer of the discriminator",
    "train_judge": "train an independent classifier to judge generated images by",
    "evaluate": "measure how real generated images are: of a run, a folder or an .npz",
    "study": "measure whether the critic's gradient makes samples better, and write a report",
    "matched_study": "does training on matched mini-batches help? with and without, measured",
    "benchmark": "how fast this machine trains and refines, against what it could do",
    "import_tf1": "make a run of a checkpoint of the original (TensorFlow 1)",
    "z_iterator_tsne": "map the way of latents under the z iterator",
}

# Modes that need a trained run.
AFTER_TRAINING = (
    "visualize",
    "generate",
    "image_iterator",
    "z_iterator",
    "z_iterator_tsne",
    "traverse",
    "manifold",
    "latent_map",
    "project",
    "perturb_real",
    "max_class",
    "max_features",
    "compare_discriminators",
)
