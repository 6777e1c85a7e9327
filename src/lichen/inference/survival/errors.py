"""What makes arrays unusable as times at risk; each error names the first row concerned."""

from __future__ import annotations

from lichen.kernel.errors import LichenError


class UnusableTimes(LichenError):
    """The arrays do not say who was followed from when to when; base of all such errors."""


class LengthsDiffer(UnusableTimes):
    """Two arrays that should have one value for each account have different lengths."""

    def __init__(self, name: str, length: int, expected: int) -> None:
        self.name, self.length, self.expected = name, length, expected
        super().__init__(
            f"`{name}` has {length} values, `durations` has {expected}.",
            "Pass one value for each account in each array, in the same order.",
        )


class NotFlat(UnusableTimes):
    """An array has more than one dimension, or is a single value."""

    def __init__(self, name: str, dimensions: int) -> None:
        self.name, self.dimensions = name, dimensions
        super().__init__(
            f"`{name}` has {dimensions} dimensions.", "Pass a list or an array of one dimension."
        )


class NobodyFollowed(UnusableTimes):
    """There is no account at all, or all weights are 0."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody was followed: the arrays are empty or every weight is 0.",
            "Leave groups without accounts out before asking for their curve.",
        )


class NotFinite(UnusableTimes):
    """A value is missing (NaN), infinite or no number at all."""

    def __init__(self, name: str, row: int) -> None:
        self.name, self.row = name, row
        super().__init__(
            f"`{name}` has no finite number at row {row}.",
            "Give an account that has not ended the time until which it was followed, and mark it "
            "as not observed.",
        )


class Negative(UnusableTimes):
    """A time or a weight is below 0."""

    def __init__(self, name: str, row: int, value: float) -> None:
        self.name, self.row, self.value = name, row, value
        super().__init__(
            f"`{name}` is {value:g} at row {row}, below 0.",
            "Times count from each account's own time zero, and weights count accounts.",
        )


class EntryNotBeforeEnd(UnusableTimes):
    """An account is said to enter when it has already ended."""

    def __init__(self, row: int, entry: float, duration: float) -> None:
        self.row, self.entry, self.duration = row, entry, duration
        super().__init__(
            f"Row {row} enters at {entry:g} and is followed to {duration:g}, which is not later.",
            "An account that ended before it was met was never at risk: leave it out, or leave "
            "`entry` out if everyone was followed from time zero.",
        )


class NotCodes(UnusableTimes):
    """How accounts ended is not told by whole numbers in the expected range."""

    def __init__(self, name: str, row: int, value: object, meaning: str) -> None:
        self.name, self.row, self.value = name, row, value
        super().__init__(f"`{name}` is {value!r} at row {row}.", f"Pass {meaning}.")


class NotAShare(UnusableTimes):
    """A confidence or a quantile that does not lie between 0 and 1."""

    def __init__(self, name: str, value: float) -> None:
        self.name, self.value = name, value
        super().__init__(f"`{name}` is {value!r}.", "Pass a share between 0 and 1, such as 0.95.")
