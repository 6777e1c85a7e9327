"""What makes arrays unusable for comparing two arms; each error names what it concerns."""

from __future__ import annotations

from collections.abc import Iterable

from lichen.kernel.errors import LichenError, did_you_mean


class UnusableArms(LichenError):
    """The arrays do not say who was exposed and what became of whom; base of all such errors."""


class ArmLengthsDiffer(UnusableArms):
    """An array does not have one value for each row."""

    def __init__(self, name: str, found: int, expected: int) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(
            f"`{name}` has {found} rows, `treated` has {expected}.",
            "Pass one value for each row in each array, in the same order.",
        )


class WrongDimensions(UnusableArms):
    """An array is not of the number of dimensions that it should have."""

    def __init__(self, name: str, found: int, expected: int) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(
            f"`{name}` has {found} dimensions.", f"Pass an array of {expected}, one row an account."
        )


class NotANumber(UnusableArms):
    """A value is missing (NaN), infinite or no number at all."""

    def __init__(self, name: str, row: int) -> None:
        self.name, self.row = name, row
        super().__init__(
            f"`{name}` has no finite number at row {row}.",
            "Leave rows without an outcome out; fill a covariate and add a column that says so.",
        )


class NegativeWeight(UnusableArms):
    """A weight is below 0."""

    def __init__(self, row: int, value: float) -> None:
        self.row, self.value = row, value
        super().__init__(
            f"`weights` is {value:g} at row {row}, below 0.", "Weights say how many a row is for."
        )


class NotTwoArms(UnusableArms):
    """Whether a row is exposed is told by something other than yes or no."""

    def __init__(self, row: int, value: object) -> None:
        self.row, self.value = row, value
        super().__init__(
            f"`treated` is {value!r} at row {row}.", "Pass True or 1 for exposed, else False or 0."
        )


class TooFewInArm(UnusableArms):
    """An arm has so few accounts that no error can be told, or none at all."""

    def __init__(self, arm: str, found: int, needed: int) -> None:
        self.arm, self.found, self.needed = arm, found, needed
        super().__init__(
            f"There are {found} {arm}; this needs {needed}.",
            "Compare a wider group, or say that there is not enough data.",
        )


class NoSuchScore(UnusableArms):
    """A propensity outside 0 to 1, or one at which a row of its arm would weigh infinitely."""

    def __init__(self, row: int, value: float, arm: str) -> None:
        self.row, self.value, self.arm = row, value, arm
        super().__init__(
            f"`score` is {value:g} at row {row}, which is {arm}.",
            "Compare only accounts that could have been in either arm: scores between 0 and 1.",
        )


class ScoreOfAnotherFit(UnusableArms):
    """The score is not what the fit says, so that its error cannot be told from the fit."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(
            f"`score` at row {row} is not the one of `fit`.",
            "Pass the fit that gave the score, on these rows, or leave `fit` and `x` out.",
        )


class UnknownEstimand(UnusableArms):
    """Whose mean effect is asked for is not one of the known."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        self.found, self.known = found, sorted(known)
        super().__init__(f"There is no estimand '{found}'.", did_you_mean(found, self.known))


class Separated(UnusableArms):
    """Who is exposed can be told without error from the covariates: nobody is alike."""

    def __init__(self) -> None:
        super().__init__(
            "Who is exposed can be told without error from `x`, so that no propensity exists.",
            "Leave out the covariate that tells it, or compare within its groups.",
        )


class OutsideHull(UnusableArms):
    """No weights make the mean of the controls that of the exposed."""

    def __init__(self, column: int, exposed: float, low: float, high: float) -> None:
        self.column, self.exposed, self.low, self.high = column, exposed, low, high
        super().__init__(
            f"No weights of the controls balance `x`: in column {column} the exposed have a mean "
            f"of {exposed:g}, the controls lie between {low:g} and {high:g}.",
            "Leave exposed accounts out that have no like, or balance fewer covariates.",
        )


class NotBalanced(UnusableArms):
    """The search for weights ended before the arms agreed."""

    def __init__(self, column: int, gap: float, tolerance: float) -> None:
        self.column, self.gap, self.tolerance = column, gap, tolerance
        super().__init__(
            f"No weights of the controls were found that balance all of `x` at once: column "
            f"{column} stays {gap:.3g} standard deviations apart, {tolerance:g} was asked for.",
            "The exposed are on average unlike any mixture of controls: leave out those that "
            "have no like, or balance fewer covariates.",
        )
