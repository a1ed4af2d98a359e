"""`--mode=evaluate`: how real generated images are, by every metric."""

from pathlib import Path


def run(config) -> list[Path]:
    """Measures, prints a table, writes `evaluate.json` and `images/evaluate.png`."""
    raise NotImplementedError
