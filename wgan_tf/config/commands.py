"""The modes: each is a file of its name in `modes/` and a row here."""

import dataclasses
from collections.abc import Mapping

_MAXIMISING = {"nr_iter_vis": 200, "iterator_learning_rate": 0.1, "start": "mean"}
_FROM_WHAT = ("mean", "noise")  # what maximising starts from


@dataclasses.dataclass(frozen=True)
class Command:
    """What is known of a mode before it is loaded.

    Attributes:
        summary: for `--help`.
        reads: kinds of flags, in the words that the fields use, with spaces between. The flags of
            its own name and those of "all" it reads besides.
        needs: what must be there before it begins: the "data" that the flags name, a trained
            "run", the "images" of an evaluation, or a "checkpoint" of TensorFlow 1; None: nothing.
        learns: whether it trains, so that a stored run binds all that training computes.
        shared: whether several processes can share it.
        defaults: of fields, the values that it has where no flag says otherwise, stored run or not.
        starts: the values of `--start` that it can begin with; empty: any, as it reads none.
        network: the classifier's that it trains; None: it trains none.
        games: those that it is for; None: all that have what it needs.
        folder: default of `--logs_dir` below logs/. {data} is the data set, {game} what is trained
            on it where that is not the default, {film} "_film" for films.
        alias: another name, the original's.
    """

    summary: str
    reads: str
    needs: str | None = "data"
    learns: bool = False
    shared: bool = False
    defaults: Mapping = dataclasses.field(default_factory=dict)
    starts: tuple[str, ...] = ()
    network: str | None = None
    games: tuple[str, ...] | None = None
    folder: str = "{data}{game}{film}"
    alias: str | None = None

    @property
    def kinds(self) -> set[str]:
        """Of the flags that it reads."""
        return set(self.reads.split())

    @property
    def goes_on(self) -> bool:
        """Whether it trains one game or classifier, which may go on with second thoughts."""
        return self.learns and bool(self.kinds & {"fit", "classify"})


COMMANDS = {
    "demo": Command(
        "train, draw samples and run both iterators, on data that is at hand",
        "data learn game fit trained stepwise iterate",
        learns=True,
    ),
    "train": Command(
        "train generator and critic; goes on where an earlier command stopped",
        "data learn game fit",
        learns=True,
        shared=True,
    ),
    "visualize": Command(
        "draw samples of a trained generator", "data trained guided latents", "run"
    ),
    "generate": Command(
        "write samples into files, a million if need be", "data trained guided latents", "run"
    ),
    "export": Command(
        "write the networks for other programs: SavedModel, TFLite, ONNX or Keras", "trained", "run"
    ),
    "fit_ratio": Command(
        "fit a log density ratio, real against generated: the adviser of --guide=ratio",
        "data trained",
        "run",
    ),
    "refine": Command(
        "refine samples by a method within a budget: the ratio's gradient, chains, choices",
        "data trained guided latents",
        "run",
        defaults={"guide": "ratio", "method": "gradient"},
    ),
    "image_iterator": Command(
        "fine-tune pixels by the gradient of the frozen critic, or of a ratio",
        "data trained stepwise iterate guided latents",
        "run",
        starts=("generated", "real", "noise"),
        alias="image_iterator_visualize",
    ),
    "z_iterator": Command(
        "fine-tune latents by the gradient of the frozen critic, or of a ratio",
        "data trained stepwise iterate guided latents",
        "run",
        starts=("generated",),
        alias="z_iterator_visualize",
    ),
    "z_iterator_tsne": Command(
        "map the way of latents under the z iterator",
        "data trained stepwise iterate guided latents",
        "run",
    ),
    "traverse": Command(
        "move single values of z and see what each changes", "trained latents", "run"
    ),
    "manifold": Command(
        "walk through z: a square, a plane through samples, the way between pairs",
        "trained latents",
        "run",
    ),
    "latent_map": Command(
        "a map of z, coloured by what a classifier takes the images for", "data trained", "run"
    ),
    "project": Command(
        "find the z whose image is nearest to a real one",
        "data trained stepwise",
        "run",
        # Adam finds an image's z in these; what a run has stored for its iterators is for those.
        defaults={"nr_iter_vis": 500, "iterator_learning_rate": 0.05},
    ),
    "train_classifier": Command(
        "train a discriminator on labels alone, without a generator",
        "data learn classify",
        learns=True,
        shared=True,
        network="fast",
    ),
    "perturb_real": Command(
        "how small a change of real images makes the discriminator answer wrongly",
        "data trained look perturb",
        "run",
    ),
    "max_class": Command(
        "images that maximise what the discriminator gives to each class",
        "data trained look stepwise maximise",
        "run",
        defaults=_MAXIMISING,
        starts=_FROM_WHAT,
    ),
    "compare_discriminators": Command(
        "the same of two discriminators on one page, and what differs",
        "data trained look perturb stepwise maximise",
        "run",
        defaults=_MAXIMISING,
        starts=_FROM_WHAT,
    ),
    "max_features": Command(
        "images that maximise single features of a layer of the discriminator",
        "data trained look stepwise maximise",
        "run",
        defaults=_MAXIMISING,
        starts=_FROM_WHAT,
    ),
    "train_judge": Command(
        "train an independent classifier to judge generated images by",
        "data learn classify",
        learns=True,
        shared=True,
        network="judge",
        folder="judge_{data}{film}",
    ),
    "evaluate": Command(
        "measure how real generated images are: of a run, a folder or an .npz",
        "data trained",
        "images",
    ),
    "study": Command(
        "whose advice makes samples better, by which method, at what price: one table",
        "data points learn game",
        learns=True,
        folder="study_{data}{game}{film}",
    ),
    "matched_study": Command(
        "does training on matched mini-batches help? with and without, measured",
        "data learn game",
        learns=True,
        defaults={"study_seeds": 3},
        folder="matched_{data}{game}{film}",
    ),
    "benchmark": Command(
        "how fast this machine trains and refines, against what it could do",
        "data",
        games=("wgan", "gan"),
        folder="benchmark",
    ),
    "toy": Command(
        "every way to refine, by every guide, on points whose density is known",
        "points",
        None,
        defaults={"dataset": "grid25"},
        folder="toy_{data}",
    ),
    # What it writes is a run to train on and to refine with.
    "import_tf1": Command(
        "make a run of a checkpoint of the original (TensorFlow 1)",
        "data learn game fit stepwise iterate",
        "checkpoint",
        games=("wgan", "gan"),
    ),
}
