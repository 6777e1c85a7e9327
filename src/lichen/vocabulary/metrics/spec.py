"""What an entry of the catalogue says: base, unit, direction, and how its interval is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Unit(StrEnum):
    """How a value is read.

    Ratios as 1.0 = 100%, money in minor units of the workspace currency, scores in points of
    their own scale (NPS runs from -100 to 100), numbers as means of counts.
    """

    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    SCORE = "score"
    DAYS = "days"
    MONTHS = "months"


class Base(StrEnum):
    """What a figure is a share of, or a sum over."""

    COHORT = "cohort"
    RENEWALS_DUE = "renewals_due"
    MOVEMENTS = "movements"
    ACCOUNTS = "accounts"
    SERVED = "served"
    STARTS = "starts"
    LIFETIMES = "lifetimes"
    PARTNERS = "partners"
    OPPORTUNITIES = "opportunities"
    GROUPS = "groups"

    @property
    def phrase(self) -> str:
        """The base in words."""
        return _BASES[self]


_BASES = {
    Base.COHORT: "accounts with ARR at the opening of the window",
    Base.RENEWALS_DUE: "renewals due in the window and decided",
    Base.MOVEMENTS: "accounts whose ARR moved in the window",
    Base.ACCOUNTS: "accounts with ARR on the closing day",
    Base.SERVED: "accounts with ARR at the opening or at any month end of the window",
    Base.STARTS: "accounts whose first subscription started in the months looked at",
    Base.LIFETIMES: "accounts with a subscription, from the day they are first seen",
    Base.PARTNERS: "partners that had joined by the closing day",
    Base.OPPORTUNITIES: "opportunities won or lost in the window",
    Base.GROUPS: "groups of the dimension with a measured figure",
}


class Direction(IntEnum):
    """Which way is better; NEITHER for plain levels."""

    LOWER = -1
    NEITHER = 0
    HIGHER = 1


class Interval(StrEnum):
    """How the interval around a value is made; each has a section in the algorithm pages."""

    NONE = "none"
    WILSON = "wilson"
    WILSON_KISH = "wilson_kish"
    WILSON_ACCOUNTS = "wilson_accounts"
    LINEARISED = "linearised"
    MOVED = "moved"
    RARE = "rare"
    SCORES = "scores"
    LOG_LOG = "log_log"
    RESTRICTED_MEAN = "restricted_mean"
    Q_PROFILE = "q_profile"

    @property
    def phrase(self) -> str:
        """The method in words."""
        return _INTERVALS[self]

    @property
    def needs_effective(self) -> bool:
        """Whether too little data is judged by Kish's effective number rather than the count."""
        return self in (
            Interval.WILSON_KISH,
            Interval.LINEARISED,
            Interval.MOVED,
            Interval.RARE,
        )


_INTERVALS = {
    Interval.NONE: "none: a sum over every account, not an estimate from some of them",
    Interval.WILSON: "Wilson score interval on the count",
    Interval.WILSON_KISH: "Wilson score interval on Kish's effective number, for unequal amounts",
    Interval.WILSON_ACCOUNTS: "Wilson score interval on Kish's effective number of accounts, since "
    "several answers of one account are no independent ones",
    Interval.LINEARISED: "ratio of sums, linearised, t on Kish's effective number less one",
    Interval.MOVED: "ratio of sums on the log scale, t on the effective number that moved less one",
    Interval.RARE: "ratio of sums on the log scale, t on half the effective number that has any",
    Interval.SCORES: "mean of scores, linearised by account, t on Kish's effective number less one",
    Interval.LOG_LOG: "log-log band of the curve, inverted where a median is read off",
    Interval.RESTRICTED_MEAN: "normal interval on the restricted mean (Greenwood)",
    Interval.Q_PROFILE: "the spreads between groups under which their distances are no surprise",
}


@dataclass(frozen=True)
class Metric:
    """One entry of the catalogue.

    `numerator` and `denominator` are phrases for people; `page` is the algorithm page under
    docs/algorithms (one page may serve several metrics). `counts` says that numerator and
    denominator are counts rather than money, `mixed` that money is divided by a count, `signed`
    that a value may be below 0. `entities` are those that the metric rests on beside accounts,
    subscriptions and exchange rates, `definitions` those beside `revenue` and `scorecard`.
    `formula` says how the value comes about where it is not numerator over denominator.
    `scale` is the least and the greatest value there can be, where a score has such; intervals end
    there. `asks` names the parameters that every figure of the metric has, which tell one from the
    others.
    """

    name: str
    title: str
    base: Base
    unit: Unit
    direction: Direction
    interval: Interval
    meaning: str
    numerator: str
    denominator: str
    page: str
    counts: bool = False
    mixed: bool = False
    entities: tuple[str, ...] = ()
    formula: str = ""
    definitions: tuple[str, ...] = ()
    signed: bool = False
    scale: tuple[float, float] | None = None
    asks: tuple[str, ...] = ()


def ratio(
    name: str,
    title: str,
    base: Base,
    direction: Direction,
    interval: Interval,
    meaning: str,
    numerator: str,
    denominator: str,
    page: str,
    *,
    counts: bool = False,
    entities: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
) -> Metric:
    """An entry whose value is a share or a rate."""
    return Metric(
        name,
        title,
        base,
        Unit.RATIO,
        direction,
        interval,
        meaning,
        numerator,
        denominator,
        page,
        counts=counts,
        entities=entities,
        asks=asks,
    )
