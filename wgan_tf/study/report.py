"""The findings of a study in words: a Markdown report, written from `study.json` alone."""

from collections.abc import Sequence
from pathlib import PurePath

from wgan_tf.study import report_tables as tables
from wgan_tf.study.claims import BY_CHANCE, INVISIBLE_DB, TOO_FEW
from wgan_tf.study.conditions import (
    BETTER,
    DISAGREE,
    GUIDES,
    LEVEL,
    NOTHING,
    UNREFINED,
    WORSE,
    is_refinement,
    key_of,
)
from wgan_tf.study.report_claims import claims_in_words


def study_in_words(study: dict, findings: dict, pictures: Sequence[str | PurePath]) -> str:
    """The Markdown text.

    Args:
        study: the contents of `study.json`.
        findings: of `findings.findings_of`, of the same.
        pictures: paths of the plots, relative to the report; each stands beside what it shows.
    """
    left = [PurePath(path) for path in pictures]

    def shown(*stems: str) -> list[str]:
        found = [path for path in left if path.stem in stems]
        left[:] = [path for path in left if path not in found]
        return [line for path in found for line in (f"![{path.stem}]({path.as_posix()})", "")]

    lines = [
        f"# Which advice makes samples better? {study['dataset']}",
        "",
        *_measured(study, findings),
        "",
        *(f"**Warning:** {warning}" for warning in study["warnings"]),
        "",
        "## In short",
        "",
        *_in_short(findings, study["main"]),
        "",
    ]
    for game, stages in findings.items():
        lines += [f"## {game}", "", *shown(f"study_map_{game}")]
        for stage, found in stages.items():
            lines += [f"### {game} after {stage} iterations", ""]
            lines += _stage(study, found, shown(f"study_price_{game}_{stage}"))
            lines += shown(f"study_samples_{game}_{stage}")
        lines += shown(f"study_training_{game}", f"study_temperature_{game}")
    lines += shown(*(path.stem for path in left))
    return "\n".join([*lines, *_caveats(study, findings)]) + "\n"


def _each(findings: dict) -> list[tuple[str, dict]]:
    """Every game and stage with its name."""
    return [
        (f"{game} after {stage}", found)
        for game, stages in findings.items()
        for stage, found in stages.items()
    ]


def _measured(study: dict, findings: dict) -> list[str]:
    title = study["titles"].get(study["main"], study["main"])
    foreign = study["titles"].get(study["foreign"], study["foreign"])
    trainings = ", ".join(f"{len(found['seeds'])} of {name}" for name, found in _each(findings))
    return [
        f"{study['samples']:,} samples of the same z's under every condition, measured against "
        f"{study['real_images']:,} real ones. Trainings: {trainings} iterations. A condition is "
        "an adviser, a method and a budget of evaluations a sample.",
        "",
        f"What decides is the {title}{_judge(study, 'judge')}. A second measure, which the first "
        f"judge has no part in, must agree: the {foreign}{_judge(study, 'foreign_judge')}. "
        "Differences are (after - before) on the same z's, below 0 is better. Intervals in "
        "brackets are 95 % intervals of the mean over trainings (Student's t).",
        "",
        f"▲ better, ▼ worse: p below {LEVEL} after Holm's correction for all conditions of the "
        f"budget, the second measure has the same sign, and the change is more than {NOTHING:.0%} "
        "of the distance before. ≠: the second measure has the other sign. No mark: unclear. "
        "Controls are not corrected for. With one training its own bootstrap decides.",
    ]


def _judge(study: dict, which: str) -> str:
    """Points need no judge."""
    return f" (judge: {study[which]})" if study.get(which) else ""


def _in_short(findings: dict, main: str) -> list[str]:
    each = _each(findings)
    topics = {
        "Best at {budget} evaluations": [_best(found, main) for _, found in each],
        "The critic's own advice, gradient in z": [
            _of(found, main, "critic", "gradient") for _, found in each
        ],
        "Best refinement against more training for the same computation": [
            _training(found) for _, found in each
        ],
        "The control that knows nothing (shuffled), gradient in z": [
            _of(found, main, "shuffled", "gradient") for _, found in each
        ],
        "Conditions that are better, worse, or on which the judges disagree": [
            _counts(found) for _, found in each
        ],
        "Without labels": [_advised(found, main, "no labels") for _, found in each],
        "By the ten thousand": [
            _advised(found, main, "samples by the ten thousand") for _, found in each
        ],
    }
    budgets = {tables.common_budget(found["conditions"]) for _, found in each}
    budget = " or ".join(map(str, sorted(budgets)))
    lines = []
    for topic, answers in topics.items():
        said = [
            f"{name}: {answer}" for (name, _), answer in zip(each, answers, strict=True) if answer
        ]
        if said:
            lines.append(f"- **{topic.format(budget=budget)}.** {'; '.join(said)}.")
    return lines


def _best(found: dict, main: str) -> str:
    place = found["map"].get(str(tables.common_budget(found["conditions"])))
    if place is None:
        return "nothing is surely better"
    (best,) = [c for c in found["conditions"] if c["name"] == place["best"]]
    beside = len(place["tied"]) + len(place["lower"])
    text = f"{best['name']}, {tables.in_percent(best, found['before'][main])}"
    return text if place["winner"] else f"{text} (not told apart from {beside} more)"


def _of(found: dict, main: str, guide: str, method: str) -> str:
    budget = tables.common_budget(found["conditions"])
    key = (guide, method, budget)
    return "".join(
        f"{tables.in_percent(c, found['before'][main]).rstrip(' ▲▼≠')} at {budget}, {c['verdict']}"
        for c in found["conditions"]
        if key_of(c) == key
    )


def _training(found: dict) -> str:
    won = {"refinement": [], "training": [], "unclear": []}
    for budget, against in found["against_training"].items():
        won[against["verdict"]].append(budget)
    words = {"refinement": "refining wins", "training": "training wins", "unclear": "unclear"}
    return ", ".join(
        f"{words[who]} at {', '.join(budgets)}" for who, budgets in won.items() if budgets
    )


def _counts(found: dict) -> str:
    verdicts = [c["verdict"] for c in found["conditions"] if is_refinement(c)]
    counts = [str(verdicts.count(kind)) for kind in (BETTER, WORSE, DISAGREE)]
    return f"{', '.join(counts)} of {len(verdicts)}"


def _advised(found: dict, main: str, case: str) -> str:
    (name,) = [one["name"] for one in found["advice"] if one["case"] == case] or [""]
    if not name:
        return "nothing helps surely" if name is None else ""
    (chosen,) = [c for c in found["conditions"] if c["name"] == name]
    return f"{name}, {tables.in_percent(chosen, found['before'][main])}"


def _stage(study: dict, found: dict, pictures: list[str]) -> list[str]:
    main = study["main"]
    before, budget = found["before"][main], tables.common_budget(found["conditions"])
    real = study["reference"].get(main)
    start = "not to be had" if before is None else f"{before:.3g}"
    lines = [
        f"Before: {study['titles'].get(main, main)} {start}, real against real "
        f"{'not to be had' if real is None else f'{real:.3g}'}.",
        "",
    ]
    for title, body in _sections(study, found, before, budget, pictures).items():
        if any(body):
            lines += [f"#### {title}", ""] if title else []
            lines += [*body, ""]
    return lines


def _sections(study: dict, found: dict, before, budget: int, pictures: list[str]) -> dict:
    """What is said of one game and stage, by heading."""
    guides = dict.fromkeys(c["guide"] for c in found["conditions"])
    names = (study["main"], study["foreign"])
    sections = {
        "The best for every budget": tables.map_table(found, before),
        f"All conditions at {budget} evaluations (in brackets the second measure)": (
            tables.methods_table(found, budget, found["before"], names)
        ),
    }
    for guide in guides:
        title = f"Over budgets, {GUIDES.get(guide, guide)}"
        sections[title] = tables.budgets_table(found, guide, before)
    return sections | {
        "": pictures,
        "The original's claims, by adviser": [
            *tables.claims_table(found["claims"]),
            "",
            *claims_in_words(found["claims"], before),
        ],
        "Refining or training more": found["against_training"]
        and [*tables.training_table(found, before), "", *_costs()],
        "Temperature of Langevin's walk": found["temperature"]
        and tables.temperature_table(found, study["titles"], before),
        "The advisers themselves": found["advisers"]
        and [*tables.advisers_table(found["advisers"]), *_gates(found["advisers"])],
        "All metrics": tables.metrics_table(study, found, budget),
        "Advice": [f"- *{one['case'].capitalize()}*: {one['text']}." for one in found["advice"]],
    }


def _costs() -> list[str]:
    return [
        "The difference is the refinement's distance less that of more training, so that below 0 "
        "refining is better; it is called better where the second measure's difference has the "
        "same sign. Chosen by others: each training refines in the way that is best for "
        "the other trainings, which takes the luck of being chosen away. GFLOP a sample include "
        "fitting the adviser, shared by 1,000 samples."
    ]


def _gates(advisers: dict) -> list[str]:
    warned = [
        f"- {tables.words(guide)}: {facts['gate']}"
        for guide, facts in advisers.items()
        if facts["gate"]
    ]
    return ["", *warned] if warned else []


def _caveats(study: dict, findings: dict) -> list[str]:
    fewest = min(len(found["seeds"]) for _, found in _each(findings))
    most = max(
        (
            sum(c["budget"] == budget and c["method"] != UNREFINED for c in found["conditions"])
            for _, found in _each(findings)
            for budget in {c["budget"] for c in found["conditions"]}
        ),
        default=0,
    )
    return [
        "## How sure this is",
        "",
        f"- {fewest} training{'s' * (fewest != 1)} of a game and stage at least: what is said is "
        f"said of this data ({study['dataset']}), these networks and rates. Up to {most} "
        "conditions share a budget, and Holm's correction asks more of each the more there are: "
        "with few trainings a true but uneven gain stays unclear.",
        "- Unclear does not mean that nothing happens, and a tie does not mean that two ways are "
        "as good: both may only mean that there are too few trainings to tell.",
        "- The best of many conditions looks better than it is. What the *other* trainings choose "
        "is free of that; the changes in the map are not.",
        "- A distance depends on its judge's features. The second measure guards against gains "
        "that only one judge sees, but both may miss the same fault.",
        "- Evaluations count how often the adviser is asked for a sample. They leave out fitting "
        "it, which the GFLOP include.",
        f"- Claim 1 asks for at least {INVISIBLE_DB:.0f} dB in every training and a gain by chance "
        f"of at most {BY_CHANCE:.0%}; claim 5 calls up to {TOO_FEW:.0%} of the distance nothing.",
    ]
