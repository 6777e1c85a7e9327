"""Who is compared at the first contract: every rule of that design, one test each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from facts_from_rows import Row, line
from small_cohorts import ANY, IMPLEMENTED, compared, controls, exposed, involved, rows_of

from lichen.engines import Engine
from lichen.value.comparison.cohort import NothingToAdd, NotOfAQuarter, design_of
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.first_contract import AFTER_T0, CAME_EARLY, NO_ARR
from lichen.value.comparison.members import Cohorts
from lichen.value.comparison.quarter import NOT_A_CUSTOMER, TOO_LATE

DECEMBER = "2024-12-31"
REFERRED = Exposure("role", "referred")
BY_PARTNER, BY_BOTH = Exposure("acquired_via", "partner"), Exposure("acquired_via", "hybrid")


def came(*accounts: int) -> list[Row]:
    """Each bought for 100 on 10 October 2024, so that time zero is 9 November."""
    return [line(account, "2024-10-10", None, 100) for account in accounts]


def first(engine: Engine, *exposures: Exposure, **rows: Any) -> Cohorts:
    return compared(engine, exposures, design="first_contract", **rows)


def test_time_zero_is_thirty_days_after_the_first_start(duckdb: Engine) -> None:
    found = first(
        duckdb,
        REFERRED,
        subscription=came(1, 2),
        involvement=[involved(1, 7, "referred", "2024-08-01", "2024-08-01")],
    )
    assert [(row["account_key"], str(row["t0"]), row["exposed"]) for row in rows_of(found)] == [
        (1, "2024-11-09", True),
        (2, "2024-11-09", False),
    ]
    assert {row["landmark"] for row in rows_of(found)} == {2024 * 12 + 11}


def test_every_start_is_counted_once(duckdb: Engine) -> None:
    found = first(
        duckdb,
        IMPLEMENTED,
        account=[{"account_key": 9, "account_id": "a9", "name": "Never bought"}],
        subscription=[
            *came(1, 2, 3),
            line(4, "2024-05-30", None, 100),
            line(5, "2024-12-02", None, 100),
            line(6, "2024-10-10", "2024-11-09", 100),
        ],
        involvement=[
            involved(1, 7, "implemented", "2024-11-09"),
            involved(2, 7, "implemented", "2024-11-10"),
            involved(4, 7, "implemented", "2024-06-01"),
            involved(5, 7, "implemented", "2024-12-05"),
            involved(6, 7, "implemented", "2024-10-11"),
            involved(9, 7, "implemented", "2024-10-11"),
        ],
    )
    counts = found.counts[0]
    assert (counts.ever, counts.exposed, counts.prevalent) == (6, 1, 0)
    # Account 4 had its time zero on 29 June, before the first quarter; 5 has it on 1 January.
    assert counts.reasons == {
        AFTER_T0: 1, CAME_EARLY: 1, NO_ARR: 1, NOT_A_CUSTOMER: 1, TOO_LATE: 1
    }  # fmt: skip
    assert exposed(found) == [(1, "2024-11-09", 7)]
    assert controls(found) == [(2, DECEMBER), (3, DECEMBER)]


def test_controls_have_no_partner_that_counts_or_won_them_by_then(duckdb: Engine) -> None:
    sold = {"marketplace": "aws"}
    found = first(
        duckdb,
        REFERRED,
        subscription=[*came(1, 2, 3, 4, 5), {**came(6)[0], **sold}],
        involvement=[
            involved(1, 7, "referred", "2024-08-01"),
            involved(2, 7, "implemented", "2024-11-09"),
            involved(3, 7, "implemented", "2024-11-10"),
            involved(4, 7, "sourced", "2024-08-01", "2024-08-02"),
        ],
    )
    assert controls(found) == [(3, DECEMBER), (5, DECEMBER)]


def deal(account: int, direct: bool, closed: str = "2024-10-01") -> Row:
    """The won first opportunity of an account."""
    return {
        "opportunity_id": f"o{account}",
        "opportunity_key": account,
        "account_key": account,
        "kind": "new",
        "outcome": "won",
        "created_on": date(2024, 7, 1),
        "closed_on": date.fromisoformat(closed),
        "is_direct_involved": direct,
    }


def test_acquired_by_a_partner_is_compared_with_acquired_direct(any_engine: Engine) -> None:
    found = first(
        any_engine,
        BY_PARTNER,
        BY_BOTH,
        subscription=came(1, 2, 3, 4),
        opportunity=[deal(1, False), deal(2, True), deal(3, True), deal(4, True)],
        involvement=[
            {**involved(1, 7, "sourced", "2024-08-01"), "opportunity_key": 1},
            {**involved(2, 8, "sourced", "2024-08-01"), "opportunity_key": 2},
            {**involved(3, 9, "co_sold", "2024-08-01"), "opportunity_key": 3},
        ],
    )
    # Both took part in selling to 3: nobody originated it, but it was not acquired direct either.
    assert exposed(found, 0) == [(1, "2024-11-09", 7)]
    assert exposed(found, 1) == [(2, "2024-11-09", 8), (3, "2024-11-09", -1)]
    assert controls(found, 0) == controls(found, 1) == [(4, DECEMBER)]


def test_a_deal_won_after_time_zero_does_not_change_how_an_account_was_acquired(
    duckdb: Engine,
) -> None:
    later = deal(2, False, "2025-03-01")
    found = first(
        duckdb,
        BY_PARTNER,
        subscription=[{**came(1)[0], "marketplace": "aws"}, *came(2)],
        opportunity=[later],
        involvement=[{**involved(2, 7, "sourced", "2025-01-01"), "opportunity_key": 2}],
    )
    assert exposed(found) == [(1, "2024-11-09", -1)]
    assert controls(found) == [(2, DECEMBER)]


def test_who_is_at_value_by_time_zero_is_marked(duckdb: Engine) -> None:
    def reached(account: int, day: str) -> Row:
        on = date.fromisoformat(day)
        return {"account_key": account, "milestone": "first_value", "reached_on": on}

    found = first(
        duckdb,
        REFERRED,
        subscription=came(1, 2, 3),
        involvement=[involved(1, 7, "referred", "2024-08-01")],
        milestone=[reached(1, "2024-11-09"), reached(2, "2024-11-10")],
    )
    marked = [(row["account_key"], row["already_at_value"]) for row in rows_of(found)]
    assert marked == [(1, True), (2, False), (3, False)]


@pytest.mark.parametrize(
    ("exposure", "design"),
    [(ANY, "quarter"), (IMPLEMENTED, "quarter"), (REFERRED, "first_contract"),
     (BY_PARTNER, "first_contract")],
)  # fmt: skip
def test_what_wins_an_account_is_compared_at_its_first_contract(
    exposure: Exposure, design: str
) -> None:
    assert design_of(exposure) == design


def test_a_design_that_cannot_answer_says_which_can(duckdb: Engine) -> None:
    with pytest.raises(NotOfAQuarter, match="design first_contract"):
        compared(duckdb, [BY_PARTNER], subscription=came(1))
    with pytest.raises(NothingToAdd, match="with the design quarter"):
        first(duckdb, REFERRED, arms="adding", subscription=came(1))
