"""What people write as an exposure, what it means, and on which day it begins."""

from __future__ import annotations

from datetime import date

import pytest
from facts_from_rows import Row, facts_from_rows, line
from small_cohorts import ANY, AS_OF, IMPLEMENTED, compared, exposed, involved, partners

from lichen.engines import Engine
from lichen.kernel.errors import UnknownName
from lichen.ledger.facts import Facts
from lichen.value.comparison.exposure import (
    Exposure,
    ExposureNotReadable,
    NothingOfThisName,
    default_exposures,
    parse_exposure,
)
from lichen.vocabulary.definitions import Definitions

SEPTEMBER, DECEMBER = "2024-09-30", "2024-12-31"
CUSTOMERS = [line(account, "2022-01-01", None, 100) for account in (1, 2, 3, 4)]


def play(account: int, name: str, starts: str, partner: int | None = None) -> Row:
    return {
        "play_run_id": f"{account}-{name}-{starts}",
        "play": name,
        "account_key": account,
        "partner_key": partner,
        "starts_on": date.fromisoformat(starts),
    }


@pytest.fixture
def facts(duckdb: Engine) -> Facts:
    return facts_from_rows(
        duckdb,
        AS_OF,
        subscription=CUSTOMERS,
        partner=partners(p1="services|agency", p2="technology", p3="data"),
        involvement=[
            involved(1, 1, "implemented", "2024-01-01"),
            involved(1, 2, "integrated", "2024-01-01"),
        ],
        play_run=[play(1, "onboarding", "2024-11-01")],
        participation=[
            {"account_key": 1, "kind": "programme", "name": "champions",
             "happened_on": date(2024, 11, 2)},
            {"account_key": 1, "kind": "event", "name": "summit", "happened_on": date(2024, 11, 2)},
        ],
        campaign=[
            {"campaign_id": "c1", "name": "Spring", "kind": "webinar",
             "starts_on": date(2024, 3, 1)}
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("any", ANY),
        (" role = implemented", IMPLEMENTED),
        ("partner_kind=agency", Exposure("partner_kind", "agency")),
        ("partner=p2", Exposure("partner", "p2")),
        ("integrations=02", Exposure("integrations", "2")),
        ("services=managed+implemented", Exposure("services", "implemented+managed")),
        ("play=onboarding", Exposure("play", "onboarding")),
        ("programme=champions", Exposure("programme", "champions")),
        ("campaign=c1", Exposure("campaign", "c1")),
        ("acquired_via=partner", Exposure("acquired_via", "partner")),
    ],
)
def test_an_exposure_is_read_as_it_is_written(facts: Facts, written: str, read: Exposure) -> None:
    assert parse_exposure(written, facts) == read


@pytest.mark.parametrize(
    ("written", "error", "told"),
    [
        ("roles=implemented", UnknownName, "no exposure named 'roles'. Did you mean 'role'?"),
        ("role=implementd", UnknownName, "Did you mean 'implemented'"),
        ("services=managed+sold", UnknownName, "no service role named 'sold'"),
        ("acquired_via=direct", UnknownName, "Known names: hybrid, partner"),
        ("role", ExposureNotReadable, "role needs a value"),
        ("any=yes", ExposureNotReadable, "any takes no value"),
        ("integrations=two", ExposureNotReadable, "'two' is no number from 1 to 99"),
        ("integrations=0", ExposureNotReadable, "Write one of any, role=implemented"),
        ("partner=p9", NothingOfThisName, "(partner.partner_id). Known names: p1, p2, p3."),
        ("play=onbording", NothingOfThisName, "Did you mean 'onboarding'?"),
        ("programme=summit", NothingOfThisName, "Known names: champions."),
        ("delivery=certified", NothingOfThisName, "no feed fills certification.earned_on"),
    ],
)
def test_what_is_no_exposure_says_what_there_is(
    facts: Facts, written: str, error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as raised:
        parse_exposure(written, facts)
    assert told in str(raised.value)


def test_every_run_asks_any_each_role_and_each_kind_that_is_involved(facts: Facts) -> None:
    asked = [exposure.text for exposure in default_exposures(facts, Definitions())]
    assert asked == [
        "any",
        "role=implemented",
        "role=integrated",
        "partner_kind=technology",
        "partner_kind=services",
        "partner_kind=agency",
    ]


def test_integrations_begin_when_so_many_technologies_are_active_together(
    any_engine: Engine,
) -> None:
    one, two = Exposure("integrations", "1"), Exposure("integrations", "2")
    found = compared(
        any_engine,
        [one, two],
        subscription=CUSTOMERS,
        involvement=[
            involved(1, 5, "integrated", "2024-07-01"),
            involved(1, 6, "integrated", "2024-09-30"),
            involved(2, 5, "integrated", "2024-10-01", "2024-11-01"),
            involved(2, 6, "integrated", "2024-11-01"),
            involved(3, 5, "integrated", "2024-10-01"),
            involved(3, 5, "integrated", "2024-10-02"),
        ],
    )
    assert exposed(found, 0) == [(1, SEPTEMBER, 5), (2, DECEMBER, 5), (3, DECEMBER, 5)]
    # The first technology of 2 left on the day on which the second came, 3 has one twice.
    assert exposed(found, 1) == [(1, SEPTEMBER, 6)]


def test_a_services_pattern_begins_when_exactly_its_roles_are_active(any_engine: Engine) -> None:
    both = Exposure("services", "implemented+managed")
    found = compared(
        any_engine,
        [both],
        subscription=CUSTOMERS,
        involvement=[
            involved(1, 5, "implemented", "2024-10-01"),
            involved(1, 6, "managed", "2024-11-01"),
            involved(2, 5, "implemented", "2024-10-01", "2024-11-01"),
            involved(2, 6, "managed", "2024-11-01"),
            involved(3, 5, "implemented", "2024-10-05"),
            involved(3, 5, "trained", "2024-10-05", "2024-12-01"),
            involved(3, 5, "managed", "2024-10-05"),
        ],
    )
    # 2 never had both together; 3 had a third until December, when nobody came.
    assert exposed(found) == [(1, DECEMBER, 6), (3, DECEMBER, 5)]


def test_certified_delivery_begins_when_a_delivering_partner_is_certified(
    any_engine: Engine,
) -> None:
    def certified(partner: int, earned: str, expires: str | None = None) -> Row:
        return {
            "partner_key": partner,
            "person_key": earned,
            "certification": "delivery",
            "earned_on": date.fromisoformat(earned),
            "expires_on": date.fromisoformat(expires) if expires else None,
        }

    found = compared(
        any_engine,
        [Exposure("delivery", "certified")],
        subscription=CUSTOMERS,
        certification=[
            certified(5, "2024-11-15"),
            certified(6, "2023-01-01", "2024-10-10"),
            certified(7, "2023-01-01"),
        ],
        involvement=[
            involved(1, 5, "implemented", "2024-10-01"),
            involved(2, 6, "implemented", "2024-10-10"),
            involved(3, 7, "integrated", "2024-10-01"),
            involved(4, 7, "managed", "2024-09-30"),
        ],
    )
    # 2 lost its certified partner on the day of the start, and an integration is no delivery.
    assert exposed(found) == [(4, SEPTEMBER, 7), (1, DECEMBER, 5)]


def test_plays_campaigns_and_programmes_begin_when_they_reach_the_account(
    any_engine: Engine,
) -> None:
    asked = [
        Exposure("play", "onboarding"),
        Exposure("campaign", "c1"),
        Exposure("programme", "champions"),
    ]
    found = compared(
        any_engine,
        asked,
        subscription=CUSTOMERS,
        play_run=[play(1, "onboarding", "2024-11-01", 5), play(1, "rescue", "2024-07-01")],
        lead=[{"lead_id": "l1", "campaign_id": "c1", "account_key": 2, "partner_key": 6,
               "created_on": date(2024, 11, 1)}],
        opportunity=[{"opportunity_key": 1, "opportunity_id": "o1", "account_key": 3}],
        touchpoint=[
            {"touchpoint_id": "t1", "campaign_id": "c1", "opportunity_key": 1, "kind": "webinar",
             "happened_on": date(2024, 8, 1)},
            {"touchpoint_id": "t2", "campaign_id": "c2", "account_key": 4, "kind": "webinar",
             "happened_on": date(2024, 8, 1)},
        ],
        participation=[
            {"account_key": 4, "kind": "programme", "name": "champions",
             "happened_on": date(2024, 12, 31)},
            {"account_key": 1, "kind": "event", "name": "champions",
             "happened_on": date(2024, 12, 31)},
        ],
    )  # fmt: skip
    assert exposed(found, 0) == [(1, DECEMBER, 5)]
    assert exposed(found, 1) == [(3, SEPTEMBER, -1), (2, DECEMBER, 6)]
    assert exposed(found, 2) == [(4, DECEMBER, -1)]
