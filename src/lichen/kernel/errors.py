"""Errors are built from facts, write their own sentence and end with the next step."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LichenError(Exception):
    """A problem a person can act on: what was found, then what to do next.

    Subclasses take facts as arguments, keep them as attributes, and pass the finished sentence
    and the next step here. Doors print `str(error)` and exit with status 2; nothing below a door
    prints.
    """

    def __init__(self, sentence: str, next_step: str) -> None:
        self.sentence = sentence
        self.next_step = next_step
        # After a list of several lines the next step stands on its own.
        between = "\n" if "\n" in sentence else " "
        super().__init__(f"{sentence}{between}{next_step.lstrip()}".strip())


class UnknownName(LichenError):
    """A name that is not among the known ones; the message lists near misses."""

    def __init__(self, what: str, found: str, known: Iterable[str], where: str = "") -> None:
        self.what = what
        self.found = found
        self.known = sorted(known)
        place = f" in {where}" if where else ""
        super().__init__(
            f"There is no {what} named '{found}'{place}.", did_you_mean(found, self.known)
        )


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """The next step for a misspelt name: its nearest known names, or all when none is near."""
    names = sorted(known)
    near = [name for name in names if name.lower() == found.lower()]
    near = near or get_close_matches(found, names, n=3, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
    return "Known names: " + ", ".join(names) + "."
