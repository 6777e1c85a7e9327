"""What a mapped export leaves out or puts aside is told by file, record and rule."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines.embedded import Embedded
from lichen.ledger import Ledger, load
from lichen.ledger.errors import FeedsUnusable
from lichen.ledger.mapping import MappingUnusable
from lichen.ledger.raw import Hints, find_raw, read_raw
from lichen.vocabulary.definitions import Definitions

MAPPING = """
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = "name"
created_on = "since"
segment = { column = "size", values = { S = "smb", M = "mid_market" } }
"""


def workspace(root: Path, files: dict[str, str | bytes], mapping: str = MAPPING) -> Path:
    for name, content in files.items():
        path = root / "raw" / "crm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "mappings").mkdir()
    (root / "mappings" / "crm.toml").write_text(mapping)
    return root


def put_aside(ledger: Ledger) -> list[tuple[object, ...]]:
    names = ("file", "record", "column", "value", "reason")
    rows = ledger.quarantine.to_pylist()
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_a_cell_that_does_not_hold_is_told_with_its_own_file_and_record(tmp_path: Path) -> None:
    first = "id,name,since,size\n1,Acme,2021-01-31,S\n2,Beta,2021-02-28,M\n"
    second = "id,name,since,size\n3,Gamma,2021-03-31,XL\n4,,2021-04-30,S\n5,Delta,soon,S\n"
    files = {"accounts/a.csv": first, "accounts/b.csv": second}
    ledger = load(workspace(tmp_path, files), Definitions())
    assert put_aside(ledger) == [
        ("crm/accounts/b.csv", 1, "segment", "XL", "is not one of the words"),
        ("crm/accounts/b.csv", 2, "name", None, "is empty"),
        ("crm/accounts/b.csv", 3, "created_on", "soon", "is not a date"),
    ]


def test_rows_of_one_key_are_told_apart_by_file_and_record(tmp_path: Path) -> None:
    files = {
        "accounts/a.csv": "id,name,since,size\n1,Acme,2021-01-31,S\n",
        "accounts/b.csv": "id,name,since,size\n1,Acme Inc,2021-01-31,S\n1,Acme,2021-01-31,S\n",
    }
    ledger = load(workspace(tmp_path, files), Definitions())
    reasons = {(file, record): reason for file, record, _, _, reason in put_aside(ledger)}
    assert set(reasons) == {
        ("crm/accounts/a.csv", 1),
        ("crm/accounts/b.csv", 1),
        ("crm/accounts/b.csv", 2),
    }
    assert reasons["crm/accounts/b.csv", 1].startswith("has the key of crm/accounts/a.csv record 1")


def test_a_record_with_too_many_fields_is_rejected_and_counted(tmp_path: Path) -> None:
    text = "id,name,since,size\n1,Acme,2021-01-31,S\n2,Be,ta,2021-02-28,M\n"
    ledger = load(workspace(tmp_path, {"accounts.csv": text}), Definitions())
    assert [row[:2] for row in put_aside(ledger)] == [("crm/accounts.csv", 2)]
    (file,) = [row for row in ledger.accounting.to_pylist() if row["level"] == "file"]
    assert (file["records"], file["parsed"], file["rejected"]) == (2, 1, 1)


def test_dates_that_fit_two_orders_stop_the_load_with_the_evidence(tmp_path: Path) -> None:
    text = "id,name,since,size\n1,Acme,03-04-2021,S\n2,Beta,05-06-2021,M\n"
    with pytest.raises(FeedsUnusable) as stopped:
        load(workspace(tmp_path, {"accounts.csv": text}), Definitions())
    assert "created_on" in str(stopped.value)
    assert "03-04-2021" in str(stopped.value)
    assert "DD-MM-YYYY" in str(stopped.value)


def test_a_mapping_that_names_an_absent_column_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(MappingUnusable, match="has no column 'since'"):
        load(workspace(tmp_path, {"accounts.csv": "id,name,size\n1,Acme,S\n"}), Definitions())


def test_a_folder_without_a_mapping_names_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "raw" / "gizmo").mkdir(parents=True)
    (tmp_path / "raw" / "gizmo" / "x.csv").write_text("a\n1\n")
    with pytest.raises(FeedsUnusable, match="raw/gizmo: has no mapping.*--suggest"):
        load(tmp_path, Definitions())


def test_a_link_out_of_the_folder_and_a_loose_file_are_refused_together(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"accounts.csv": "id,name,since,size\n"})
    (tmp_path / "secret.csv").write_text("id\n1\n")
    (root / "raw" / "crm" / "linked.csv").symlink_to(tmp_path / "secret.csv")
    (root / "raw" / "loose.csv").write_text("a\n1\n")
    with pytest.raises(FeedsUnusable) as stopped:
        load(root, Definitions())
    assert "leads out of its folder" in str(stopped.value)
    assert "raw/loose.csv: stands in no folder of a source" in str(stopped.value)


def test_a_folder_named_by_a_variable_that_is_not_set_is_told(tmp_path: Path) -> None:
    declared = {"sources": {"crm": {"folder": "$LICHEN_NOT_SET_ANYWHERE/x"}}}
    with pytest.raises(FeedsUnusable, match="LICHEN_NOT_SET_ANYWHERE, which is not set"):
        load(tmp_path, Definitions.model_validate(declared))


def test_a_contract_leaves_out_cells_of_another_type_under_its_own_rule(tmp_path: Path) -> None:
    contract = """
[tables.accounts]
columns = { id = "integer", name = "text", since = "date", size = "text" }
contract = { types = "discard_row" }
"""
    text = "id,name,since,size\n1,Acme,2021-01-31,S\nx2,Beta,2021-02-28,M\n"
    ledger = load(workspace(tmp_path, {"accounts.csv": text}, contract + MAPPING), Definitions())
    told = [
        (row["level"], row["input"], row["mapped"], row["filtered"])
        for row in ledger.accounting.to_pylist()
        if row["level"] in ("mapping", "filter")
    ]
    assert told == [("mapping", 2, 1, 1), ("filter", None, None, 1)]


def test_a_frozen_table_that_gained_a_column_stops_the_load_with_the_difference(
    tmp_path: Path,
) -> None:
    contract = """
[tables.accounts]
columns = { id = "text", name = "text", since = "date", size = "text" }
contract = { columns = "freeze" }
"""
    text = "id,name,since,size,owner\n1,Acme,2021-01-31,S,ann\n"
    with pytest.raises(MappingUnusable, match=r"\+ owner"):
        load(workspace(tmp_path, {"accounts.csv": text}, contract + MAPPING), Definitions())


def test_hidden_sheets_are_a_finding(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name, row in {"Accounts": [1, "Acme"], "Old": [2, "Beta"]}.items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate([["id", "name"], row]):
                sheet.write_row(place, 0, cells)
        sheet.hide()
    content = (tmp_path / "book.xlsx").read_bytes()
    mapping = MAPPING.split("created_on", maxsplit=1)[0]
    ledger = load(workspace(tmp_path, {"accounts.xlsx": content}, mapping), Definitions())
    assert ledger.rows == {"account": 1}
    found = next(one for one in ledger.findings if one.code == "hidden_sheets")
    assert (found.count, found.examples) == (1, ("Old",))
    assert "crm/accounts.xlsx, hidden sheets not read: Old" in found.sentence


def test_an_end_that_is_called_inclusive_twice_is_refused(tmp_path: Path) -> None:
    mapping = (
        MAPPING
        + """
[[map]]
entity = "subscription"
from = "lines"
inclusive_end = true
[map.columns]
subscription_id = "id"
account_id = "id"
starts_on = "id"
arr_amount = "id"
currency = { constant = "USD" }
"""
    )
    told = Definitions.model_validate({"feeds": {"subscription": {"inclusive_end": True}}})
    root = workspace(tmp_path, {"accounts.csv": "id,name\n", "lines.csv": "id\n"}, mapping)
    with pytest.raises(FeedsUnusable, match="lines -> subscription.*two days would be added"):
        load(root, told)


CELLS = st.sampled_from(["", " ", "\u00a0", "\ufeff", "a", " a ", "\u00e9", "\t", "~", "1"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_fill_that_was_counted_by_the_way_is_that_of_the_cells(rows: list[tuple[str, str]]) -> None:
    blank = " \t\u00a0\ufeff"
    # A line of nothing but blanks is no record, so every row has an id.
    text = "id,x,y\n" + "".join(f"{n},{x},{y}\n" for n, (x, y) in enumerate(rows))
    with TemporaryDirectory() as folder, Embedded(Path(folder)) as session:
        path = Path(folder, "a.csv")
        path.write_bytes(text.encode())
        (file,) = find_raw(Path(folder), "raw/crm")
        read = read_raw(session, Path(folder), file, Hints())
        wanted = [sum(bool(row[place].strip(blank)) for row in rows) for place in (0, 1)]
        assert read.filled == (len(rows), *wanted)
        counts = session.row(f"SELECT count(id), count(x), count(y) FROM ({read.relation})")
        assert counts == read.filled
