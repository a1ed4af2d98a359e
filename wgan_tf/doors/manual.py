"""What `--help` says of each mode besides its flags: one page a mode, in the order of its task."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Page:
    """A page of the manual.

    Attributes:
        task: a key of `TASKS`.
        about: what the mode does and what it leaves, in three printed lines at most.
        example: flags of one command, without `--mode`.
        first: its most used flags, with spaces between.
    """

    task: str
    about: str
    example: str
    first: str


TASKS = {
    "train": "train",
    "refine": "refine samples",
    "look": "look inside",
    "measure": "measure",
    "take": "take away, bring in",
}
_LOOK = "logs_dir other_logs_dir perturb_batch nr_iter_vis iterator_learning_rate start"
_ITERATE = (
    "logs_dir guide nr_iter_vis learning_rate iterator_learning_rate optimizer batch_size seed "
    "z start stop_at_real ratio_features checkpoint plot_iter_error"
)
_LEARN = "dataset data_dir image_size channels logs_dir"

MANUAL = {
    "demo": Page(
        "train",
        "Trains on digits that are at hand, draws samples, runs both iterators and a fitted "
        "ratio. Three minutes on two cores; every picture is named at the end.",
        "",
        "logs_dir dataset iterations nr_iter_vis seed",
    ),
    "train": Page(
        "train",
        "Trains generator and critic, and goes on where an earlier command stopped; Ctrl-C "
        "saves. Leaves checkpoints, generator.keras, critic.keras, and TensorBoard's events.",
        "--data_dir=PICTURES --image_size=64 --iterations=20000",
        f"{_LEARN} model iterations batch_size learning_rate n_critic clip_value preset z_dim "
        "gen_dimension disc_dimension film evaluate_every keep_best seed split precision",
    ),
    "train_classifier": Page(
        "train",
        "Trains a discriminator on labels alone, without a generator, and tests it. Leaves "
        "classifier.keras, the learning curve, and the images that it gets wrong.",
        "--dataset=cifar10",
        f"{_LEARN} network epochs learning_rate batch_size augmentation label_smoothing "
        "weight_decay seed",
    ),
    "train_judge": Page(
        "measure",
        "Trains an independent classifier by which generated images are judged. Other modes "
        "train it themselves where they need it and it is not there.",
        "--dataset=mnist",
        f"{_LEARN} epochs learning_rate batch_size augmentation seed",
    ),
    "fit_ratio": Page(
        "refine",
        "Fits the sober adviser: a log density ratio, real against generated, in features that "
        "share nothing with the critic. Says on held-out images what it is worth; --guide=ratio "
        "follows it.",
        "--logs_dir=logs/mnist5k --ratio_features=self",
        "logs_dir ratio_features checkpoint seed",
    ),
    "refine": Page(
        "refine",
        "Refines samples by any method within a budget of evaluations, by the ratio or the "
        "critic. Leaves before, after, difference; refine.npz is what --mode=evaluate compares, "
        "z by z.",
        "--method=resampling:budget=10,gradient --budget=30",
        "logs_dir method budget guide batch_size seed ratio_features checkpoint",
    ),
    "image_iterator": Page(
        "refine",
        "Moves the pixels of samples by the gradient of the frozen critic, or of a ratio. The "
        "critic is fooled by changes that one cannot see: look at the difference.",
        "--logs_dir=logs/mnist5k --nr_iter_vis=300",
        _ITERATE,
    ),
    "z_iterator": Page(
        "refine",
        "Moves the latents of samples by the gradient of the frozen critic, or of a ratio; the "
        "images change with them. z moves by ten times the rate, as in the original (by a "
        "ratio: once).",
        "--logs_dir=logs/mnist5k --guide=ratio",
        _ITERATE,
    ),
    "z_iterator_tsne": Page(
        "refine",
        "Follows latents under the z iterator and draws their way: t-SNE, and a TensorBoard "
        "projector.",
        "--logs_dir=logs/mnist5k --nr_batches_tsne=4",
        "logs_dir guide nr_iter_vis nr_batches_tsne batch_size learning_rate seed checkpoint",
    ),
    "visualize": Page(
        "look",
        "Draws a grid of samples; with --method refined ones.",
        "--logs_dir=logs/mnist5k --seed=7",
        "logs_dir batch_size seed seeds z only_class truncation method guide budget checkpoint",
    ),
    "traverse": Page(
        "look",
        "Moves single values of z from end to end and measures what each changes.",
        "--logs_dir=logs/mnist5k --dims=3,17",
        "logs_dir dims traverse_steps z seed checkpoint",
    ),
    "manifold": Page(
        "look",
        "Walks through z: the whole square of a z of two values, else a plane through three "
        "samples, and the ways between them.",
        "--logs_dir=logs/mnist5k --manifold_corners=0,5,9",
        "logs_dir manifold_corners manifold_grid z seed checkpoint",
    ),
    "latent_map": Page(
        "look",
        "Maps z, coloured by what a judge takes the images for, and measures how classes lie "
        "together.",
        "--logs_dir=logs/mnist5k --map_samples=5000",
        "logs_dir map_samples judge_dir seed checkpoint",
    ),
    "project": Page(
        "look",
        "Finds the z whose image is nearest to real images, or to one of your own.",
        "--logs_dir=logs/mnist5k --target=digit.png",
        "logs_dir target nr_iter_vis iterator_learning_rate seed checkpoint",
    ),
    "perturb_real": Page(
        "look",
        "How small a change of real images makes the discriminator answer wrongly.",
        "--logs_dir=logs/mnist5k --perturb_max=32",
        "logs_dir other_logs_dir perturb_batch perturb_max perturb_steps target_class checkpoint",
    ),
    "max_class": Page(
        "look",
        "Images that maximise what the discriminator gives to each class (a critic: real, "
        "generated).",
        "--logs_dir=logs/mnist_acgan",
        f"{_LOOK} weight_decay_pixels checkpoint",
    ),
    "max_features": Page(
        "look",
        "Images that maximise single features of a layer of the discriminator.",
        "--logs_dir=logs/mnist5k --layer=2",
        f"layer {_LOOK} weight_decay_pixels checkpoint",
    ),
    "compare_discriminators": Page(
        "look",
        "perturb_real, max_class and max_features for two runs on one page, and what differs.",
        "--logs_dir=logs/acgan --other_logs_dir=logs/labels",
        f"{_LOOK} perturb_max perturb_steps target_class checkpoint",
    ),
    "evaluate": Page(
        "measure",
        "Measures how real images are, by every metric with its interval: samples of a run, "
        "what an iterator wrote (before and after, z by z), or any folder or .npz.",
        "--logs_dir=logs/mnist5k --generated=logs/mnist5k/z_iterator.npz",
        "logs_dir generated before real samples features judge_dir checkpoint image_size seed",
    ),
    "study": Page(
        "measure",
        "Whose advice makes samples better, by which method, at what price? Trainings x stages x "
        "advisers x methods x budgets, judged twice, with a report. An hour; it goes on where it "
        "was stopped, and processes that are given the same command share it.",
        "--dataset=mnist --study_guides=critic,labels",
        f"{_LEARN} study_seeds study_stages study_samples study_size study_games study_guides "
        "study_methods study_budgets model seed",
    ),
    "matched_study": Page(
        "measure",
        "Does training on matched mini-batches help? With and without, at equal budgets.",
        "--dataset=mnist5k --study_seeds=3",
        f"{_LEARN} study_seeds iterations matched_batches matched_rate evaluate_samples seed",
    ),
    "toy": Page(
        "measure",
        "Every method by every guide on points whose density is known: what is the ratio's "
        "error, and what is the method's?",
        "--dataset=ring8",
        "dataset logs_dir seed",
    ),
    "benchmark": Page(
        "measure",
        "How fast this machine trains and refines, against what it could do.",
        "--scaling",
        "logs_dir dataset image_size batch_size scaling precision",
    ),
    "generate": Page(
        "take",
        "Writes samples into files, a million if need be; the same command goes on where it "
        "stopped.",
        "--logs_dir=logs/mnist5k --count=100000",
        "logs_dir count shard_format shard_size seed seeds z only_class truncation method guide "
        "budget checkpoint",
    ),
    "export": Page(
        "take",
        "Writes generator, critic and ratio for other programs, for batches of any size, and "
        "compares each file with the model. One printed line says how to open it.",
        "--logs_dir=logs/mnist5k --export_format=tflite",
        "logs_dir export_format checkpoint",
    ),
    "import_tf1": Page(
        "take",
        "Makes a run of a TensorFlow 1 checkpoint of the original; all modes then take it.",
        "--tf1_checkpoint=FOLDER --data_dir=FACES --logs_dir=logs/imported",
        "tf1_checkpoint data_dir dataset logs_dir image_size",
    ),
}
