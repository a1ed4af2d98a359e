"""The numbers behind the original's claims, in sentences."""

from collections.abc import Callable, Iterable

from wgan_tf.study.report_tables import CLAIMS, interval, signed, words

_ASKED = {
    "critic_fooled": "Scores in the order of the trainings.",
    "pixels_do_not_help": "Holds where no budget is better.",
    "z_helps": "The gradient in z; holds where a budget is better.",
    "low_scores_gain_most": "How much more of the judge's realism the fifth of samples with the "
    "lowest scores before gains than the fifth with the highest, by the gradient in z, in the "
    "order of the trainings; ± twice the standard error.",
    "too_few_too_many": "The gradient in z.",
}


def claims_in_words(claims: dict, before: float | None) -> list[str]:
    """A numbered list of claims, in each a list of advisers with their numbers.

    Args:
        claims: of `claims.claims_of`.
        before: the distance where nothing was done.
    """
    sentences: dict[str, Callable[[dict, float | None], str]] = {
        "critic_fooled": _fooled,
        "pixels_do_not_help": _tuned,
        "z_helps": _tuned,
        "low_scores_gain_most": _gain,
        "too_few_too_many": _extremes,
    }
    lines = []
    for number, (name, title) in enumerate(CLAIMS.items(), 1):
        lines.append(f"{number}. *{title}.* {_ASKED[name] if claims[name] else 'Not measured.'}")
        for one in claims[name]:
            lines.append(f"   - {words(one['guide'])}: {sentences[name](one, before)}.")
    return lines


def _listed(values: Iterable[float | None], form: str) -> str:
    return ", ".join("none" if value is None else format(value, form) for value in values)


def _fooled(one: dict, _: float | None) -> str:
    if "trainings" not in one:
        return "no scores were measured"
    trainings = one["trainings"]

    def column(name: str, form: str) -> str:
        return _listed((training[name] for training in trainings), form)

    reached = sum(training["reached"] for training in trainings)
    text = (
        f"with {one['budget']} evaluations {reached} of {len(trainings)} trainings reach the score "
        f"of real images by changes that cannot be seen (PSNR {column('psnr_db', '.0f')} dB, score "
        f"{column('score', '+.2f')} of {column('goal', '+.2f')} asked for). The score gains "
        f"{column('score_gain', '.2f')}, by random changes of the same length "
        f"{column('score_gain_by_chance', '.2f')}"
    )
    if all(training["class_changed"] is not None for training in trainings):
        text += f"; the judge sees another class in {column('class_changed', '.1%')} of the images"
    return text


def _tuned(one: dict, before: float | None) -> str:
    better, worse = len(one["better"]), len(one["worse"])
    text = (
        f"of {one['of']} budget{'s' * (one['of'] != 1)} {better} better, {worse} worse; best at "
        f"{one['budget']}: {interval(one, before)}, {one['verdict']}"
    )
    fair = one.get("chosen_by_others")
    if fair is not None:
        text += f" (budget chosen by the other trainings: {signed(fair, before)})"
    return text


def _gain(one: dict, _: float | None) -> str:
    if not one["trainings"]:
        return "the judge has no opinion on single samples"
    parts = []
    for training in one["trainings"]:
        text = f"{training['lowest_minus_highest']:+.2f} ± {2 * training['error']:.2f}"
        if training["by_chance"] is not None:
            text += f" (by chance {training['by_chance']:+.2f})"
        parts.append(text)
    return f"at {one['budget']} evaluations {', '.join(parts)}"


def _extremes(one: dict, before: float | None) -> str:
    if "fewest" not in one:
        return "there are too few budgets to say"
    fewest, most, best = one["fewest"], one["most"], one["best"]
    few = "nothing" if one["too_few"] else "something"
    many = "lead astray" if one["too_many"] else "do not surely lead astray"
    return (
        f"{fewest['budget']} evaluations do {few} ({interval(fewest, before)}), {most['budget']} "
        f"{many} ({interval(most, before)}; {interval(one['most_to_best'], before)} from the "
        f"best at {best['budget']})"
    )
