"""Involvement as spans of months."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from lichen.involvement.periods import active_spans, meaningful_spans, merge_spans
from lichen.kernel.periods import FAR_MONTH, month_index
from lichen.vocabulary.definitions import Definitions, Involvement

JAN = month_index(date(2024, 1, 31))


def one(starts: date, ends: date | None, role: str = "managed") -> dict[str, list[dict]]:
    return {
        "account": [{"account_id": "a", "name": "A"}],
        "partner": [{"partner_id": "p", "name": "P", "kinds": "services"}],
        "involvement": [
            {
                "involvement_id": "i",
                "account_id": "a",
                "partner_id": "p",
                "role": role,
                "starts_on": starts,
                "ends_on": ends,
            }
        ],
    }


def months(facts, table) -> list[tuple[int, int]]:
    rows = facts.engine.to_arrow(table).to_pylist()
    return [(row["from_month"] - JAN, row["to_month"] - JAN) for row in rows]


def test_an_involvement_is_active_at_the_month_ends_it_covers(facts_of) -> None:
    facts = facts_of(**one(date(2024, 1, 31), date(2024, 3, 31)))
    assert months(facts, active_spans(facts)) == [(0, 2)]


def test_one_that_ends_after_a_month_end_covers_it(facts_of) -> None:
    facts = facts_of(**one(date(2024, 1, 31), date(2024, 4, 1)))
    assert months(facts, active_spans(facts)) == [(0, 3)]


def test_one_inside_a_month_is_never_active(facts_of) -> None:
    facts = facts_of(**one(date(2024, 1, 2), date(2024, 1, 31)))
    assert months(facts, active_spans(facts)) == []


def test_an_open_one_stays_active(facts_of) -> None:
    facts = facts_of(**one(date(2024, 1, 2), None))
    assert months(facts, active_spans(facts)) == [(0, FAR_MONTH - JAN)]


def test_minimum_days_delay_when_an_involvement_is_meaningful(facts_of) -> None:
    words = Definitions(involvement=Involvement(minimum_days=30))
    facts = facts_of(**one(date(2024, 1, 2), date(2024, 6, 1)))
    assert months(facts, meaningful_spans(facts, words)) == [(1, 5)]  # 1 February is day 30


def test_fresh_months_end_only_what_is_still_open(facts_of) -> None:
    words = Definitions(involvement=Involvement(fresh_months=6))
    still_open = facts_of(**one(date(2024, 1, 2), None))
    closed = facts_of(**one(date(2024, 1, 2), date(2024, 12, 1)))
    assert months(still_open, meaningful_spans(still_open, words)) == [(0, 6)]
    assert months(closed, meaningful_spans(closed, words)) == [(0, 11)]


def test_roles_outside_the_definition_are_not_meaningful(facts_of) -> None:
    facts = facts_of(**one(date(2024, 1, 2), None, role="sourced"))
    assert months(facts, meaningful_spans(facts, Definitions())) == []


def test_spans_that_overlap_or_touch_become_one(duckdb_engine) -> None:
    rows = [(1, 0, 5), (1, 1, 2), (1, 4, 6), (1, 6, 7), (1, 9, 10), (2, 6, 8)]
    names = ("account_key", "from_month", "to_month")
    columns = {name: pa.array([row[k] for row in rows], pa.int64()) for k, name in enumerate(names)}
    table = duckdb_engine.from_arrow(pa.table(columns))
    merged = duckdb_engine.to_arrow(merge_spans(table, ["account_key"])).to_pylist()
    assert sorted(tuple(row.values()) for row in merged) == [(1, 0, 7), (1, 9, 10), (2, 6, 8)]
