"""Attributes as groups: dated where their history is known, else said to be of today."""

from __future__ import annotations

from datetime import date

import pytest

from lichen.engines import Engine
from lichen.involvement import findings, groupings, groups_at
from lichen.involvement.composite import TooManyCombinations, parts_of
from lichen.vocabulary.definitions import Definitions, Workspace

ACCOUNTS = [
    {"account_id": "moved", "name": "Moved", "segment": "enterprise", "region": "EU"},
    {"account_id": "stayed", "name": "Stayed", "segment": "smb", "region": ""},
]
CHANGES = [
    {"entity": "account", "id": "moved", "attribute": "segment", "value": value, "from_on": day}
    for value, day in [
        ("smb", date(2024, 2, 10)),
        ("mid_market", date(2024, 5, 1)),
        ("enterprise", date(2024, 5, 20)),
    ]
]


def segments(facts, day: date) -> list[str]:
    rows = facts.engine.to_arrow(groups_at(facts, Definitions(), day, ["segment"])).to_pylist()
    return [row["value"] for row in sorted(rows, key=lambda row: row["account_key"])]


def test_an_account_keeps_the_segment_it_had_then(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS, attribute_change=CHANGES)
    assert segments(facts, date(2024, 1, 31)) == ["unknown", "smb"]
    assert segments(facts, date(2024, 4, 30)) == ["smb", "smb"]
    assert segments(facts, date(2024, 5, 31)) == ["enterprise", "smb"]


def test_a_history_in_other_letters_leads_to_the_same_segment(facts_of) -> None:
    changes = [{**CHANGES[0], "value": "SMB"}]
    facts = facts_of(account=ACCOUNTS, attribute_change=changes)
    assert segments(facts, date(2024, 5, 31)) == ["smb", "smb"]


def test_values_keep_their_first_and_last_letters(facts_of, any_engine: Engine) -> None:
    accounts = [{"account_id": "a", "name": "A", "industry": "fintech of"}]
    facts = facts_of(engine=any_engine, account=accounts)
    (row,) = facts.engine.to_arrow(
        groups_at(facts, Definitions(), date(2024, 1, 31), ["industry"])
    ).to_pylist()
    assert row["value"] == "fintech of"


def test_without_history_the_value_of_today_stands_and_is_said_to(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS)
    assert segments(facts, date(2024, 1, 31)) == ["enterprise", "smb"]
    told = {f.dimensions: f for f in findings(facts, Definitions()) if f.code == "current_value"}
    assert set(told) == {("segment",), ("industry",), ("region",), ("served_via",)}
    assert "lichen.toml" in told["segment",].sentence


def test_a_referral_source_is_a_group_of_its_own_words_and_no_involvement(facts_of) -> None:
    accounts = [
        {"account_id": "a", "name": "A", "referral_source": "Partner"},
        {"account_id": "b", "name": "B", "referral_source": "organic"},
        {"account_id": "c", "name": "C"},
    ]
    facts = facts_of(account=accounts)
    day = date(2024, 1, 31)
    rows = groups_at(facts, Definitions(), day, ["referral_source", "involved", "acquired_via"])
    found = facts.engine.to_arrow(rows).to_pylist()
    assert sorted(row["value"] for row in found if row["dimension"] == "referral_source") == [
        "Partner",
        "organic",
        "unknown",
    ]
    assert {row["value"] for row in found if row["dimension"] == "involved"} == {"no"}
    assert "partner" not in {row["value"] for row in found if row["dimension"] == "acquired_via"}
    told = {f.dimensions for f in findings(facts, Definitions()) if f.code == "current_value"}
    assert ("referral_source",) not in told, "it tells of one moment, so it has no history"


def test_history_or_a_declaration_ends_the_finding(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS, attribute_change=CHANGES)
    words = Definitions(workspace=Workspace(fixed=("industry",)))
    told = {f.dimensions for f in findings(facts, words) if f.code == "current_value"}
    assert told == {("region",), ("served_via",)}


def test_an_empty_attribute_is_unknown_and_the_total_holds_everyone(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS)
    (grouping,) = groupings(facts, Definitions(), [("region",)])
    labels = facts.engine.to_arrow(grouping.labels).to_pylist()
    cells = facts.engine.to_arrow(grouping.cells).to_pylist()
    by_group = {
        label["groups"]: {c["account_key"] for c in cells if c["cell"] in of}
        for label in labels
        for of in [{x["cell"] for x in labels if x["groups"] == label["groups"]}]
    }
    assert by_group == {"": {1, 2}, "region=EU": {1}, "region=unknown": {2}}


def test_served_via_is_unknown_where_no_feed_names_the_csm(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS, unmapped=["account.csm_key"])
    rows = facts.engine.to_arrow(
        groups_at(facts, Definitions(), date(2024, 1, 31), ["served_via"])
    ).to_pylist()
    assert {row["value"] for row in rows} == {"unknown"}
    told = [f for f in findings(facts, Definitions()) if f.dimensions == ("served_via",)]
    assert [(f.code, f.count) for f in told] == [("served_via_unmapped", 2)]


def test_more_combinations_than_a_cell_can_number_are_refused() -> None:
    values = tuple(map(str, range(1_000_000)))
    with pytest.raises(TooManyCombinations, match="Group by fewer"):
        parts_of([("industry", values), ("region", values), ("integration_stack", values)])
