"""A progress bar for what calls `on_record(done, value)` while it works."""

import contextlib
from collections.abc import Callable, Iterator

from tqdm import tqdm


@contextlib.contextmanager
def progress(
    title: str, total: int, unit: str = "step", value: str = "loss {:.3f}"
) -> Iterator[Callable]:
    """Shows a bar; yields what gives the `on_record` of a pass, of which there may be several.

    Args:
        title: what the bar says.
        total: steps of all passes together.
        unit: what a step is called.
        value: how the bar shows the second argument of `on_record`, which may be left out.
    """
    with tqdm(total=total, desc=title, unit=unit, dynamic_ncols=True) as bar:

        def following():
            before = bar.n

            def on_record(done, number=None):
                if number is not None:
                    bar.set_postfix_str(value.format(number), refresh=False)
                bar.update(before + done - bar.n)

            return on_record

        yield following
