"""The page on who is compared with whom shows what the code gives."""

from __future__ import annotations

from typing import Any

import pytest
from facts_from_rows import line
from small_cohorts import ANY, IMPLEMENTED, compared, controls, exposed, involved
from worked_tables import PAGES, worked_tables

from lichen.engines import Engine
from lichen.value.comparison import first_contract, quarter
from lichen.value.comparison.exposure import NAMES
from lichen.value.comparison.members import Cohorts

COMPARISONS = {
    "any": (ANY, "starting"),
    "role=implemented": (IMPLEMENTED, "starting"),
    "role=implemented, adding": (IMPLEMENTED, "adding"),
}


def shown(engine: Engine, name: str) -> Cohorts:
    lines, involvement, _, _ = worked_tables("comparison_cohort")
    exposure, arms = COMPARISONS[name]
    rows: dict[str, Any] = {
        "subscription": [
            line(int(row["account"]), row["line from"], row["line to"] or None, 100)
            for row in lines
        ],
        "involvement": [
            involved(
                int(row["account"]),
                int(row["partner"]),
                row["role"],
                row["starts_on"],
                row["ends_on"] or None,
            )
            for row in involvement
        ],
    }
    return compared(engine, [exposure], arms=arms, **rows)


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_account_has_the_reason_that_the_page_shows(duckdb: Engine, name: str) -> None:
    found = shown(duckdb, name)
    reasons = {
        row["account_key"]: row["reason"]
        for row in duckdb.to_arrow(found.arranged.judged).to_pylist()
    }
    _, _, accounts, _ = worked_tables("comparison_cohort")
    assert reasons == {int(row["account"]): row[name] for row in accounts if row[name]}


@pytest.mark.parametrize("name", COMPARISONS)
def test_both_arms_are_the_accounts_that_the_page_shows(duckdb: Engine, name: str) -> None:
    found = shown(duckdb, name)
    (row,) = (each for each in worked_tables("comparison_cohort")[3] if each["comparison"] == name)
    listed = {arm: [int(key) for key in row[arm].split(", ")] for arm in ("exposed", "controls")}
    assert [(key, day) for key, day, _ in exposed(found)] == [
        (key, row["landmark"]) for key in listed["exposed"]
    ]
    assert controls(found) == [(key, row["landmark"]) for key in listed["controls"]]


def test_the_page_names_every_count_and_every_exposure() -> None:
    text = (PAGES / "comparison_cohort.md").read_text(encoding="utf-8")
    constants = {**vars(quarter), **vars(first_contract)}
    named = ("NO_ARR", "TOO_", "OTHER_", "NOT_A", "NO_OTHER", "AFTER_T0", "CAME_", "PREV", "COMP")
    reasons = [v for k, v in constants.items() if k.startswith(named) and isinstance(v, str)]
    assert len(set(reasons)) == 12
    assert [reason for reason in reasons if reason not in text] == []
    assert [name for name in NAMES if f"`{name}" not in text] == []
