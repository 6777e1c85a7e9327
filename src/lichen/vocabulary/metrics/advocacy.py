"""Customers who speak for the vendor, who bring others, and who commit for years."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit, ratio

MULTI_YEAR_MONTHS = 24
"""A line of this term or longer is a commitment for years."""

_PAGE = "advocacy"
_WORDS = ("advocacy",)


def _share(name: str, title: str, meaning: str, numerator: str) -> Metric:
    return ratio(
        name,
        title,
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON,
        meaning,
        numerator,
        "accounts served",
        _PAGE,
        counts=True,
        entities=_WORDS,
    )


def _number(name: str, title: str, meaning: str, numerator: str) -> Metric:
    return Metric(
        name,
        title,
        Base.SERVED,
        Unit.COUNT,
        Direction.HIGHER,
        Interval.NONE,
        meaning,
        numerator,
        "",
        _PAGE,
        counts=True,
        entities=_WORDS,
    )


ADVOCACY = (
    _share(
        "referral_rate",
        "Accounts that referred",
        "How many of the accounts served referred somebody in the window.",
        "accounts with a referral",
    ),
    _share(
        "reference_rate",
        "Accounts that stood as reference",
        "How many of the accounts served gave a reference or a case study in the window.",
        "accounts with a reference or a case study",
    ),
    _number(
        "advocates",
        "Advocates",
        "Accounts that referred, stood as reference, were a case study or wrote a review.",
        "accounts with any advocacy in the window",
    ),
    _number(
        "referred_won",
        "Referred accounts won",
        "Accounts that became customers in the window after another customer had referred them.",
        "accounts whose first subscription starts in the window, on or after their first referral",
    ),
    ratio(
        "multi_year_share",
        "ARR committed for years",
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON_KISH,
        "How much of the ARR at the close is in lines with a term of two years or more.",
        "ARR at the close in lines of 24 months or more",
        "ARR at the close in lines whose term is known",
        _PAGE,
    ),
)
