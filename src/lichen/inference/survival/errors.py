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


class UnusableModel(UnusableTimes):
    """What is asked of ends cannot be told from these covariates; base of such errors."""


class NoEnds(UnusableModel):
    """Nobody ended, so that nothing tells who ends sooner."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody ended while followed.", "Follow longer, or ask of an end that happens."
        )


class CovariateNotFinite(UnusableModel):
    """A covariate is missing (NaN), infinite or no number at all."""

    def __init__(self, name: str, row: int) -> None:
        self.name, self.row = name, row
        super().__init__(
            f"The covariate `{name}` has no finite number at row {row}.",
            "Fill what is missing and add a covariate that says so, or leave the row out.",
        )


class NamesDiffer(UnusableModel):
    """There are not as many names as covariates."""

    def __init__(self, names: int, columns: int) -> None:
        self.names, self.columns = names, columns
        super().__init__(
            f"`names` has {names} values, `x` has {columns} columns.",
            "Name each covariate, in the order of the columns.",
        )


class SaysNothing(UnusableModel):
    """A covariate is the same for all, or follows from the others."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        listed = " and ".join(f"`{name}`" for name in names)
        what = "is the same for all" if len(names) == 1 else "follow from each other"
        super().__init__(
            f"{listed} {what} among those at risk when somebody ended.",
            "Leave it out." if len(names) == 1 else "Leave one of them out.",
        )


class Separated(UnusableModel):
    """Those who ended are told apart by covariates without exception: no finite estimate exists."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        listed = " and ".join(f"`{name}`" for name in names)
        super().__init__(
            f"{listed} orders who ended first without exception, so that its hazard ratio is "
            "infinite or 0.",
            "Merge rare levels or leave it out, and report the ends on each side as counts.",
        )


class NotConverged(UnusableModel):
    """The search for the most likely coefficients did not come to rest."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(
            f"No estimate was found in {steps} steps.",
            "Look for covariates of extreme values, and for ones that nearly follow from others.",
        )
