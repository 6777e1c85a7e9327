"""What customers say of the product, of the effort, and of the partners they work with."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit, ratio

SCALES: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "partner_rating": (1, 5),
}
"""The least and the greatest score of each kind of survey; only whole scores count."""

PROMOTER_FROM, DETRACTOR_TO = 9, 6
"""NPS: 9 and 10 are promoters, 0 to 6 detractors."""

SATISFIED_FROM = 4
"""CSAT: 4 and 5 of 5 are satisfied."""

_PAGE = "sentiment"
_SURVEYS = ("survey",)


def _mean(name: str, title: str, kind: str, meaning: str) -> Metric:
    low, high = SCALES[kind]
    return Metric(
        name,
        title,
        Base.SERVED,
        Unit.SCORE,
        Direction.HIGHER,
        Interval.SCORES,
        meaning,
        f"sum of scores from {low} to {high}",
        "scores given in the window",
        _PAGE,
        counts=True,
        entities=_SURVEYS,
        scale=(float(low), float(high)),
    )


SENTIMENT = (
    Metric(
        "nps",
        "Net promoter score",
        Base.SERVED,
        Unit.SCORE,
        Direction.HIGHER,
        Interval.SCORES,
        "Promoters less detractors among the answers of the window, in points from -100 to 100.",
        "100 for each score of 9 or 10, -100 for each of 0 to 6",
        "scores given in the window",
        _PAGE,
        counts=True,
        entities=_SURVEYS,
        signed=True,
        scale=(-100.0, 100.0),
    ),
    ratio(
        "csat",
        "Satisfied (CSAT)",
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON_ACCOUNTS,
        "How many of the answers say 4 or 5 of 5.",
        "scores of 4 and 5",
        "scores given in the window",
        _PAGE,
        counts=True,
        entities=_SURVEYS,
    ),
    _mean("csat_score", "CSAT, mean", "csat", "The mean satisfaction, from 1 to 5."),
    _mean(
        "ces",
        "Ease (CES)",
        "ces",
        "How easy customers found it, on average, from 1 (hard) to 7 (easy).",
    ),
    _mean(
        "partner_rating",
        "Partner rating",
        "partner_rating",
        "How customers rate the partners they work with, on average, from 1 to 5.",
    ),
    ratio(
        "survey_response",
        "Accounts that answered",
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON,
        "How many of the accounts served answered any survey in the window.",
        "accounts with an answer",
        "accounts served",
        _PAGE,
        counts=True,
        entities=_SURVEYS,
    ),
)
