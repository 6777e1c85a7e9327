"""What must hold of answers and goals, whatever they are."""

from __future__ import annotations

from datetime import date, timedelta

from facts_from_rows import Row, facts_from_rows, grouping, line, request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH
from lichen.revenue.outcomes import measure as outcomes
from lichen.vocabulary.figure import Figure

AS_OF = date(2025, 12, 31)
ACCOUNTS = range(1, 5)
SIDE = {1: "a", 2: "a", 3: "b", 4: "b"}
DAYS = st.integers(0, 500).map(lambda days: date(2025, 1, 1) + timedelta(days))

ANSWERS = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        DAYS,
        st.sampled_from(("nps", "csat", "ces")),
        st.integers(-1, 11),
    ),
    max_size=8,
)
GOALS = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), DAYS, st.none() | DAYS, st.integers(-3, 9)), max_size=5
)
FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Found = dict[tuple[str, str], tuple[int | None, int | None]]


def _measured(engine: Engine, surveys: list[Row], goals: list[Row]) -> Found:
    """Numerator and denominator by metric and group in the year to the as-of day."""
    lines = [line(account, "2024-01-01", None, 900) for account in ACCOUNTS]
    facts = facts_from_rows(engine, AS_OF, subscription=lines, survey=surveys, outcome_goal=goals)
    sides = grouping(
        engine, ("segment",), {(key, 0, FAR_MONTH): {"segment": SIDE[key]} for key in ACCOUNTS}
    )
    figures: list[Figure] = list(outcomes.measure(request(facts, [sides])).figures)
    return {
        (figure.metric, figure.groups): (figure.numerator, figure.denominator)
        for figure in figures
        if figure.window_to == AS_OF
    }


def _surveys(rows: list[tuple[int, date, str, int]]) -> list[Row]:
    return [
        {
            "survey_id": f"q{place}",
            "account_key": account,
            "responded_on": day,
            "kind": kind,
            "score": float(score),
        }
        for place, (account, day, kind, score) in enumerate(rows)
    ]


def _goals(rows: list[tuple[int, date, date | None, int]]) -> list[Row]:
    return [
        {
            "goal_id": f"g{place}",
            "account_key": account,
            "baseline": 0.0,
            "target": 6.0,
            "achieved": float(value),
            "due_on": due,
            "achieved_on": achieved,
        }
        for place, (account, due, achieved, value) in enumerate(rows)
    ]


@FEW
@given(answers=ANSWERS, goals=GOALS)
def test_order_means_nothing_and_groups_add_up(
    duckdb: Engine,
    answers: list[tuple[int, date, str, int]],
    goals: list[tuple[int, date, date | None, int]],
) -> None:
    found = _measured(duckdb, _surveys(answers), _goals(goals))
    again = _measured(duckdb, _surveys(answers)[::-1], _goals(goals)[::-1])
    assert found == again
    for (metric, groups), total in found.items():
        if not groups:
            parts = [found.get((metric, f"segment={side}"), (0, 0)) for side in "ab"]
            assert sum(part[0] or 0 for part in parts) == (total[0] or 0), metric
            assert sum(part[1] or 0 for part in parts) == (total[1] or 0), metric


@FEW
@given(answers=ANSWERS, goals=GOALS)
def test_what_is_answered_or_reached_later_changes_nothing(
    duckdb: Engine,
    answers: list[tuple[int, date, str, int]],
    goals: list[tuple[int, date, date | None, int]],
) -> None:
    """Facts after the close are left out, or said to have been unknown; the figures stay."""
    surveys = [row for row in _surveys(answers) if row["responded_on"] <= AS_OF]
    goal_rows = [row for row in _goals(goals) if row["due_on"] <= AS_OF]
    hidden = [
        {**row, "achieved": None, "achieved_on": None}
        if row["achieved_on"] and row["achieved_on"] > AS_OF
        else row
        for row in goal_rows
    ]
    # One row that is always there keeps the columns mapped on both sides.
    anchor = [
        {
            "goal_id": "anchor",
            "account_key": 1,
            "baseline": 0.0,
            "target": 6.0,
            "achieved": 6.0,
            "due_on": date(2025, 6, 30),
            "achieved_on": date(2025, 6, 30),
        }
    ]
    answer = _surveys([(1, date(2025, 6, 30), "nps", 9)])
    answer[0] = {**answer[0], "survey_id": "anchor"}
    with_later = _measured(duckdb, [*answer, *_surveys(answers)], [*anchor, *_goals(goals)])
    without = _measured(duckdb, [*answer, *surveys], [*anchor, *hidden])
    assert with_later == without
