"""What customers set out to achieve, and how far they got."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit, ratio

_PAGE = "outcome_goals"
_GOALS = ("outcome_goal",)

GOALS = (
    ratio(
        "goals_achieved",
        "Goals achieved",
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON_ACCOUNTS,
        "How many of the goals that were due had been achieved by the close of the window.",
        "goals due in the window and achieved by its close",
        "goals due in the window",
        _PAGE,
        counts=True,
        entities=_GOALS,
    ),
    ratio(
        "goals_on_time",
        "Goals on time",
        Base.SERVED,
        Direction.HIGHER,
        Interval.WILSON_ACCOUNTS,
        "How many of the goals that were due had been achieved by the day agreed.",
        "goals due in the window and achieved on or before their day",
        "goals due in the window",
        _PAGE,
        counts=True,
        entities=_GOALS,
    ),
    Metric(
        "goal_attainment",
        "Goal attainment",
        Base.SERVED,
        Unit.RATIO,
        Direction.HIGHER,
        Interval.SCORES,
        "How much of the way from baseline to target the goals that were due had come, on average.",
        "hundredths of a percent of the way, from 0 to 10,000 for each goal",
        "10,000 for each goal due in the window with baseline, target and value",
        _PAGE,
        counts=True,
        entities=_GOALS,
        scale=(0.0, 1.0),
    ),
)
