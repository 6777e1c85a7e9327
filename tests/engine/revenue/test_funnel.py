"""The funnel of new accounts, by hand."""

from __future__ import annotations

from datetime import date

from facts_from_rows import facts_from_rows, line

from lichen.engines import Engine
from lichen.revenue.funnel import funnel_table
from lichen.revenue.levels import levels_of
from lichen.vocabulary.definitions import Definitions


def test_each_account_counts_at_the_milestones_it_reached_before_it_was_lost(
    duckdb: Engine,
) -> None:
    def reached(account: int, milestone: str, day: str | None) -> dict[str, object]:
        on = date.fromisoformat(day) if day else None
        return {"account_key": account, "milestone": milestone, "reached_on": on}

    facts = facts_from_rows(
        duckdb,
        date(2025, 12, 31),
        subscription=[
            line(1, "2025-01-01", None, 900),
            line(2, "2025-03-01", "2025-06-01", 900),
            line(3, "2025-05-01", None, 900),
            line(4, "2022-01-01", None, 900),  # started long before
        ],
        milestone=[
            reached(1, "kickoff", "2025-01-11"),
            reached(1, "first_value", "2025-04-11"),  # 100 days
            reached(2, "kickoff", "2025-03-21"),  # 20 days
            reached(2, "first_value", "2025-08-01"),  # after it was lost
            reached(3, "kickoff", "2025-05-31"),  # 30 days
            reached(3, "first_value", None),
            reached(4, "first_value", "2025-02-01"),
        ],
    )
    levels = levels_of(facts, Definitions())
    table = funnel_table(levels, date(2023, 12, 31), date(2025, 12, 31))
    assert table.to_pylist() == [
        {"stage": "started", "accounts": 3, "share": 1.0, "days": None},
        {"stage": "kickoff", "accounts": 3, "share": 1.0, "days": 20.0},
        {"stage": "first_value", "accounts": 1, "share": 1 / 3, "days": 100.0},
        {"stage": "lost", "accounts": 1, "share": 1 / 3, "days": None},
    ]
