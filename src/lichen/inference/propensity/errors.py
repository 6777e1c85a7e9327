"""What keeps a propensity from being estimated; each error carries the facts it was built from."""

from __future__ import annotations

from lichen.kernel.errors import LichenError


class NoPropensity(LichenError):
    """Nothing can be said of who was likely to be exposed; base of all such errors."""


class TooFewRows(NoPropensity):
    """So few rows that no model of exposure means anything."""

    def __init__(self, found: int, needed: int) -> None:
        self.found, self.needed = found, needed
        super().__init__(
            f"There are {found} rows, a propensity needs at least {needed}.",
            "Compare a wider group, or say that there is not enough data.",
        )


class TooFewForCovariates(NoPropensity):
    """The smaller arm cannot carry an intercept and one covariate."""

    def __init__(self, arm: str, found: int, needed: int, per_parameter: int) -> None:
        self.arm, self.found, self.needed, self.per_parameter = arm, found, needed, per_parameter
        super().__init__(
            f"There are {found} {arm}; with {per_parameter} for each parameter, an intercept and "
            f"one covariate need {needed}.",
            "Compare a wider group, or match exactly on a stratum without a propensity.",
        )


class NothingVaries(NoPropensity):
    """Every covariate is the same for all rows, so that all would have the same propensity."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        told = "There is no covariate" if not names else f"No covariate varies ({', '.join(names)})"
        super().__init__(
            f"{told}, so that every row has the same propensity.",
            "Pass covariates that differ between rows, or match exactly on a stratum alone.",
        )


class NamesDiffer(NoPropensity):
    """There is not one name for each column, or a name stands twice."""

    def __init__(self, names: int, columns: int) -> None:
        self.names, self.columns = names, columns
        super().__init__(
            f"There are {names} different names for {columns} columns of `x`.",
            "Pass one name for each column, each once.",
        )


class UnknownCode(NoPropensity):
    """A word is told by a code that has no level."""

    def __init__(self, name: str, row: int, code: int, levels: int) -> None:
        self.name, self.row, self.code, self.levels = name, row, code, levels
        super().__init__(
            f"`{name}` has code {code} at row {row}, but {levels} levels.",
            "Pass codes from 0 to the number of levels less one, and -1 where it is not known.",
        )


class NotConverged(NoPropensity):
    """Neither the likelihood nor Firth's penalised one came to rest."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(
            f"The propensity did not come to rest in {steps} steps.",
            "Leave out covariates that tell each other, or put them on a narrower scale.",
        )
