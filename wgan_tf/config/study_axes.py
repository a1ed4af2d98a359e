"""How a study is laid out: its trainings, and advisers x methods x budgets."""

import dataclasses

from wgan_tf.config.field import field, measurable, numbers, one_of, one_to, rising, some_of, spent
from wgan_tf.models import GAMES
from wgan_tf.refine.guides import ADVISERS, ADVISERS_OF_POINTS

_GAMES = [name for name, game in GAMES.items() if game.generator and not game.labelled]
_ADVISERS = tuple(dict.fromkeys((*ADVISERS, *ADVISERS_OF_POINTS)))


@dataclasses.dataclass(frozen=True)
class StudyConfig:
    """How a study is laid out; axes may grow from command to command."""

    study_seeds: int = field(
        5, "trainings, with the seeds from --seed on", "free", "study matched_study", one_to(1000)
    )
    study_stages: str = field(
        "300,3000",
        "iterations after which samples are refined: early and converged",
        "free", "study", rising,
    )
    study_samples: int = field(
        1000, "samples of every set that is measured", "training", "study", measurable
    )
    study_size: str = field(
        "default",
        "default: all advisers and methods at 20 evaluations, prices of the best adviser and of "
        "the critic; full: everything, a night",
        "free", "study", one_of("default", "full"),
    )
    study_games: str | None = field(
        None,
        f"games with commas between, of {', '.join(_GAMES)} (default: --model; full: wgan, "
        "wgan_gp, dcgan)",
        "free", "study", some_of(*_GAMES),
    )
    study_guides: str | None = field(
        None,
        f"advisers with commas between, of {', '.join(_ADVISERS)} (default: by --study_size)",
        "free", "study", some_of(*_ADVISERS),
    )
    study_methods: str | None = field(
        None,
        "methods with commas between, as --method has them, A+B for half of the budget each; also "
        "pixels, random, random_pixels, more_training (default: by --study_size)",
        "free", "study",
    )
    study_budgets: str | None = field(
        None,
        "evaluations a sample with commas between (default: by --study_size, of 2, 6, 20, 60, 200)",
        "free", "study", spent,
    )

    @property
    def stages(self) -> tuple[int, ...]:
        """Iterations of each stage, rising."""
        return numbers(self.study_stages)

    @property
    def budgets(self) -> tuple[int, ...] | None:
        """Evaluations a sample, rising; None: those of the size."""
        return None if self.study_budgets is None else numbers(self.study_budgets)

    def listed(self, name: str) -> list[str] | None:
        """The names in one of the fields; None: those of the size."""
        value = getattr(self, name)
        return None if value is None else [part.strip() for part in value.split(",")]
