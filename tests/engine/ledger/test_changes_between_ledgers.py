"""Rows of two ledgers compared by id, whatever dense keys each of them gave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
from facts_from_rows import Row, ledger_table
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.ledger.changes import compared
from lichen.ledger.ledger import Ledger

ACCOUNTS = st.lists(st.sampled_from("abcde"), min_size=1, unique=True)
LINES = st.dictionaries(st.sampled_from(["s1", "s2", "s3", "s4"]), st.integers(1, 3), max_size=4)


def ledger(folder: Path, **entities: list[Row]) -> Ledger:
    """A ledger of these rows, with every column of theirs mapped."""
    (folder / "tables").mkdir(parents=True)
    for name, rows in entities.items():
        pq.write_table(ledger_table(name, rows), folder / "tables" / f"{name}.parquet")
    mapped = {
        name: frozenset(row for each in rows for row in each) for name, rows in entities.items()
    }
    return Ledger(folder.name, folder, mapped, {}, (), date(2026, 6, 30), 30, {})


def keyed(names: list[str]) -> dict[str, int]:
    """Dense keys in the order of the ids, as a load gives them."""
    return {name: place for place, name in enumerate(sorted(names), start=1)}


def accounts(names: list[str]) -> list[Row]:
    return [
        {"account_key": key, "account_id": name, "name": f"Account {name}"}
        for name, key in keyed(names).items()
    ]


def lines(held: Mapping[str, tuple[str, int]], names: list[str]) -> list[Row]:
    return [
        {
            "subscription_id": line,
            "account_key": keyed(names)[account],
            "starts_on": date(2025, 1, 1),
            "arr_minor": amount,
            "currency": "USD",
        }
        for line, (account, amount) in held.items()
    ]


def test_an_account_that_shifts_every_key_changes_no_other_row(tmp_path: Path) -> None:
    held = {"s1": ("b", 100), "s2": ("c", 200)}
    names, more = ["b", "c"], ["a", "b", "c"]
    before = ledger(tmp_path / "one", account=accounts(names), subscription=lines(held, names))
    after = ledger(tmp_path / "two", account=accounts(more), subscription=lines(held, more))
    with compared(before, after, tmp_path / "scratch") as found:
        (change,) = found.entities
    assert (change.entity, change.corrected, change.gone, change.added) == ("account", 0, 0, 1)
    assert change.added_ids == ("a",)


def test_a_natural_key_with_an_empty_column_is_a_key(tmp_path: Path) -> None:
    def usage(users: int) -> list[Row]:
        month = date(2026, 6, 30)
        return [
            {"account_key": 1, "month": month, "product": "core", "active_users": users},
            {"account_key": 1, "month": month, "product": "core", "feature": "x"},
        ]

    before = ledger(tmp_path / "one", account=accounts(["a"]), usage=usage(4))
    after = ledger(tmp_path / "two", account=accounts(["a"]), usage=usage(5))
    with compared(before, after, tmp_path / "scratch") as found:
        (change,) = found.entities
    assert (change.entity, change.corrected, change.gone, change.added) == ("usage", 1, 0, 0)
    assert change.corrected_ids == ("a 2026-06-30 core",)


def test_examples_hold_no_personal_column(tmp_path: Path) -> None:
    def earned(person: str) -> list[Row]:
        return [
            {
                "partner_key": 1,
                "person_key": person,
                "certification": "core",
                "earned_on": date(2026, 1, 1),
            }
        ]

    partners: list[Row] = [{"partner_key": 1, "partner_id": "p1", "name": "P", "kinds": "services"}]
    before = ledger(tmp_path / "one", partner=partners, certification=earned("ann"))
    after = ledger(tmp_path / "two", partner=partners, certification=earned("bob"))
    with compared(before, after, tmp_path / "scratch") as found:
        (change,) = found.entities
    assert (change.gone, change.added) == (1, 1)
    assert change.added_ids == change.gone_ids == ("p1 core 2026-01-01",)


def test_a_feed_that_is_new_holds_new_facts_only(tmp_path: Path) -> None:
    before = ledger(tmp_path / "one", account=accounts(["a"]))
    after = ledger(
        tmp_path / "two", account=accounts(["a"]), subscription=lines({"s1": ("a", 5)}, ["a"])
    )
    with compared(before, after, tmp_path / "scratch") as found:
        assert found.adds and not found.corrects
        assert set(found.corrected(tmp_path / "known").mapped) == {"account"}
    with compared(after, before, tmp_path / "scratch") as found:
        assert found.corrects
        (change,) = found.entities
        assert (change.entity, change.gone) == ("subscription", 1)


def test_a_parent_that_is_new_is_no_parent_yet(tmp_path: Path) -> None:
    child = {"account_key": 1, "account_id": "a", "name": "A"}
    parent = {"account_key": 2, "account_id": "b", "name": "B"}
    led = {**child, "parent_account_id": "b", "parent_account_key": 2}
    before = ledger(tmp_path / "one", account=[child])
    after = ledger(tmp_path / "two", account=[led, parent])
    with compared(before, after, tmp_path / "scratch") as found:
        known = found.corrected(tmp_path / "known")
    (row,) = pq.read_table(known.table_path("account")).to_pylist()
    assert (row["parent_account_id"], row["parent_account_key"]) == ("b", None)


@settings(max_examples=60, deadline=None)
@given(ACCOUNTS, ACCOUNTS, LINES, LINES, st.data())
def test_corrections_are_the_rows_that_both_know_as_the_later_has_them(
    earlier: list[str],
    later: list[str],
    before_amounts: dict[str, int],
    after_amounts: dict[str, int],
    data: st.DataObject,
) -> None:
    a = {s: (data.draw(st.sampled_from(earlier)), n) for s, n in before_amounts.items()}
    b = {s: (data.draw(st.sampled_from(later)), n) for s, n in after_amounts.items()}
    with TemporaryDirectory() as folder:
        root = Path(folder)
        one = ledger(root / "one", account=accounts(earlier), subscription=lines(a, earlier))
        two = ledger(root / "two", account=accounts(later), subscription=lines(b, later))
        with compared(one, two, root / "scratch") as found:
            changes = {each.entity: each for each in found.entities}
            known = found.corrected(root / "known")
            line = changes.get("subscription")
            counts = (line.corrected, line.gone, line.added) if line else (0, 0, 0)
            assert counts == (
                sum(a[s] != b[s] for s in a.keys() & b.keys()),
                len(a.keys() - b.keys()),
                len(b.keys() - a.keys()),
            )
        rows = pq.read_table(known.table_path("subscription")).to_pylist()
        names = {
            row["account_key"]: row["account_id"]
            for row in pq.read_table(known.table_path("account")).to_pylist()
        }
    assert set(names.values()) == set(earlier) & set(later)
    assert {
        row["subscription_id"]: (names[row["account_key"]], row["arr_minor"]) for row in rows
    } == {s: b[s] for s in a.keys() & b.keys() if b[s][0] in earlier}
