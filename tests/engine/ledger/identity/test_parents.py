"""A group of companies counts as its ultimate parent, where the workspace says so."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.ledger import Ledger, load
from lichen.ledger.facts import Facts
from lichen.ledger.identity.parents import Link, RolledUp, latest, tops_of, waiting_ones
from lichen.vocabulary.definitions import Definitions

ACCOUNTS = """account_id,name,domain,parent_account_id,segment
a1,Alder,alder.com,,enterprise
a2,Alder Nordics,,a1,smb
a3,Alder Oslo,,a2,smb
a4,Birch,,a9,smb
a5,Cedar,,a6,smb
a6,Cedar Two,,a5,smb
a7,Cedar Three,,a6,smb
"""
LINES = """subscription_id,account_id,starts_on,arr_amount,currency
s1,a1,2021-01-31,100,USD
s2,a3,2021-01-31,20,USD
s3,a4,2021-01-31,3,USD
s4,a7,2021-01-31,4,USD
"""
USAGE = "account_id,month,active_users\na2,2021-01,5\na3,2021-01,7\n"
CHANGES = "entity,id,attribute,value,from_on\naccount,a3,segment,smb,2021-01-01\n"
FEEDS = {"account": ACCOUNTS, "subscription": LINES, "usage": USAGE, "attribute_change": CHANGES}


def loaded(root: Path, *, roll_up: bool, feeds: dict[str, str] = FEEDS) -> Ledger:
    (root / "feeds").mkdir(exist_ok=True)
    for name, content in feeds.items():
        (root / "feeds" / f"{name}.csv").write_text(content)
    identity = {"roll_up_parents": roll_up}
    return load(root, Definitions.model_validate({"identity": identity}))


def owners(ledger: Ledger, entity: str, row_id: str) -> dict[object, str]:
    accounts = pq.read_table(ledger.table_path("account")).to_pylist()
    ids = {row["account_key"]: row["account_id"] for row in accounts}
    rows = pq.read_table(ledger.table_path(entity)).to_pylist()
    return {row[row_id]: ids[row["account_key"]] for row in rows}


def test_what_a_group_bought_is_its_ultimate_parents(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, roll_up=True)
    # a9 has no row and a5, a6 lead to each other, so these and a7 below them count by themselves.
    assert owners(ledger, "subscription", "subscription_id") == {
        "s1": "a1",
        "s2": "a1",
        "s3": "a4",
        "s4": "a7",
    }


def test_every_account_keeps_its_row_and_what_is_keyed_by_it(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, roll_up=True)
    assert ledger.rows == {"account": 7, "subscription": 4, "usage": 2, "attribute_change": 1}
    assert owners(ledger, "usage", "active_users") == {5: "a2", 7: "a3"}
    (change,) = pq.read_table(ledger.table_path("attribute_change")).to_pylist()
    assert change["id"] == "a3"
    rows = pq.read_table(ledger.table_path("account")).to_pylist()
    assert {row["account_id"]: row["parent_account_id"] for row in rows}["a3"] == "a2"


def test_groups_and_circles_are_told(tmp_path: Path) -> None:
    found = {one.code: one for one in loaded(tmp_path, roll_up=True).findings}
    assert (found["rolled_up"].count, found["rolled_up"].examples) == (2, ("a2 as a1", "a3 as a1"))
    assert found["parents_in_a_circle"].examples == ("a5 > a6 > a5",)


def test_each_account_counts_by_itself_unless_the_workspace_says_so(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, roll_up=False)
    assert owners(ledger, "subscription", "subscription_id")["s2"] == "a3"
    assert not {"rolled_up", "parents_in_a_circle"} & {one.code for one in ledger.findings}


def test_ids_of_another_system_lead_to_the_ultimate_parent_too(tmp_path: Path) -> None:
    aliases = "system,key,account_id\nbilling,7,a3\n"
    lines = LINES + "s5,billing:7,2021-01-31,5,USD\n"
    feeds = {**FEEDS, "account_alias": aliases, "subscription": lines}
    ledger = loaded(tmp_path, roll_up=True, feeds=feeds)
    assert owners(ledger, "subscription", "subscription_id")["s5"] == "a1"
    assert owners(ledger, "account_alias", "key") == {"7": "a3"}


GROUP = """account_id,name,parent_account_id,recorded_at
top,Top,,2024-06-01
mid,Mid,top,2023-06-01
low,Low,mid,2021-01-01
new,New,top,2024-09-01
"""
OF_GROUP = """subscription_id,account_id,starts_on,arr_amount,currency
s1,low,2021-01-31,10,USD
s2,new,2024-09-30,20,USD
"""
REFERRALS = (
    "advocacy_id,account_id,happened_on,kind,referred_account_id\nv,new,2024-10-01,referral,low\n"
)


def test_an_account_counts_as_the_highest_parent_that_was_recorded_by_the_day(
    tmp_path: Path, duckdb: Engine
) -> None:
    feeds = {"account": GROUP, "subscription": OF_GROUP, "advocacy": REFERRALS}
    ledger = loaded(tmp_path, roll_up=True, feeds=feeds)
    # Later parents take nothing with them: low is low until mid is recorded, then mid, then top.
    assert {
        day: paid(ledger.as_of(date.fromisoformat(day), duckdb))
        for day in ("2022-12-31", "2023-06-30", "2024-05-31", "2024-06-30", "2024-12-31")
    } == {
        "2022-12-31": {"low": 1000},
        "2023-06-30": {"mid": 1000},
        "2024-05-31": {"mid": 1000},
        "2024-06-30": {"top": 1000},
        "2024-12-31": {"top": 3000},
    }
    facts = ledger.as_of(date(2024, 12, 31), duckdb)
    (told,) = duckdb.to_arrow(facts.table("advocacy")).to_pylist()
    keys = {row["account_id"]: row["account_key"] for row in accounts_of(facts)}
    assert (told["referred_account_id"], told["referred_account_key"]) == ("top", keys["top"])


def accounts_of(facts: Facts) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = facts.engine.to_arrow(facts.table("account")).to_pylist()
    return rows


def paid(facts: Facts) -> dict[str, int]:
    """ARR of each account in minor units."""
    ids = {row["account_key"]: row["account_id"] for row in accounts_of(facts)}
    sums: dict[str, int] = defaultdict(int)
    for row in facts.engine.to_arrow(facts.table("subscription")).to_pylist():
        sums[ids[row["account_key"]]] += row["arr_minor"]
    return dict(sums)


DAYS = st.none() | st.integers(1, 9).map(lambda month: date(2024, month, 1))


@given(
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcde"), min_size=1),
    st.lists(DAYS, min_size=5, max_size=5),
    st.integers(0, 9),
)
def test_of_any_group_the_day_decides_and_the_settled_ones_need_no_day(
    above: dict[str, str], days: list[date | None], month: int
) -> None:
    above = {low: parent for low, parent in above.items() if low != parent}
    recorded = dict(zip("abcde", days, strict=True))
    links = [
        Link(low, parent, latest(recorded[low], recorded[parent])) for low, parent in above.items()
    ]
    whole = tops_of(above)
    waiting = waiting_ones(links, recorded, set())
    day = date(2024, month, 2) if month else date(2023, 12, 31)
    known = {name for name, on in recorded.items() if on is None or on <= day}
    by_day = tops_of({low: up for low, up in above.items() if {low, up} <= known})
    held = tops_of({one.low: one.parent for one in links if one.holds_on(day)})
    assert held.tops == by_day.tops
    for low, top in RolledUp(whole.tops, whole.circles, waiting).at_once().items():
        if low in known:
            assert by_day.tops[low] == top


NAMES = st.sampled_from("abcdefgh")


@given(st.dictionaries(NAMES, NAMES).map(lambda d: {k: v for k, v in d.items() if k != v}))
def test_the_top_is_where_going_up_ends(above: dict[str, str]) -> None:
    found = tops_of(above)
    for start in above:
        here, steps = start, 0
        while here in above and steps <= len(above):
            here, steps = above[here], steps + 1
        assert found.tops.get(start) == (None if here in above else here)
    for circle in found.circles:
        assert [above[one] for one in circle] == [*circle[1:], circle[0]]
        assert circle[0] == min(circle)
    turned = tops_of(dict(reversed(above.items())))
    assert (dict(turned.tops), turned.circles) == (dict(found.tops), found.circles)
