"""How customers use what they bought."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit, ratio

_PAGE = "adoption"
_USAGE = ("usage",)

ADOPTION = (
    ratio(
        "adoption",
        "Adoption",
        Base.SERVED,
        Direction.HIGHER,
        Interval.LINEARISED,
        "How many of the seats that customers have are used, over the last three months.",
        "active users, month by month",
        "seats in the same months",
        _PAGE,
        counts=True,
        entities=_USAGE,
    ),
    Metric(
        "feature_breadth",
        "Feature breadth",
        Base.SERVED,
        Unit.NUMBER,
        Direction.HIGHER,
        Interval.LINEARISED,
        "How many features an account used in the last three months, on average.",
        "features used, each once for each account",
        "accounts that used any feature",
        _PAGE,
        counts=True,
        entities=_USAGE,
    ),
    ratio(
        "usage_trend",
        "Usage trend",
        Base.SERVED,
        Direction.HIGHER,
        Interval.MOVED,
        "Active users of the last three months against those of the same accounts earlier.",
        "active users of the last three months",
        "active users 3 or 12 months earlier, as the parameters say",
        _PAGE,
        counts=True,
        entities=_USAGE,
        asks=("months",),
    ),
    ratio(
        "seat_expansion",
        "Seat expansion",
        Base.SERVED,
        Direction.HIGHER,
        Interval.MOVED,
        "Seats of the last three months against those of the same accounts a year earlier.",
        "seats of the last three months",
        "seats of the same months a year earlier",
        _PAGE,
        counts=True,
        entities=_USAGE,
    ),
)
