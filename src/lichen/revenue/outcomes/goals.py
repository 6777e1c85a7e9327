"""Outcome goals: whether what customers set out to achieve was achieved, and how far they got."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.ratio import ratio
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.vocabulary.finding import Finding, Severity

WHOLE = 10_000
"""Attainment in basis points of the way: from 0 at the baseline, or behind it, to this at the
target, or beyond it. One goal far beyond its target must not hide others that were missed."""

DUE = ("outcome_goal", "due_on")


def goal_features(asked: Asked) -> ir.Table:
    """Goals due in each window, and those achieved by its close or by their own day."""
    goals = _due(asked)
    one, zero = whole(1), whole(0)
    undated = goals.achieved_on.isnull() & (goals.progress >= 1.0)
    achieved = goals.by_close | undated.fill_null(False)
    on_time = goals.by_close & (goals.achieved_on <= goals.due_on)
    counted = goals.select(
        "account_key",
        "month",
        achieved=ibis.ifelse(achieved, one, zero),
        on_time=ibis.ifelse(on_time.fill_null(False), one, zero),
    )
    summed = counted.group_by(["account_key", "month"]).aggregate(
        goals_due=counted.count().cast("int64"),
        goals_achieved=counted.achieved.sum().cast("int64"),
        goals_on_time=counted.on_time.sum().cast("int64"),
    )
    return summed.mutate(goals_n=one)


def attainment_features(asked: Asked) -> ir.Table:
    """How far goals due in each window had come, in basis points of the way to their target.

    A value that was reached after the close was not known by then, so its goal is in no base.
    """
    goals = _due(asked)
    goals = goals.filter(goals.progress.notnull(), goals.achieved_on.isnull() | goals.by_close)
    nothing, full = (ibis.literal(end, "float64") for end in (0.0, 1.0))
    way = ibis.greatest(ibis.least(goals.progress, full), nothing)
    points = (way * float(WHOLE) + 0.5).floor().cast("int64")
    counted = goals.select("account_key", "month", points=points)
    summed = counted.group_by(["account_key", "month"]).aggregate(
        attainment_points=counted.points.sum().cast("int64"),
        attainment_whole=(counted.count() * WHOLE).cast("int64"),
    )
    return summed.mutate(attainment_n=whole(1))


def _due(asked: Asked) -> ir.Table:
    """Goals due in each window, with `progress` (1 at the target) and `by_close`."""
    goals = asked.facts.table("outcome_goal")
    goals = goals.filter(goals.account_key.notnull(), goals.due_on.notnull())
    placed = asked.placed(goals, "due_on")
    reached = month_of(placed.achieved_on) <= asked.closing_month(placed)
    return placed.select(
        "account_key",
        "month",
        "due_on",
        "achieved_on",
        progress=progress(placed),
        by_close=reached.fill_null(False),
    )


def progress(goals: ir.Table) -> ir.Value:
    """(achieved - baseline) / (target - baseline): it counts goals that go down as well as up."""
    return ratio(goals.achieved - goals.baseline, goals.target - goals.baseline)


def findings(asked: Asked) -> list[Finding]:
    """Goals that no figure can place, and those that were reached on an unknown day."""
    goals = asked.facts.table("outcome_goal")
    reached = goals.achieved_on.isnull() & (progress(goals) >= 1.0)
    counts = asked.facts.engine.to_arrow(
        goals.aggregate(
            undue=goals.due_on.isnull().cast("int64").sum(),
            undated=(goals.due_on.notnull() & reached).fill_null(False).cast("int64").sum(),
        )
    ).to_pylist()[0]
    return [
        finding
        for finding, count in (
            (_without_day(counts["undue"] or 0), counts["undue"]),
            (_without_date(counts["undated"] or 0), counts["undated"]),
        )
        if count
    ]


def _without_day(count: int) -> Finding:
    return Finding(
        "goals_without_due_day",
        "outcome_goal",
        count,
        f"{count} goals say no day by which they are due, so they are in no window: fill due_on.",
        Severity.NOTE,
        metrics=("goals_achieved", "goals_on_time", "goal_attainment"),
    )


def _without_date(count: int) -> Finding:
    return Finding(
        "goals_reached_undated",
        "outcome_goal",
        count,
        f"{count} goals reach their target but say no day: they count as achieved, and as not on "
        "time. Fill achieved_on.",
        Severity.NOTE,
        metrics=("goals_achieved", "goals_on_time"),
    )


GOALS = Family(
    "outcome goals",
    needs=(DUE, ("outcome_goal", "achieved_on")),
    features=goal_features,
    figures=(
        Share("goals_achieved", "goals_achieved", "goals_due", "goals_n"),
        Share("goals_on_time", "goals_on_time", "goals_due", "goals_n"),
    ),
    findings=findings,
)

ATTAINMENT = Family(
    "goal attainment",
    needs=(DUE, *(("outcome_goal", name) for name in ("baseline", "target", "achieved"))),
    features=attainment_features,
    figures=(Share("goal_attainment", "attainment_points", "attainment_whole", "attainment_n"),),
)
