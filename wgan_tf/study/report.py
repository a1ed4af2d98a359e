"""The findings of a study in words: a Markdown report, written from `study.json` alone."""

from pathlib import Path

from wgan_tf.metrics import METRICS
from wgan_tf.study.experiments import DISTANCE_LIMIT, RATE, RULES, STEPS, Z_RATES, Condition
from wgan_tf.study.findings import BY_CHANCE, INVISIBLE_DB, METRIC, NOTHING, over_seeds

_CONTROLLED = (
    "z_iterator",
    "random_z",
    "image_iterator",
    "random_pixels",
    "best_of",
    "more_training",
)
_RULES = {
    "real_level": "each sample until it scores as real images do on average",
    "distance": f"each sample until z has moved {DISTANCE_LIMIT:g} (root mean square)",
    "bend": "all samples where the curve of the mean score bends most",
}


def study_in_words(study: dict, pictures: list[Path]) -> str:
    """The Markdown text.

    Args:
        study: the contents of `study.json`.
        pictures: paths of the plots, relative to the report.
    """
    seeds = sorted({model["seed"] for model in study["models"]})
    lines = [
        f"# Does the critic make its samples better? {study['config']['dataset']}",
        "",
        f"{len(seeds)} trainings (seeds {', '.join(map(str, seeds))}), {study['samples']} samples "
        f"of the same z's under every condition, measured against {study['real_images']} real "
        f"images by a judge ({study['judge']}) that no generator or critic has met. Differences "
        "are (after - before) on the same z's; *better* and *worse* mean that the 95 % interval of "
        "the paired bootstrap (1,000 resamples) of **every** training lies on that side of zero. "
        "The interval in brackets is that of the mean over trainings, from their spread "
        "(Student's t).",
        "",
        *study["warnings"],
        "",
    ]
    for stage, findings in study["findings"].items():
        models = [m["conditions"] for m in study["models"] if str(m["stage"]) == stage]
        lines += [f"## After {stage} iterations", "", *_stage(study, findings, models), ""]
        lines += [f"![{path.stem}]({path})" for path in pictures if path.stem.endswith(f"_{stage}")]
        lines.append("")
    lines += _caveats(len(seeds))
    return "\n".join(lines) + "\n"


def _stage(study: dict, findings: dict, models: list[dict]) -> list[str]:
    start = [m["nothing"] for m in models]
    scores = ", ".join(f"{m['score']:+.2f} (real {m['real_score']:+.2f})" for m in start)
    best = findings["attainable"]
    fair = best["chosen_by_others"]
    chosen = "" if fair is None else f" (chosen by the other trainings: {fair:+.2f})"
    return [
        f"Before: Fréchet distance {findings['before']['value']:.2f}, real against real "
        f"{_reference(study, 'frechet', '.2f') or 'not to be had'}; critic's mean score {scores}.",
        "",
        f"The best of the z iterator: {best['key']}, {_change(best)}{chosen}.",
        "",
        "### The original's claims",
        "",
        *_claims(findings["claims"]),
        "",
        "### Against controls of the same length or cost",
        "",
        *_controls(models),
        "",
        "### When to stop",
        "",
        *_rules(findings, best),
        "",
        "### All metrics",
        "",
        *_table(study, models, best["key"]),
    ]


def _change(outcome: dict) -> str:
    if "difference" not in outcome:
        return "not measured"
    text = f"{outcome['difference']:+.2f}"
    if outcome["low"] is not None:
        text += f" [{outcome['low']:+.2f}, {outcome['high']:+.2f}]"
    return f"{text}, {outcome['verdict']}"


def _claims(claims: dict) -> list[str]:
    pixels, z = claims["pixels_do_not_help"], claims["z_helps"]
    extremes = claims["too_few_too_many"]
    return [
        f"1. *The critic is fooled by tiny pixel changes.* {_fooled(claims['critic_fooled'])}",
        "2. *Pixel tuning does not make images better.* "
        + ("Holds" if pixels["holds"] else "Contradicted")
        + f": {_counted(pixels)}.",
        f"3. *z tuning does.* {'Holds' if z['holds'] else 'Not found'}: {_counted(z)}.",
        f"4. *Patchy images gain most.* {_gain(claims['low_scores_gain_most'])}",
        "5. *Too few steps do nothing, too many go astray.* Fewest "
        f"({_yes(extremes['too_few'])}: {_change(extremes['fewest'])}; within "
        f"{NOTHING:.0%} of the distance before counts as nothing), most "
        f"({_yes(extremes['too_many'])}: {_change(extremes['most'])}).",
    ]


def _fooled(claim: dict) -> str:
    reached = [one for one in claim["each"] if "steps" in one]
    text = (
        f"{'Holds' if claim['holds'] else 'Not found'}: in {len(reached)} of "
        f"{len(claim['each'])} trainings tuned pixels reach the score of real images, and rise by "
        "the spread of the samples' scores"
    )
    if reached:

        def listed(name: str, form: str) -> str:
            return ", ".join(format(one[name], form) for one in reached)

        text += (
            f", by changes of {listed('pixel_change', '.3f')} on average (range 2; PSNR "
            f"{listed('psnr_db', '.0f')} dB). The score gains {listed('score_gain', '.2f')}; a "
            f"random change of the same length gains {listed('score_gain_by_chance', '.2f')}"
        )
        if reached[0]["class_changed"] is not None:
            text += (
                f". The judge sees another class in {listed('class_changed', '.1%')} of the "
                f"images, after the random change in {listed('class_changed_by_chance', '.1%')}"
            )
    return (
        f"{text}. Asked for: at least {INVISIBLE_DB:.0f} dB, and a gain by chance of at most "
        f"{BY_CHANCE:.0%}."
    )


def _counted(claim: dict) -> str:
    best = claim["best"]
    return (
        f"of its conditions {len(claim['better'])} are better, {len(claim['worse'])} worse, "
        f"{len(claim['unclear'])} unclear; the best is {best['key']} with {_change(best)}"
    )


def _gain(claim: dict) -> str:
    if claim["holds"] is None:
        return "The judge has no opinion on single images."
    parts = [
        f"{one['lowest_minus_highest']:+.2f} ± {1.96 * one['error']:.2f} "
        f"(by chance {one['by_chance']:+.2f})"
        for one in claim["each"]
    ]
    return (
        f"{'Holds' if claim['holds'] else 'Not found'} for {claim['key']}: what the judge finds "
        "gained by the fifth of the samples with the lowest scores before, less the highest "
        f"fifth's: {'; '.join(parts)}. By chance: a random move of the same length."
    )


def _controls(models: list[dict]) -> list[str]:
    """Change of the distance at one rate over steps, beside what chance and choosing do."""
    lines = [
        f"Change of the Fréchet distance, rate {RATE:g}; random moves are as long as the "
        "iterator's, the best of 2 s candidates and more training cost what s steps of z do.",
        "",
        *_heading("steps", *map(str, STEPS)),
    ]
    for method in _CONTROLLED:
        cells = []
        for steps in STEPS:
            key = Condition(method, RATE, steps).key
            outcome = over_seeds(models, key, METRIC) if key in models[0] else {}
            mark = {"better": " ▲", "worse": " ▼"}.get(outcome.get("verdict"), "")
            cells.append(f"{outcome['difference']:+.2f}{mark}" if "difference" in outcome else "")
        lines.append(f"| {method.replace('_', ' ')} | {' | '.join(cells)} |")
    return lines


def _rules(findings: dict, best: dict) -> list[str]:
    lines = [
        "| rule | change of the Fréchet distance | of the attainable gain |",
        "|---|---|---|",
    ]
    for rule in RULES:
        outcome = findings["rules"][rule]
        share = "-" if outcome["kept"] is None else f"{outcome['kept']:.0%}"
        lines.append(f"| {_RULES[rule]} | {_change(outcome)} | {share} |")
    lines += [
        f"| (best rate and steps, known only to the judge: {best['key']}) | {_change(best)} | |",
        "",
        "Where the distance is lowest, the mean score lies this far above that of real images, "
        "after these steps (0: gain turns into harm at their level):",
        "",
        *_heading("training", "before", *(f"rate {rate:g}" for rate in Z_RATES)),
    ]
    points = findings["turning_point"]
    for index in range(0, len(points), len(Z_RATES)):
        training = points[index : index + len(Z_RATES)]
        cells = [f"{one['score_above_real']:+.2f} ({one['steps']})" for one in training]
        before = training[0]["start_above_real"]
        lines.append(f"| {index // len(Z_RATES)} | {before:+.2f} | {' | '.join(cells)} |")
    return lines


def _table(study: dict, models: list[dict], best: str) -> list[str]:
    """Every metric under a few conditions: mean over trainings, and its verdict."""
    keys = [
        key
        for key in dict.fromkeys(
            [
                "nothing",
                best,
                "z_iterator 0.03 100",
                "image_iterator 0.001 10",
                "image_iterator 0.01 10",
                "image_iterator 0.01 100",
                "random_z 0.01 100",
                "best_of 0.01 10",
                "more_training 0.01 100",
                "real_level 0.01",
            ]
        )
        if key in models[0]
    ]
    lines = _heading("metric", "real against real", *keys)
    for name in METRICS:
        if name in study["reference"]:
            real = _reference(study, name, ".3g")
            cells = [_cell(models, key, name) for key in keys]
            lines.append(f"| {name} | {real} | {' | '.join(cells)} |")
    return [*lines, "", "▲ better, ▼ worse in every training, others unclear."]


def _reference(study: dict, name: str, form: str) -> str:
    """What real images score, or nothing where there were too few of them: null in a file."""
    value = study["reference"][name]
    return "" if value is None or value != value else format(value, form)


def _cell(models: list[dict], key: str, name: str) -> str:
    entries = [model[key]["metrics"].get(name) for model in models]
    if not all(entries):
        return "-"
    value = sum(entry["value"] for entry in entries) / len(entries)
    if key == "nothing" or any(entry["difference_low"] is None for entry in entries):
        return f"{value:.3g}"
    mark = {"better": " ▲", "worse": " ▼"}.get(over_seeds(models, key, name)["verdict"], "")
    return f"{value:.3g}{mark}"


def _heading(*cells: str) -> list[str]:
    """The first two lines of a table of numbers."""
    return [f"| {' | '.join(cells)} |", "|---|" + "---:|" * (len(cells) - 1)]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _caveats(seeds: int) -> list[str]:
    return [
        "## How sure this is",
        "",
        f"- {seeds} trainings: what all of them agree on would, by chance alone and without any "
        f"effect, happen in the same direction in one of {2 ** max(0, seeds - 1)} cases; the "
        "intervals within each training make it rarer. It is said of this data, these networks "
        "and rates.",
        "- The best of many conditions looks better than it is; the change under the condition "
        "that the *other* trainings choose is free of that.",
        "- The distance depends on the judge's features. Changes that its features ignore, as "
        "faint noise on pixels, show in the two-sample classifier, which saturates at 1.",
        "- Iterators run Adam here, whose steps are as long as the rate from the first on; the "
        "original's RMSProp begins flat.",
    ]
