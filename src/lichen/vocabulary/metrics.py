"""The catalogue: every metric that a run may publish, with its base, unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from lichen.kernel.errors import UnknownName


class Unit(StrEnum):
    """How a value is read: ratios as 1.0 = 100%, money in minor units of the workspace currency."""

    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"


class Base(StrEnum):
    """What a figure is a share of, or a sum over."""

    COHORT = "cohort"
    RENEWALS_DUE = "renewals_due"
    MOVEMENTS = "movements"
    ACCOUNTS = "accounts"


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
    LINEARISED = "linearised"


@dataclass(frozen=True)
class Metric:
    """One entry of the catalogue.

    `numerator` and `denominator` are phrases for people; `page` is the algorithm page under
    docs/algorithms (one page may serve several metrics).
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


def _ratio(
    name: str,
    title: str,
    base: Base,
    direction: Direction,
    interval: Interval,
    meaning: str,
    numerator: str,
    denominator: str,
    page: str,
) -> Metric:
    return Metric(
        name, title, base, Unit.RATIO, direction, interval, meaning, numerator, denominator, page
    )


_COHORT_ARR = "ARR at the opening of the window of accounts that had any"

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _ratio(
            "nrr",
            "Net revenue retention",
            Base.COHORT,
            Direction.HIGHER,
            Interval.LINEARISED,
            "What a dollar of opening ARR became by the close, growth and loss together.",
            "ARR of the same accounts at the close",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "nrr_as_booked",
            "NRR as booked",
            Base.COHORT,
            Direction.HIGHER,
            Interval.LINEARISED,
            "NRR with the closing ARR at the closing exchange rate, so currency moves it.",
            "ARR of the same accounts at the close, at the closing rate",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "grr",
            "Gross revenue retention",
            Base.COHORT,
            Direction.HIGHER,
            Interval.WILSON_KISH,
            "What a dollar of opening ARR kept, growth left out.",
            "the smaller of opening and closing ARR, account by account",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "logo_retention",
            "Logo retention",
            Base.COHORT,
            Direction.HIGHER,
            Interval.WILSON,
            "The share of opening accounts that still had ARR at the close.",
            "accounts with ARR at the close",
            "accounts with ARR at the opening",
            "revenue_retention",
        ),
        _ratio(
            "expansion_rate",
            "Expansion rate",
            Base.COHORT,
            Direction.HIGHER,
            Interval.LINEARISED,
            "Growth of opening accounts, as a share of their opening ARR; equals NRR minus GRR.",
            "closing ARR above opening ARR, account by account",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "contraction_rate",
            "Contraction rate",
            Base.COHORT,
            Direction.LOWER,
            Interval.WILSON_KISH,
            "Opening ARR lost by accounts that stayed but shrank.",
            "opening ARR above closing ARR of accounts that stayed",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "churn_rate",
            "Churn rate",
            Base.COHORT,
            Direction.LOWER,
            Interval.WILSON_KISH,
            "Opening ARR of accounts that had none left at the close.",
            "opening ARR of accounts without ARR at the close",
            _COHORT_ARR,
            "revenue_retention",
        ),
        _ratio(
            "renewal_rate",
            "Renewal rate",
            Base.RENEWALS_DUE,
            Direction.HIGHER,
            Interval.WILSON,
            "The share of decided renewals due in the window that were renewed.",
            "renewals renewed",
            "renewals due in the window and decided",
            "renewals_due",
        ),
        _ratio(
            "renewal_gross",
            "Gross renewal rate by value",
            Base.RENEWALS_DUE,
            Direction.HIGHER,
            Interval.WILSON_KISH,
            "What a dollar due for renewal kept, uplift left out.",
            "the smaller of renewed and due amount, renewal by renewal",
            "annualised amount due in the window and decided",
            "renewals_due",
        ),
        _ratio(
            "renewal_net",
            "Net renewal rate by value",
            Base.RENEWALS_DUE,
            Direction.HIGHER,
            Interval.LINEARISED,
            "What a dollar due for renewal became, uplift included.",
            "annualised amount renewed",
            "annualised amount due in the window and decided",
            "renewals_due",
        ),
        Metric(
            "arr",
            "ARR",
            Base.ACCOUNTS,
            Unit.MONEY,
            Direction.HIGHER,
            Interval.NONE,
            "Annual recurring revenue on the closing day, at the closing rate.",
            "ARR on the closing day",
            "",
            "arr_movements",
        ),
        Metric(
            "accounts",
            "Accounts",
            Base.ACCOUNTS,
            Unit.COUNT,
            Direction.HIGHER,
            Interval.NONE,
            "Accounts with ARR on the closing day.",
            "accounts with ARR on the closing day",
            "",
            "arr_movements",
        ),
        Metric(
            "arr_movement",
            "ARR movement",
            Base.MOVEMENTS,
            Unit.MONEY,
            Direction.NEITHER,
            Interval.NONE,
            "What moved ARR from the opening to the close of a month or window, line by line.",
            "the sum of the line named in the parameters",
            "",
            "arr_movements",
        ),
    )
}

MOVEMENT_LINES = (
    "opening",
    "new",
    "reactivation",
    "expansion",
    "contraction",
    "churn",
    "fx",
    "regrouped",
    "closing",
)
"""Lines of the bridge in reading order; opening plus the moves between equals closing."""


def metric(name: str) -> Metric:
    """The metric with this name.

    Raises:
        UnknownName: the catalogue has none; near misses are listed.
    """
    try:
        return METRICS[name]
    except KeyError:
        raise UnknownName("metric", name, METRICS) from None
