"""The worked tables of covariates and outcomes are what the engine gives for their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from facts_from_rows import Row, facts_from_rows, line, renewal
from points import at, day, with_t0
from worked_tables import Table, cents, worked_tables

from lichen.engines import Engine
from lichen.ledger.facts import Facts
from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.covariates.at import ORDER
from lichen.value.comparison.outcomes import OUTCOMES, outcomes_after, placebo_growth
from lichen.vocabulary.definitions import Definitions

AS_OF = date(2025, 12, 31)


def _line(row: Row) -> Row:
    sold = line(int(row["account"]), row["starts"], row["ends"] or None, cents(row["ARR"]))
    return {
        **sold,
        "product": row["product"],
        "seats": int(row["seats"]) if row["seats"] else None,
        "term_months": int(row["term"]),
    }


def _usage(row: Row) -> Row:
    users, seats = row["value"].split(" of ")
    return {"month": day(row["on"]), "active_users": int(users), "seats": int(seats)}


def _renewal(row: Row) -> Row:
    due = renewal(int(row["account"]), row["on"], 100, row["value"])
    return {**due, "decided_on": day(row["on"])}


def _change(row: Row) -> Row:
    return {
        "entity": "account",
        "id": f"a{row['account']}",
        "attribute": "segment",
        "value": row["value"],
        "from_on": day(row["on"]),
    }


AS_FACT: dict[str, tuple[str, Callable[[Row], Row]]] = {
    "usage": ("usage", _usage),
    "ticket": ("ticket", lambda row: {"opened_on": day(row["on"])}),
    "survey": (
        "survey",
        lambda row: {"responded_on": day(row["on"]), "kind": "nps", "score": float(row["value"])},
    ),
    "renewal": ("renewal", _renewal),
    "segment": ("attribute_change", _change),
}


def _covariate_facts(engine: Engine, lines: Table, others: Table) -> Facts:
    rows: dict[str, list[Row]] = {}
    for number, row in enumerate(others):
        entity, made = AS_FACT[row["fact"]]
        fact = dict(made(row))
        if entity != "attribute_change":
            fact["account_key"] = int(row["account"])
        if row["recorded"]:
            fact["recorded_on"] = day(row["recorded"])
        if entity in ("ticket", "survey"):
            fact[f"{entity}_id"] = str(number)
        rows.setdefault(entity, []).append(fact)
    today = {1: "enterprise", 3: "enterprise"}
    accounts = [
        {"account_key": k, "account_id": f"a{k}", "name": f"A{k}", "segment": today.get(k, "smb")}
        for k in (1, 2, 3, 4)
    ]
    sold = [_line(row) for row in lines]
    facts = facts_from_rows(engine, AS_OF, account=accounts, subscription=sold, **rows)
    mapped = {
        **facts.mapped,
        "survey": facts.mapped["survey"] | {"recorded_at"},
        "ticket": facts.mapped["ticket"] | {"opened_at"},
    }
    return Facts(AS_OF, engine, facts.tables, mapped)


def test_the_covariates_page_shows_what_was_known_at_q0(engine: Engine) -> None:
    lines, others, results = worked_tables("comparison_covariates")
    facts = _covariate_facts(engine, lines, others)
    points = at(engine, [(key, "2024-12") for key in (1, 2, 3, 4)])
    known = covariates_at(facts, Definitions(), points)
    rows = {row["account_key"]: row for row in engine.to_arrow(known.table).to_pylist()}
    assert [row["covariate"] for row in results] == [*known.numbers, *known.words]
    assert known.numbers == ORDER
    for row in results:
        for key in (1, 2, 3, 4):
            shown, found = row[f"account {key}"], rows[key][row["covariate"]]
            assert _reads(found, shown), (row["covariate"], key, found, shown)


def _reads(found: Any, shown: str) -> bool:
    """Whether a value is what a cell shows; an empty cell is null."""
    if not shown or isinstance(found, str):
        return found == (shown or None)
    return found == pytest.approx(float(shown), abs=5e-5)


def _outcome_facts(engine: Engine, accounts: Table) -> Facts:
    rows: dict[str, list[Row]] = {"subscription": [], "renewal": []}
    for row in accounts:
        for entity, fact in _facts_of(row):
            rows.setdefault(entity, []).append(fact)
    return facts_from_rows(engine, AS_OF, **rows)


def _facts_of(row: Row) -> Iterator[tuple[str, Row]]:
    key = int(row["account"])
    owned = {"account_key": key}
    if cents(row["ARR at T0"]):
        yield "subscription", line(key, "2023-01-01", "2025-06-01", cents(row["ARR at T0"]))
    if cents(row["ARR at T0 + 12"]):
        yield "subscription", line(key, "2025-06-01", None, cents(row["ARR at T0 + 12"]))
    for number, outcome in enumerate(filter(None, row["due in 2025"].split(", "))):
        yield "renewal", renewal(key, "2025-06-01", 100 + number, outcome)
    if row["users"]:
        used = {"active_users": int(row["users"]), "seats": int(row["seats"])}
        yield "usage", {**owned, **used, "month": day("2025-11-30")}
    if row["cost"]:
        spent = {"kind": "support", "reported_minor": cents(row["cost"]), "currency": "USD"}
        yield "cost", {**owned, **spent, "cost_id": str(key), "month": day("2025-03-31")}
    if row["spoke"]:
        spoken = {"kind": row["spoke"], "happened_on": day("2025-05-05")}
        yield "advocacy", {**owned, **spoken, "advocacy_id": str(key)}
    for kind in ("nps", "csat"):
        if row[kind.upper()]:
            said = {"kind": kind, "score": float(row[kind.upper()])}
            said |= {"responded_on": day("2025-05-05"), "survey_id": f"{kind}{key}"}
            yield "survey", {**owned, **said}


def test_the_outcomes_page_shows_what_became_of_accounts(engine: Engine) -> None:
    accounts, results, *_ = worked_tables("comparison_outcomes")
    facts = _outcome_facts(engine, accounts)
    names = [name for name in results[0] if name != "account"]
    points = at(engine, [(int(row["account"]), "2024-12") for row in accounts])
    table = outcomes_after(facts, Definitions(), points, 12, names)
    rows = {row["account_key"]: row for row in engine.to_arrow(table).to_pylist()}
    for row in results:
        for name in names:
            found = rows[int(row["account"])][name]
            assert _reads(found, row[name]), (row["account"], name, found)
    assert {*names, "time_to_value", "value_within"} == set(OUTCOMES)


def test_the_outcomes_page_shows_how_long_accounts_waited_for_value(engine: Engine) -> None:
    waits = worked_tables("comparison_outcomes")[2]
    keys = [int(row["account"]) for row in waits]
    lines = [line(int(row["account"]), "2024-03-01", row["lost"] or None, 100) for row in waits]
    reached = [
        {
            "account_key": int(row["account"]),
            "milestone": "first_value",
            "reached_on": day(row["value"]),
        }
        for row in waits
        if row["value"]
    ]
    facts = facts_from_rows(engine, AS_OF, subscription=lines, milestone=reached)
    points = with_t0(engine, [(key, day("2024-03-31")) for key in keys])
    names = ("time_to_value", "value_within")
    table = outcomes_after(facts, Definitions(), points, 12, names)
    rows = {row["account_key"]: row for row in engine.to_arrow(table).to_pylist()}
    for row in waits:
        for name in names:
            assert _reads(rows[int(row["account"])][name], row[name]), (row["account"], name)


def test_the_outcomes_page_shows_the_growth_of_the_placebo(engine: Engine) -> None:
    accounts = worked_tables("comparison_outcomes")[3]
    lines = []
    for row in accounts:
        key = int(row["account"])
        for name, starts, ends in (
            ("ARR on 2023-12-31", "2023-06-01", "2024-05-01"),
            ("ARR on 2024-09-30", "2024-05-01", None),
        ):
            if cents(row[name]):
                lines.append(line(key, starts, ends, cents(row[name])))
    facts = facts_from_rows(engine, AS_OF, subscription=lines)
    points = at(engine, [(int(row["account"]), "2024-12") for row in accounts])
    table = placebo_growth(facts, Definitions(), points)
    rows = {row["account_key"]: row for row in engine.to_arrow(table).to_pylist()}
    for row in accounts:
        assert _reads(rows[int(row["account"])]["growth"], row["growth"]), row
