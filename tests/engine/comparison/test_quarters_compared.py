"""Who is compared with whom in a quarter: every rule of the definition, one test each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from facts_from_rows import line
from small_cohorts import ANY, AS_OF, IMPLEMENTED, compared, controls, exposed, involved, partners

from lichen.engines import Engine
from lichen.value.comparison.cohort import EachExposureOnce, NothingToAdd, worth_comparing
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.quarter import (
    NO_ARR_AFTER,
    NO_ARR_BEFORE,
    NO_OTHER_BEFORE,
    NOT_A_CUSTOMER,
    OTHER_BEFORE,
    TOO_EARLY,
    TOO_LATE,
)

SEPTEMBER, DECEMBER = "2024-09-30", "2024-12-31"
SOURCED = Exposure("role", "sourced")


def customers(*accounts: int) -> list[dict[str, Any]]:
    """Each paid 100 since 2022."""
    return [line(account, "2022-01-01", None, 100) for account in accounts]


def test_a_start_in_the_quarter_meets_accounts_that_never_met_a_partner(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        subscription=customers(1, 2),
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert exposed(found) == [(1, DECEMBER, 7)]
    # The control of September too: there nobody started, so that quarter is not asked about.
    assert controls(found) == [(2, DECEMBER)]
    assert (found.counts[0].exposed, found.counts[0].ever, found.counts[0].pool) == (1, 1, 3)
    # Account 2 in both quarters, account 1 in September, before it started.
    assert found.counts[0].comparable == 2


def test_who_meets_a_partner_later_is_a_control_until_then(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        subscription=customers(1, 2, 3),
        involvement=[
            involved(1, 7, "implemented", "2024-07-20"),
            involved(2, 7, "implemented", "2024-11-05"),
            involved(3, 7, "implemented", "2025-02-01"),
        ],
    )
    assert exposed(found) == [(1, SEPTEMBER, 7), (2, DECEMBER, 7)]
    assert controls(found) == [(2, SEPTEMBER), (3, SEPTEMBER), (3, DECEMBER)]
    assert found.counts[0].reasons == {TOO_LATE: 1}


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("2024-06-30", None),
        ("2024-07-01", SEPTEMBER),
        ("2024-09-30", SEPTEMBER),
        ("2024-10-01", DECEMBER),
        ("2024-12-31", DECEMBER),
        ("2025-01-01", None),
    ],
)
def test_a_quarter_begins_after_its_first_month_end_and_ends_with_its_last_day(
    duckdb: Engine, day: str, quarter: str | None
) -> None:
    found = compared(
        duckdb, subscription=customers(1, 2), involvement=[involved(1, 7, "managed", day)]
    )
    assert [row[1] for row in exposed(found)] == ([quarter] if quarter else [])


def test_everyone_who_ever_started_is_in_exactly_one_count(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        [ANY, IMPLEMENTED],
        account=[{"account_key": 9, "account_id": "a9", "name": "Never bought"}],
        subscription=[
            *customers(1, 2, 3, 4, 5, 10),
            line(6, "2024-10-15", None, 100),
            line(7, "2022-01-01", "2024-12-20", 100),
        ],
        involvement=[
            involved(1, 7, "implemented", "2024-11-05"),
            involved(2, 7, "implemented", "2022-01-01"),
            involved(3, 7, "implemented", "2023-05-01"),
            involved(4, 7, "implemented", "2025-01-01"),
            involved(5, 8, "resold", "2023-02-01"),
            involved(5, 7, "implemented", "2024-10-10"),
            involved(6, 7, "implemented", "2024-11-20"),
            involved(7, 7, "implemented", "2024-11-01"),
            involved(9, 7, "implemented", "2024-11-01"),
        ],
    )
    both = {NO_ARR_AFTER: 1, NO_ARR_BEFORE: 1, NOT_A_CUSTOMER: 1, TOO_LATE: 1}
    started, implemented = found.counts
    assert (started.ever, started.exposed, started.prevalent) == (8, 1, 1)
    assert started.reasons == {**both, TOO_EARLY: 2}
    assert (implemented.ever, implemented.exposed, implemented.prevalent) == (8, 1, 1)
    assert implemented.reasons == {**both, TOO_EARLY: 1, OTHER_BEFORE: 1}


def test_an_involvement_that_ended_still_makes_an_account_incomparable(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        subscription=customers(1, 2, 3),
        involvement=[
            involved(1, 7, "implemented", "2024-11-05"),
            involved(2, 7, "managed", "2023-01-01", "2023-01-20"),
        ],
    )
    assert controls(found) == [(3, DECEMBER)]


def test_a_role_that_is_not_meaningful_leaves_an_account_comparable_but_not_with_itself(
    duckdb: Engine,
) -> None:
    found = compared(
        duckdb,
        [IMPLEMENTED, SOURCED],
        subscription=customers(1, 2, 3),
        involvement=[
            involved(1, 7, "implemented", "2024-11-05"),
            involved(2, 7, "sourced", "2024-10-10"),
        ],
    )
    assert controls(found, 0) == [(2, DECEMBER), (3, DECEMBER)]
    assert exposed(found, 1) == [(2, DECEMBER, 7)]
    assert controls(found, 1) == [(3, DECEMBER)]
    assert [counts.pool for counts in found.counts] == [5, 4]


def test_controls_need_arr_at_both_ends_of_the_quarter(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        subscription=[
            *customers(1),
            line(2, "2024-10-01", None, 100),
            line(3, "2022-01-01", "2024-12-31", 100),
            line(4, "2024-09-30", "2025-01-01", 100),
        ],
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert controls(found) == [(4, DECEMBER)]


def test_foreign_arr_counts_at_the_rates_of_both_ends_of_the_quarter(any_engine: Engine) -> None:
    """Two currencies of account 3 cancel out only at December's rate: 80 x 1.25 = 100."""
    rates = [
        {"currency": "EUR", "on": date.fromisoformat(day), "rate": Decimal(rate)}
        for day, rate in (("2024-06-30", "1.5"), ("2024-09-30", "1.5"), ("2024-12-31", "1.25"))
    ]
    found = compared(
        any_engine,
        words={"comparison": {"landmarks": 1}, "revenue": {"rate_max_age_days": 31}},
        as_of=date(2025, 12, 31),
        subscription=[
            *customers(1, 2),
            line(3, "2024-08-31", "2025-01-01", 80, "EUR"),
            line(3, "2024-08-31", "2025-01-01", -100),
        ],
        fx_rate=[
            *rates,
            *(
                {"currency": "EUR", "on": date(2024, month, 30), "rate": Decimal("1.5")}
                for month in (8, 10, 11)
            ),
        ],
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert controls(found) == [(2, DECEMBER)]
    assert found.counts[0].pool == 1


def test_the_lowest_partner_stands_for_a_start_with_several(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        [ANY, Exposure("partner_kind", "services"), Exposure("partner", "p9")],
        subscription=customers(1, 2),
        partner=partners(p3="technology", p5="agency|services", p9="services"),
        involvement=[
            involved(1, 9, "implemented", "2024-11-05"),
            involved(1, 5, "managed", "2024-11-05"),
            involved(1, 3, "integrated", "2024-11-06"),
        ],
    )
    assert [exposed(found, place) for place in range(3)] == [
        [(1, DECEMBER, 5)],
        [(1, DECEMBER, 5)],
        [(1, DECEMBER, 9)],
    ]


def test_an_involvement_counts_once_it_has_lasted(duckdb: Engine) -> None:
    words = {"comparison": {"landmarks": 2}, "involvement": {"minimum_days": 30}}
    found = compared(
        duckdb,
        words=words,
        subscription=customers(1, 2, 3, 4),
        involvement=[
            involved(1, 7, "implemented", "2024-09-15"),
            involved(2, 7, "implemented", "2024-11-05", "2024-12-04"),
            involved(3, 7, "implemented", "2024-11-05", "2024-12-05"),
        ],
    )
    # Account 1 counts from 15 October, 2 never does, 3 does on the day on which it ends.
    assert exposed(found) == [(1, DECEMBER, 7), (3, DECEMBER, 7)]
    assert controls(found) == [(2, DECEMBER), (4, DECEMBER)]


def test_adding_a_partner_is_compared_among_those_who_had_another(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        [IMPLEMENTED],
        arms="adding",
        subscription=customers(1, 2, 3, 4, 5, 6),
        involvement=[
            involved(1, 8, "resold", "2023-02-01"),
            involved(1, 7, "implemented", "2024-11-05"),
            involved(2, 7, "resold", "2023-02-01"),
            involved(2, 7, "implemented", "2024-11-05"),
            involved(3, 7, "resold", "2023-02-01"),
            involved(3, 8, "managed", "2024-09-30"),
            involved(3, 7, "implemented", "2024-11-05"),
            involved(4, 7, "implemented", "2024-11-05"),
            involved(5, 8, "resold", "2023-02-01"),
        ],
    )
    # 2 only added a role to the partner it had, 4 had nobody, 3 had met another by 30 September.
    assert exposed(found) == [(1, DECEMBER, 7), (3, DECEMBER, 7)]
    assert controls(found) == [(5, DECEMBER)]
    assert found.counts[0].reasons == {NO_OTHER_BEFORE: 2}


def test_any_partner_cannot_be_added_to_another(duckdb: Engine) -> None:
    with pytest.raises(NothingToAdd, match="'any' cannot be compared among accounts that had"):
        compared(duckdb, [ANY], arms="adding", subscription=customers(1))


def test_a_longer_horizon_follows_earlier_quarters(duckdb: Engine) -> None:
    rows = {
        "subscription": customers(1, 2),
        "involvement": [involved(1, 7, "implemented", "2023-11-05")],
    }
    assert exposed(compared(duckdb, **rows)) == []
    found = compared(duckdb, horizon=24, **rows)
    assert [str(landmark.t0) for landmark in found.landmarks] == ["2023-09-30", "2023-12-31"]
    assert exposed(found) == [(1, "2023-12-31", 7)]


def test_quarters_follow_the_fiscal_year(duckdb: Engine) -> None:
    words = {"comparison": {"landmarks": 2}, "workspace": {"fiscal_year_start": 2}}
    found = compared(
        duckdb,
        words=words,
        subscription=customers(1, 2),
        involvement=[involved(1, 7, "implemented", "2024-10-31")],
    )
    assert exposed(found) == [(1, "2024-10-31", 7)]


def test_kinds_with_few_exposed_are_not_worth_a_comparison(duckdb: Engine) -> None:
    exposures = [ANY, Exposure("partner_kind", "services"), Exposure("partner_kind", "agency")]
    found = compared(
        duckdb,
        exposures,
        subscription=customers(1, 2, 3),
        partner=partners(p1="services", p2="agency"),
        involvement=[
            involved(1, 1, "managed", "2024-11-05"),
            involved(2, 1, "managed", "2024-11-05"),
            involved(3, 2, "managed", "2024-11-05"),
        ],
    )
    assert worth_comparing(found, 2) == (0, 1)


@pytest.mark.parametrize("design", ["quarter", "first_contract"])
@pytest.mark.parametrize("feed", ["subscription", "involvement"])
def test_without_lines_or_partners_nobody_is_compared(
    duckdb: Engine, design: str, feed: str
) -> None:
    rows = {
        "account": [{"account_key": 1, "account_id": "a1", "name": "A"}],
        "subscription": customers(1),
        "involvement": [involved(1, 7, "implemented", "2024-11-05")],
    }
    found = compared(duckdb, [ANY, IMPLEMENTED], design=design, **{**rows, feed: []})
    assert [exposed(found, place) + controls(found, place) for place in (0, 1)] == [[], []]
    assert [counts.exposed for counts in found.counts] == [0, 0]


@pytest.mark.parametrize(
    ("asked", "told"), [([], "No exposure is asked"), ([ANY, ANY], "any is asked twice")]
)
def test_each_exposure_is_asked_once(duckdb: Engine, asked: list[Exposure], told: str) -> None:
    with pytest.raises(EachExposureOnce, match=told):
        compared(duckdb, asked, subscription=customers(1))


def test_nobody_is_compared_before_anything_can_be_followed(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        as_of=AS_OF.replace(year=2022),
        subscription=customers(1, 2),
        involvement=[involved(1, 7, "managed", "2022-11-05")],
    )
    assert (exposed(found), controls(found)) == ([], [])
    assert found.counts[0].reasons == {TOO_LATE: 1}
