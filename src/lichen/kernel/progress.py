"""How long work says what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as stages begin and move; doors draw a bar, tests and libraries ignore it."""

    def __call__(self, stage: str, done: int = 0, total: int | None = None) -> None:
        """`stage` is a phrase ("Reading subscription.csv"); done of total where it is known."""


def silent(stage: str, done: int = 0, total: int | None = None) -> None:
    """The progress that nobody watches."""
