"""What keeps rows from being matched, or a match from being believed."""

from __future__ import annotations

from collections.abc import Iterable

from lichen.kernel.errors import LichenError, did_you_mean


class NoMatching(LichenError):
    """The call does not say how to match; base of all such errors."""


class NotARatio(NoMatching):
    """How many controls each exposed row should get is no whole number above 0."""

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(f"`ratio` is {found!r}.", "Pass a whole number from 1 on, such as 3.")


class NotACaliper(NoMatching):
    """The largest distance allowed is not a number from 0 on."""

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(
            f"`caliper` is {found!r}.",
            "Pass the largest distance allowed in units of `score`, such as "
            "`caliper_of(logit)`, or None for any distance.",
        )


class UnknownTies(NoMatching):
    """What to do with equally near controls is not one of the known."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        self.found, self.known = found, sorted(known)
        super().__init__(
            f"There is no way of taking ties named '{found}'.", did_you_mean(found, self.known)
        )


class NotAlike(NoMatching):
    """The arrays passed belong to other rows than those that were matched."""

    def __init__(self, name: str, found: int, expected: int) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(
            f"`{name}` is of {found} rows, the match of {expected}.",
            "Pass what belongs to the rows that were matched, in the same order.",
        )


class NotNeighbours(NoMatching):
    """How many neighbours tell the variance of a row is no whole number from 0 on."""

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(
            f"`neighbours` is {found!r}.",
            "Pass a whole number from 1 on, or 0 for one variance that all rows share.",
        )


class BrokenMatch(LichenError):
    """A finished match breaks its own promise: a fault of Lichen, never of the data."""

    def __init__(self, promise: str, row: int, found: float, allowed: float) -> None:
        self.promise, self.row, self.found, self.allowed = promise, row, found, allowed
        super().__init__(
            f"The match of row {row} breaks a promise: {promise} ({found:g}, allowed {allowed:g}).",
            "No figure was made from it. Please report this with the call that led to it.",
        )
