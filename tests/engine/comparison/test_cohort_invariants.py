"""What holds of any facts: each start is counted once, and neither order nor later facts matter."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from facts_from_rows import Row, line
from hypothesis import given, settings
from hypothesis import strategies as st
from small_cohorts import ANY, AS_OF, IMPLEMENTED, compared, involved, partners, rows_of

from lichen.engines import Engine
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.members import COMPARED, PREVALENT, Cohorts
from lichen.vocabulary.roles import ROLES

EXPOSURES = (
    ANY,
    IMPLEMENTED,
    Exposure("role", "sourced"),
    Exposure("partner_kind", "services"),
    Exposure("partner", "p2"),
    Exposure("integrations", "2"),
)
DESIGNS: tuple[dict[str, Any], ...] = (
    {},
    {"arms": "adding"},
    {"design": "first_contract"},
)
LAST_T0 = date(2024, 12, 31)
accounts = st.integers(1, 8)
days = st.dates(date(2023, 1, 1), AS_OF)


@st.composite
def lines(draw: st.DrawFn) -> Row:
    starts = draw(days)
    length = draw(st.none() | st.integers(1, 700))
    ends = None if length is None else str(starts + timedelta(days=length))
    return line(draw(accounts), str(starts), ends, draw(st.sampled_from([0, 100, 200])))


@st.composite
def involvements(draw: st.DrawFn, earliest: date = date(2023, 1, 1)) -> Row:
    starts = draw(st.dates(earliest, AS_OF))
    length = draw(st.none() | st.integers(0, 300))
    ends = None if length is None else str(starts + timedelta(days=length))
    return involved(
        draw(accounts), draw(st.integers(1, 3)), draw(st.sampled_from(ROLES)), str(starts), ends
    )


def arranged(engine: Engine, design: dict[str, Any], **rows: Any) -> Cohorts:
    asked = [e for e in EXPOSURES if design.get("arms") != "adding" or e != ANY]
    kinds = partners(p1="technology", p2="services", p3="services|agency")
    every = [{"account_key": k, "account_id": f"a{k}", "name": f"A{k}"} for k in range(1, 9)]
    return compared(engine, asked, account=every, partner=kinds, **design, **rows)


def all_members(found: Cohorts) -> list[list[Row]]:
    return [rows_of(found, place) for place in range(len(found.exposures))]


@pytest.mark.parametrize("design", DESIGNS)
@settings(max_examples=5)
@given(st.lists(lines(), max_size=14), st.lists(involvements(), max_size=14))
def test_every_account_that_ever_started_is_counted_exactly_once(
    duckdb: Engine, design: dict[str, Any], subscription: list[Row], involvement: list[Row]
) -> None:
    found = arranged(duckdb, design, subscription=subscription, involvement=involvement)
    judged = duckdb.to_arrow(found.arranged.judged).to_pylist()
    for place, exposure in enumerate(found.exposures):
        counts = found.counts[place]
        mine = [row for row in judged if row["exposure"] == place]
        started = {row["account_key"] for row in mine}
        assert len(mine) == len(started) == counts.ever
        assert counts.ever == counts.exposed + counts.prevalent + sum(counts.reasons.values())
        assert {COMPARED, PREVALENT}.isdisjoint(counts.reasons)
        if exposure.name == "role":
            wanted = {r["account_key"] for r in involvement if r["role"] == exposure.value}
            assert started == wanted


@pytest.mark.parametrize("design", DESIGNS)
@settings(max_examples=5)
@given(st.lists(lines(), min_size=4, max_size=14), st.lists(involvements(), max_size=14), st.data())
def test_nobody_is_in_both_arms_and_nobody_twice(
    duckdb: Engine,
    design: dict[str, Any],
    subscription: list[Row],
    involvement: list[Row],
    data: st.DataObject,
) -> None:
    found = arranged(duckdb, design, subscription=subscription, involvement=involvement)
    points = duckdb.to_arrow(found.points).to_pylist()
    needed = set()
    for members in all_members(found):
        keys = [(row["account_key"], row["landmark"]) for row in members]
        assert len(keys) == len(set(keys))
        started = [row["account_key"] for row in members if row["exposed"]]
        assert len(started) == len(set(started))
        needed |= set(keys)
    assert {(row["account_key"], row["landmark"]) for row in points} == needed
    assert len(points) == len(needed)
    shuffled = (data.draw(st.permutations(subscription)), data.draw(st.permutations(involvement)))
    again = arranged(duckdb, design, subscription=shuffled[0], involvement=shuffled[1])
    assert all_members(again) == all_members(found)
    assert again.counts == found.counts


@pytest.mark.parametrize("design", DESIGNS)
@settings(max_examples=5)
@given(
    st.lists(lines(), min_size=4, max_size=14),
    st.lists(involvements(), max_size=10),
    st.lists(involvements(earliest=LAST_T0 + timedelta(days=1)), min_size=1, max_size=8),
)
def test_what_happens_after_the_last_quarter_changes_no_member(
    duckdb: Engine,
    design: dict[str, Any],
    subscription: list[Row],
    involvement: list[Row],
    later: list[Row],
) -> None:
    rows = {"subscription": subscription}
    before = arranged(duckdb, design, involvement=involvement, **rows)
    after = arranged(duckdb, design, involvement=[*involvement, *later], **rows)
    assert all_members(after) == all_members(before)


def test_partners_who_only_meet_long_lived_accounts_meet_no_one_who_lives_shorter(
    duckdb: Engine,
) -> None:
    """The trap of immortal time: 200 accounts that last 1 to 36 months whatever partners do.

    A partner comes in the thirtieth month, so whoever ever had one has lived that long; of the
    others many have not. Within a quarter both arms have paid up to its end.
    """
    draw = Random(11)
    came = date(2022, 1, 1)
    left = {key: came + timedelta(days=draw.randrange(30, 1400)) for key in range(1, 201)}
    met = date(2024, 8, 15)
    alive = [key for key, day in left.items() if day > met]
    with_partner = set(draw.sample(alive, len(alive) // 2))
    found = compared(
        duckdb,
        subscription=[line(key, str(came), str(day), 100) for key, day in left.items()],
        involvement=[involved(key, 7, "managed", str(met)) for key in sorted(with_partner)],
    )
    at_risk = {key for key in alive if left[key] > date(2024, 9, 30)}
    exposed = {row["account_key"] for row in rows_of(found) if row["exposed"]}
    controls = {row["account_key"] for row in rows_of(found) if not row["exposed"]}
    assert exposed == at_risk & with_partner
    assert controls == at_risk - with_partner
    shortest = min(left[key] for key in left.keys() - with_partner)
    assert shortest < met
    assert min(left[key] for key in controls) > date(2024, 9, 30)


@pytest.mark.spark
@pytest.mark.parametrize("design", DESIGNS)
def test_members_and_counts_are_the_same_on_spark(
    duckdb: Engine, spark: Engine, design: dict[str, Any]
) -> None:
    draw = Random(3)
    first = date(2023, 1, 1)

    def some_day() -> str:
        return str(first + timedelta(days=draw.randrange(900)))

    rows = {
        "subscription": [
            line(draw.randrange(1, 9), some_day(), None, draw.choice([100, 200])) for _ in range(12)
        ],
        "involvement": [
            involved(draw.randrange(1, 9), draw.randrange(1, 4), draw.choice(ROLES), some_day())
            for _ in range(25)
        ],
    }
    one, other = arranged(duckdb, design, **rows), arranged(spark, design, **rows)
    assert all_members(one) == all_members(other)
    assert one.counts == other.counts
