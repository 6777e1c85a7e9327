"""How an account was acquired: every branch of the rule, one account each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lichen.involvement import findings
from lichen.involvement.routes import acquired_via
from lichen.vocabulary.definitions import Definitions

PARTNERS = [{"partner_id": "p", "name": "P", "kinds": "reseller"}]


def deal(name: str = "o", day: date = date(2024, 3, 1), **changes: Any) -> dict[str, Any]:
    row = {"opportunity_id": name, "account_id": "a", "kind": "new", "outcome": "won"}
    return {**row, "created_on": date(2024, 1, 1), "closed_on": day, **changes}


def role(kind: str, on: str = "o") -> dict[str, Any]:
    row = {"involvement_id": f"{kind} {on}", "account_id": "a", "partner_id": "p", "role": kind}
    return {**row, "starts_on": date(2024, 2, 1), "opportunity_id": on}


def line(name: str = "s", day: date = date(2024, 4, 1), **changes: Any) -> dict[str, Any]:
    row = {"subscription_id": name, "account_id": "a", "starts_on": day, "arr_minor": 100}
    return {**row, **changes}


SOLD = {"sold_by_partner_id": "p"}
CASES: dict[str, tuple[str, str | None, list[Any], list[Any], list[Any]]] = {
    # sentence: route, reason, opportunities, involvements, subscriptions
    "no partner and no marker is direct": ("direct", None, [deal()], [], [line()]),
    "no partner is direct whatever the direct flag says": (
        "direct", None, [deal(is_direct_involved=False)], [], [line(opportunity_id="o")],
    ),
    "an origin together with the own team is hybrid": (
        "hybrid", None, [deal(is_direct_involved=True)], [role("sourced")], [line()],
    ),
    "a partner who only validated, with the own team, is hybrid": (
        "hybrid", None, [deal(is_direct_involved=True)], [role("validated")], [line()],
    ),
    "an origin without the own team is partner": (
        "partner", None, [deal(is_direct_involved=False)], [role("referred")], [line()],
    ),
    "a resale is an origin": (
        "partner", None, [deal(is_direct_involved=False)], [role("resold")], [line()],
    ),
    "a subscription of the deal sold by a partner is an origin": (
        "partner", None, [deal(is_direct_involved=False)], [],
        [line("s0"), line("s1", opportunity_id="o", **SOLD)],
    ),
    "a marketplace on the deal's subscription is an origin": (
        "partner", None, [deal(is_direct_involved=False)], [],
        [line(opportunity_id="o", marketplace="aws")],
    ),
    "without a linked subscription the first one speaks for the deal": (
        "partner", None, [deal(is_direct_involved=False)], [], [line(**SOLD)],
    ),
    "with a linked subscription the first one is not asked": (
        "direct", None, [deal(is_direct_involved=False)], [],
        [line("s0", **SOLD), line("s1", date(2024, 5, 1), opportunity_id="o")],
    ),
    "a partner who originated nothing and no own team is unknown": (
        "unknown", "no_origin", [deal(is_direct_involved=False)], [role("co_sold")], [line()],
    ),
    "an empty direct flag with an origin is unknown": (
        "unknown", "direct_involvement_empty", [deal()], [role("sourced")], [line()],
    ),
    "only the first won deal counts": (
        "partner", None,
        [deal("late", date(2024, 9, 1)), deal("o", is_direct_involved=False)],
        [role("sourced")], [line()],
    ),
    "two deals closed on one day are told apart by id": (
        "hybrid", None,
        [deal("o2", is_direct_involved=False), deal("o1", is_direct_involved=True)],
        [role("sourced", "o1"), role("sourced", "o2")], [line()],
    ),
    "a lost deal and an expansion are no acquisition": (
        "direct", None,
        [deal("o1", outcome="lost"), deal("o2", kind="expansion")],
        [role("sourced", "o1"), role("sourced", "o2")], [line()],
    ),
    "a deal merged into another lends it its partners": (
        "partner", None,
        [deal("twin", merged_into_id="o"), deal("o", is_direct_involved=False)],
        [role("sourced", "twin")], [line()],
    ),
    "merges of merges lead to the last deal": (
        "partner", None,
        [deal("o1", merged_into_id="o2"), deal("o2", merged_into_id="o3"),
         deal("o3", is_direct_involved=False)],
        [role("sourced", "o1")], [line()],
    ),
    "a deal merged into one not there yet still stands for itself": (
        "hybrid", None,
        [deal("o", is_direct_involved=True, merged_into_id="later")],
        [role("sourced")], [line()],
    ),
    "of deals merged in a circle one stands for all": (
        "partner", None,
        [deal("o1", is_direct_involved=False, merged_into_id="o2"),
         deal("o2", is_direct_involved=True, merged_into_id="o1")],
        [role("sourced", "o2")], [line()],
    ),
    "without a deal a sold first subscription is partner": (
        "partner", None, [], [], [line(**SOLD)],
    ),
    "without a deal an unsold first subscription is direct": (
        "direct", None, [], [], [line("s1"), line("s2", date(2024, 8, 1), **SOLD)],
    ),
    "first subscriptions of one day are told apart by id": (
        "partner", None, [], [], [line("s2"), line("s1", **SOLD)],
    ),
    "an origin role on the first subscription's deal is partner": (
        "partner", None, [deal(kind="expansion")], [role("sourced")], [line(opportunity_id="o")],
    ),
    "who never bought is unknown without a reason": ("unknown", None, [], [], []),
}  # fmt: skip


@pytest.mark.parametrize("sentence", CASES)
def test_the_route_of_acquisition_when(facts_of, sentence: str) -> None:
    route, reason, deals, roles, lines = CASES[sentence]
    facts = facts_of(
        account=[{"account_id": "a", "name": "A"}],
        partner=PARTNERS,
        opportunity=deals,
        involvement=roles,
        subscription=lines,
    )
    found = facts.engine.to_arrow(acquired_via(facts)).to_pylist()
    assert found == [{"account_key": 1, "route": route, "reason": reason}]


def test_a_first_subscription_is_unknown_only_when_both_markers_are_unmapped(facts_of) -> None:
    rows = {"account": [{"account_id": "a", "name": "A"}], "subscription": [line()]}
    markers = ["subscription.sold_by_partner_id", "subscription.marketplace"]
    one, both = facts_of(**rows, unmapped=markers[:1]), facts_of(**rows, unmapped=markers)
    assert one.engine.to_arrow(acquired_via(one)).to_pylist()[0]["route"] == "direct"
    assert both.engine.to_arrow(acquired_via(both)).to_pylist() == [
        {"account_key": 1, "route": "unknown", "reason": "markers_unmapped"}
    ]


def test_unknown_routes_are_counted_by_reason_with_examples(facts_of) -> None:
    accounts = [{"account_id": name, "name": name} for name in "abc"]
    deals = [deal(f"o{name}", account_id=name) for name in "abc"]
    roles = [
        {**role("sourced", "oa"), "account_id": "a"},
        {**role("sourced", "ob"), "account_id": "b"},
    ]
    facts = facts_of(account=accounts, partner=PARTNERS, opportunity=deals, involvement=roles)
    (unknown,) = (f for f in findings(facts, Definitions()) if f.dimensions == ("acquired_via",))
    assert unknown.code == "acquired_via_unknown_direct_involvement_empty"
    assert (unknown.count, unknown.examples) == (2, ("a", "b"))
    assert unknown.sentence.startswith("2 accounts are acquired via unknown")
