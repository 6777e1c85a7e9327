"""The worked tables of goals, sentiment and advocacy are what the measure gives for their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from facts_from_rows import Row, facts_from_rows, grouping, line, request
from test_outcome_pages import ANY_SIZE, AS_OF, assert_shown, latest, whole
from worked_tables import cents, worked_tables

from lichen.engines import Engine
from lichen.involvement import groups_at
from lichen.kernel.periods import FAR_MONTH, month_end, month_index
from lichen.revenue.outcomes import measure as outcomes
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import METRICS


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _goal(place: int, row: Mapping[str, str]) -> Row:
    return {
        "goal_id": f"g{place}",
        "account_key": int(row["account"]),
        "goal": row["goal"],
        **{name: _number(row[name]) for name in ("baseline", "target", "achieved")},
        **{name: _day(row[name]) for name in ("due_on", "achieved_on")},
    }


def test_the_page_of_outcome_goals_shows_what_the_measure_gives(duckdb: Engine) -> None:
    rows, results = worked_tables("outcome_goals")
    goals = [_goal(place, row) for place, row in enumerate(rows)]
    lines = [line(account, "2024-01-01", None, 900) for account in (1, 2, 3)]
    figures = latest(duckdb, (1, 2, 3), subscription=lines, outcome_goal=goals)
    assert_shown("outcome_goals", results, figures)
    told = [row["achieved by the close"] for row in rows]
    assert figures["goals_achieved", ""].numerator == told.count("yes")
    points = [int(row["attainment"]) for row in rows if row["attainment"]]
    assert figures["goal_attainment", ""].numerator == sum(points)


PARTNERS = [
    {"partner_key": 1, "partner_id": "p1", "name": "One", "kinds": "services"},
    {"partner_key": 2, "partner_id": "p2", "name": "Two", "kinds": "technology"},
]
HAS = {1: ("p1", "p2"), 2: ("p1",)}


def _answer(row: Mapping[str, str]) -> Row:
    return {
        "survey_id": row["answer"],
        "account_key": int(row["account"]),
        "responded_on": date(2025, 6, 15),
        "kind": row["kind"],
        "score": float(row["score"]),
        "partner_key": {"p1": 1, "p2": 2}.get(row["partner"]),
    }


def test_the_page_of_sentiment_shows_what_the_measure_gives(duckdb: Engine) -> None:
    rows, results = worked_tables("sentiment")
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        subscription=[line(account, "2024-01-01", None, 900) for account in range(1, 5)],
        survey=[_answer(row) for row in rows],
        partner=PARTNERS,
    )
    everyone = grouping(duckdb, (), {(key, 0, FAR_MONTH): {} for key in range(1, 5)})
    by_partner = [
        grouping(
            duckdb,
            ("partner",),
            {(key, 0, FAR_MONTH): {"partner": partner} for key in HAS if partner in HAS[key]},
            total=False,
            name=partner,
        )
        for partner in ("p1", "p2")
    ]
    measured = outcomes.measure(request(facts, [everyone, *by_partner], (), ANY_SIZE))
    opens = month_end(month_index(AS_OF) - 12)
    figures = {
        (figure.metric, figure.groups): figure
        for figure in measured.figures
        if figure.window_from == opens
    }
    for row in results:
        figure = figures[row["metric"], row["groups"]]
        assert figure.numerator == whole(row["numerator"]), row
        assert figure.denominator == whole(row["denominator"]), row
        assert figure.value == pytest.approx(float(row["value"]), abs=5e-5), row
    on_page = {name for name, known in METRICS.items() if known.page == "sentiment"}
    assert {row["metric"] for row in results} == on_page


STARTS = {"5": "2025-09-01", "6": "2025-02-01"}


def test_the_page_of_advocacy_shows_what_the_measure_gives(duckdb: Engine) -> None:
    rows, results = worked_tables("advocacy")
    lines = [
        {
            **line(
                int(row["account"]),
                STARTS.get(row["account"], "2024-01-01"),
                None,
                cents(row["ARR at the close"]),
            ),
            "term_months": whole(row["term_months"]) or None,
        }
        for row in rows
    ]
    spoken = [
        {
            "advocacy_id": f"v{row['account']}",
            "account_key": int(row["account"]),
            "kind": row["kind"],
            "happened_on": _day(row["happened_on"]),
            "referred_account_key": whole(row["referred"]) or None,
        }
        for row in rows
    ]
    figures = latest(duckdb, range(1, 7), subscription=lines, advocacy=spoken)
    assert_shown("advocacy", results, figures)


PARTICIPATIONS = ("event", "community", "training", "content")


def _ties(rows: list[dict[str, str]]) -> dict[str, list[Row]]:
    """The table of ties as rows of involvement and of participation."""
    involved, took_part = [], []
    for place, row in enumerate(rows):
        who = {
            "account_key": int(row["account"]),
            "partner_key": int(row["partner"][1:]) if row["partner"] else None,
        }
        if row["tie"] in PARTICIPATIONS:
            took_part.append({**who, "kind": row["tie"], "happened_on": _day(row["from"])})
        else:
            days = {"starts_on": _day(row["from"]), "ends_on": _day(row["to"])}
            involved.append({**who, "involvement_id": f"i{place}", "role": row["tie"], **days})
    return {"involvement": involved, "participation": took_part}


def test_the_page_of_embeddedness_shows_the_figure_and_the_classes(duckdb: Engine) -> None:
    rows, classes, results = worked_tables("embeddedness")
    lines = [line(account, "2023-01-01", None, 900) for account in range(1, 5)]
    partners = [
        {"partner_key": key, "partner_id": f"p{key}", "name": "P", "kinds": "services"}
        for key in (1, 2, 3)
    ]
    told = {"subscription": lines, "partner": partners, **_ties(rows)}
    figures = latest(duckdb, range(1, 5), **told)
    assert_shown("embeddedness", results, figures)
    assert (
        sum(int(row["ties 2025-12-31"]) for row in classes) == figures["embeddedness", ""].numerator
    )
    facts = facts_from_rows(duckdb, AS_OF, **told)
    for day in ("2024-12-31", "2025-12-31"):
        placed = groups_at(facts, Definitions(), date.fromisoformat(day), ["embeddedness"])
        found = {row["account_key"]: row["value"] for row in duckdb.to_arrow(placed).to_pylist()}
        assert found == {int(row["account"]): row[f"class {day}"] for row in classes}
