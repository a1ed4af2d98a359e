"""What `known_world` measured, in tables: captions, Markdown, values by guide and method."""

import numpy as np

from wgan_tf.study.cells import TRUNCATION, UNGUIDED, UNREFINED
from wgan_tf.study.known_world import BUDGETS, GUIDES, METHODS_OF_GUIDES

# Heading and digits of each measure in a table.
_COLUMNS = {
    "good": ("good", 3),
    "modes": ("modes", 0),
    "width": ("width", 2),
    "total_variation": ("variation", 3),
    "jensen_shannon": ("JS", 3),
    "to_nearest": ("to nearest", 4),
    "earth_movers": ("EMD", 3),
    "duplicates": ("duplicates", 2),
}
# What the coloured tables show, and the value that would be right; None: that of real points.
_COLOURED = {
    "good": ("share good", 1.0),
    "jensen_shannon": ("Jensen-Shannon", 0.0),
    "width": ("width", 1.0),
    "to_nearest": ("to nearest", None),
    "earth_movers": ("earth mover's", None),
}
_MOST_COLOURED = 3


def caption(row: dict) -> str:
    """Of a panel: share good, and the width or the distance to real points."""
    if "good" not in row:
        return "failed"
    last = f"width {row['width']:.2f}" if "width" in row else f"EMD {row['earth_movers']:.2f}"
    return f"good {row['good']:.2f}, {last}"


def tables_of(figures: dict, budget: int) -> tuple[dict, dict]:
    """Values of a budget for `visualize.guide_table`.

    Args:
        figures: what `toy.json` holds.
        budget: one of `BUDGETS`.

    Returns:
        Game to measure to values (guides, methods), NaN where there is none; and game to measure
        to its value before and, as "NAME best", the right one.
    """
    real, tables, before = figures["real_points"], {}, {}
    keys = [key for key in _COLOURED if key in real][:_MOST_COLOURED]
    for game, facts in figures["games"].items():
        rows = {(row["method"], row["guide"], row["budget"]): row for row in facts["rows"]}
        start = rows[UNREFINED, UNGUIDED, 0]
        tables[game], before[game] = {}, {}
        for key in keys:
            name, right = _COLOURED[key]
            tables[game][name] = np.array(
                [
                    [rows[method, guide, budget].get(key, np.nan) for method in METHODS_OF_GUIDES]
                    for guide in GUIDES
                ]
            )
            before[game][name] = start[key]
            before[game][f"{name} best"] = real[key] if right is None else right
    return tables, before


def markdown(figures: dict) -> str:
    """A table per game, the guides' quality above it."""
    real = figures["real_points"]
    keys = [key for key in _COLUMNS if key in real or key == "duplicates"]
    lines = [f"# Refinement in a known world: {figures['world']}", ""]
    for game, facts in figures["games"].items():
        seconds = ", ".join(f"{name} {value:.0f} s" for name, value in facts["seconds"].items())
        oracle = facts["guides"]["oracle"]
        lines += [
            f"## {game} ({seconds})",
            "",
            f"Mean of the true ratio over samples {oracle['mean_ratio']:.3f} +- "
            f"{oracle['mean_ratio_error']:.3f}, by its table "
            f"{oracle['mean_ratio_of_table']:.3f}: the share of the world that samples reach. "
            f"Log loss of the ratios (chance 0.693): {_losses(facts['guides'])}.",
            "",
            "| budget | method | guide | " + " | ".join(_COLUMNS[key][0] for key in keys) + " |",
            "|---:|---|---|" + "---:|" * len(keys),
            _line({**real, "method": "real points", "guide": "", "budget": ""}, keys),
        ]
        lines += [_line(row, keys) for row in facts["rows"]]
        lines.append("")
    return "\n".join(lines)


def _losses(guides: dict) -> str:
    rows = {name: facts for name, facts in guides.items() if "log_loss" in facts}
    return ", ".join(f"{name} {facts['log_loss']:.3f}" for name, facts in rows.items())


def _line(row: dict, keys: list[str]) -> str:
    cells = [f"{row[key]:.{_COLUMNS[key][1]}f}" if key in row else "" for key in keys]
    if "failed" in row:
        cells[0] = "failed"
    budget = row["budget"] if row["budget"] in ("", *BUDGETS) or row["method"] == TRUNCATION else ""
    return f"| {' | '.join([str(budget), row['method'], row['guide'], *cells])} |"
