"""Rows as they stood earlier, and parents by day, are facts that two ledgers may differ in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from facts_from_rows import Row, ledger_table

from lichen.ledger.changes import compared
from lichen.ledger.ledger import Ledger
from lichen.ledger.links import FILE, SCHEMA
from lichen.ledger.write import earlier_path

JUNE = date(2026, 6, 30)


def account(key: int, name: str, segment: str = "smb") -> Row:
    return {"account_key": key, "account_id": name, "name": name, "segment": segment}


def ledger(folder: Path, *accounts: Row, earlier: tuple[Row, ...] = ()) -> Ledger:
    """Accounts now, and as they stood until June 2026."""
    tables = folder / "tables"
    tables.mkdir(parents=True)
    pq.write_table(ledger_table("account", accounts), tables / "account.parquet")
    if earlier:
        rows = ledger_table("account", earlier)
        told = pa.array([None] * len(earlier), pa.date32())
        until = pa.array([JUNE] * len(earlier), pa.date32())
        rows = rows.append_column("told_on", told).append_column("until_on", until)
        pq.write_table(rows, earlier_path(tables, "account"))
    columns = frozenset({"account_id", "name", "segment"})
    return Ledger(folder.name, folder, {"account": columns}, {}, (), JUNE, 30, {})


def link(ledger: Ledger, *links: tuple[str, int, str, int]) -> Ledger:
    """Whose parent is who since June, with the dense keys of both."""
    rows = [
        {"low": low, "parent": parent, "since": JUNE, "until": None, "low_key": a, "parent_key": b}
        for low, a, parent, b in links
    ]
    keys = [("low_key", pa.int64()), ("parent_key", pa.int64())]
    schema = pa.schema([*SCHEMA, *keys])
    pq.write_table(pa.Table.from_pylist(rows, schema), ledger.folder / "tables" / FILE)
    return ledger


def test_a_row_that_stood_in_another_way_before_is_corrected(tmp_path: Path) -> None:
    now = account(1, "a")
    before = ledger(tmp_path / "one", now, earlier=(account(1, "a", "enterprise"),))
    after = ledger(tmp_path / "two", now, earlier=(account(1, "a", "mid_market"),))
    with compared(before, after, tmp_path / "scratch") as found:
        (change,) = found.entities
        assert (change.corrected, change.corrected_ids) == (1, ("a",))
    with compared(before, before, tmp_path / "scratch") as found:
        assert found.entities == ()


def test_earlier_rows_that_only_one_ledger_has_are_told(tmp_path: Path) -> None:
    before = ledger(tmp_path / "one", account(1, "a"))
    after = ledger(tmp_path / "two", account(1, "a"), earlier=(account(1, "a", "enterprise"),))
    for one, two in ((before, after), (after, before)):
        with compared(one, two, tmp_path / "scratch") as found:
            assert [each.corrected for each in found.entities] == [1]


def test_corrections_take_along_what_stands_beside_known_rows_only(tmp_path: Path) -> None:
    before = ledger(tmp_path / "one", account(1, "b"), account(2, "c"))
    after = ledger(
        tmp_path / "two",
        *(account(key, name) for key, name in enumerate("abc", start=1)),
        earlier=(account(1, "a", "enterprise"), account(2, "b", "enterprise")),
    )
    link(after, ("b", 2, "a", 1), ("b", 2, "c", 3))
    with compared(before, after, tmp_path / "scratch") as found:
        known = found.corrected(tmp_path / "known")
    tables = known.folder / "tables"
    earlier = pq.read_table(earlier_path(tables, "account")).to_pylist()
    assert [(row["account_id"], row["segment"], row["until_on"]) for row in earlier] == [
        ("b", "enterprise", JUNE)
    ]
    links = pq.read_table(tables / FILE).to_pylist()
    assert [(row["low"], row["parent"]) for row in links] == [("b", "c")]
