"""Progress on stderr: bars where a person watches, nothing where nobody does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lichen.kernel.progress import Progress, silent


@contextmanager
def watched() -> Iterator[Progress]:
    """A progress that draws while the block runs; silent unless stderr is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    with Bars(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task("", total=None)

        def show(stage: str, done: int = 0, total: int | None = None) -> None:
            bars.update(task, description=stage, completed=done, total=total)

        yield show
