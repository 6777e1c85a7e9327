"""The stages of a run as they pass: announced, timed, and not held up."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from lichen.kernel.progress import Progress


@dataclass
class Clock:
    """Announces stages and keeps the seconds that each took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, phrase: str) -> Iterator[None]:
        """One stage: `phrase` is shown while it runs."""
        self.progress(phrase)
        begun = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - begun, 3)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cycles while a run makes hundreds of expressions, all of which it still needs.

    Looking through them over and over took an eighth of a small run.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
