"""Integration stacks wider than one 64-bit word."""

from __future__ import annotations

from datetime import date

from lichen.involvement import groups_at
from lichen.vocabulary.definitions import Definitions


def test_stacks_of_a_hundred_technologies_are_told_apart(facts_of) -> None:
    partners = [f"t{place:03d}" for place in range(130)]
    facts = facts_of(
        account=[{"account_id": name, "name": name} for name in "ab"],
        partner=[{"partner_id": name, "name": name, "kinds": "technology"} for name in partners],
        involvement=[
            {
                "involvement_id": f"{account}{name}",
                "account_id": account,
                "partner_id": name,
                "role": "integrated",
                "starts_on": date(2024, 1, 1),
                "ends_on": date(2024, 3, 1) if name == "t129" else None,
            }
            for account, missing in [("a", "t061"), ("b", "t062")]
            for name in partners
            if name != missing
        ],
    )

    def stacks(day: date) -> dict[int, str]:
        table = groups_at(facts, Definitions(), day, ["integration_stack"])
        rows = facts.engine.to_arrow(table).to_pylist()
        return {row["account_key"]: row["value"] for row in rows}

    for day, last in [(date(2024, 1, 31), 130), (date(2024, 3, 31), 129)]:
        assert stacks(day) == {
            1: "+".join(name for name in partners[:last] if name != "t061"),
            2: "+".join(name for name in partners[:last] if name != "t062"),
        }


def test_a_plus_in_a_partner_id_does_not_merge_two_stacks(facts_of) -> None:
    facts = facts_of(
        account=[{"account_id": name, "name": name} for name in "ab"],
        partner=[{"partner_id": p, "name": p, "kinds": "data"} for p in ["x+y", "x", "y"]],
        involvement=[
            {
                "involvement_id": f"{account}{partner}",
                "account_id": account,
                "partner_id": partner,
                "role": "integrated",
                "starts_on": date(2024, 1, 1),
            }
            for account, partner in [("a", "x+y"), ("b", "x"), ("b", "y")]
        ],
    )
    table = groups_at(facts, Definitions(), date(2024, 1, 31), ["integration_stack"])
    rows = facts.engine.to_arrow(table).to_pylist()
    assert {row["account_key"]: row["value"] for row in rows} == {1: "x%2By", 2: "x+y"}
