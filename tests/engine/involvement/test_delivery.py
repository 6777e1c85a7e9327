"""Delivery by certified and by other partners, at the edges of its definition."""

from __future__ import annotations

from datetime import date

from lichen.involvement import findings, groups_at
from lichen.vocabulary.definitions import Definitions

D = date(2024, 6, 30)
ACCOUNTS = [{"account_id": name, "name": name} for name in ("a", "b", "c", "d")]
PARTNERS = [{"partner_id": name, "name": name, "kinds": "services"} for name in ("p", "q")]


def _work(account: str, partner: str, role: str) -> dict[str, object]:
    return {
        "involvement_id": f"{account}{partner}{role}",
        "account_id": account,
        "partner_id": partner,
        "role": role,
        "starts_on": date(2024, 1, 1),
    }


WORK = [
    _work("a", "p", "implemented"),
    _work("a", "q", "managed"),
    _work("b", "q", "managed"),
    _work("c", "p", "advised"),
]


def _held(partner: str, earned: date, expires: date | None) -> dict[str, object]:
    return {
        "partner_id": partner,
        "person_key": "someone",
        "certification": "implementer",
        "earned_on": earned,
        "expires_on": expires,
    }


def _delivery(facts) -> dict[int, str]:
    rows = facts.engine.to_arrow(groups_at(facts, Definitions(), D, ["delivery"])).to_pylist()
    return {row["account_key"]: row["value"] for row in rows}


def test_one_certified_partner_of_two_is_enough_and_advice_is_no_delivery(facts_of) -> None:
    held = [_held("p", date(2024, 6, 30), date(2024, 7, 1))]
    facts = facts_of(account=ACCOUNTS, partner=PARTNERS, involvement=WORK, certification=held)
    assert _delivery(facts) == {1: "certified", 2: "uncertified", 3: "none", 4: "none"}


def test_a_certification_counts_no_more_on_the_day_it_expires(facts_of) -> None:
    held = [_held("p", date(2023, 1, 1), D), _held("q", date(2024, 7, 1), None)]
    facts = facts_of(account=ACCOUNTS, partner=PARTNERS, involvement=WORK, certification=held)
    assert _delivery(facts) == {1: "uncertified", 2: "uncertified", 3: "none", 4: "none"}


def test_without_certifications_delivery_is_unknown_and_a_finding_says_so(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS, partner=PARTNERS, involvement=WORK)
    assert set(_delivery(facts).values()) == {"unknown"}
    (told,) = (f for f in findings(facts, Definitions()) if f.dimensions == ("delivery",))
    assert (told.code, told.count) == ("delivery_unmapped", 4)
