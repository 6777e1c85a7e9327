"""The same exports saved in other forms give the same ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

MAPPING = """
[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "Id"
name = "Name"
created_on = "Created"

[[map]]
entity = "subscription"
from = "contracts"
[map.columns]
subscription_id = "Contract"
account_id = "Company"
starts_on = "Start"
ends_on = "End"
arr_amount = "Annual value"
currency = { constant = "EUR" }
[map.where]
"drafts" = { column = "Status", not_in = ["draft"] }
"""

COMPANIES = [
    ("Id", "Name", "Created"),
    ("1", "Café Müller", "2021-03-25"),
    ("2", "Ørsted & Søn", "2021-04-05"),
    ("3", "Naïve “Quotes”", "2020-12-31"),
]
CONTRACTS = [
    ("Contract", "Company", "Start", "End", "Annual value", "Status"),
    ("c1", "1", "2021-04-01", "2022-03-31", "1200.50", "signed"),
    ("c2", "1", "2022-04-13", "", "12345.00", "signed"),
    ("c3", "2", "2021-05-06", "", "999.99", "signed"),
    ("c4", "3", "2021-05-31", "", "7", "draft"),
]
DEFINITIONS = Definitions.model_validate({"workspace": {"currency": "EUR"}})

Rows = list[tuple[str, ...]]


def day_first(text: str) -> str:
    parts = text.split("-")
    return "-".join(reversed(parts)) if len(parts) == 3 else text


def comma(text: str) -> str:
    whole, point, rest = text.partition(".")
    if not whole.isdigit():
        return text
    return f"{int(whole):,}".replace(",", ".") + ("," + rest if point else "")


def with_columns(rows: Rows, change: Callable[[str], str], names: set[str]) -> Rows:
    head, *body = rows
    return [head, *(
        tuple(change(cell) if head[at] in names else cell for at, cell in enumerate(row))
        for row in body
    )]  # fmt: skip


def csv_of(rows: Rows, delimiter: str = ",") -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if delimiter in text or '"' in text else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def plain(folder: Path) -> None:
    (folder / "companies.csv").write_text(csv_of(COMPANIES), encoding="utf-8")
    (folder / "contracts.csv").write_text(csv_of(CONTRACTS), encoding="utf-8")


def european(folder: Path) -> None:
    dated = with_columns(COMPANIES, day_first, {"Created"})
    lines = with_columns(CONTRACTS, day_first, {"Start", "End"})
    lines = with_columns(lines, comma, {"Annual value"})
    (folder / "companies.csv").write_bytes(csv_of(dated, ";").encode("cp1252"))
    (folder / "contracts.csv").write_bytes(csv_of(lines, ";").encode("cp1252"))


def utf16_with_titles(folder: Path) -> None:
    title = "Companies of the group\r\n\r\n"
    end = "\r\nTotal of 3\r\nConfidential, do not copy\r\n"
    text = title + csv_of(COMPANIES, "\t") + end
    (folder / "companies.txt").write_bytes(text.encode("utf-16"))
    (folder / "contracts.tsv").write_text(csv_of(CONTRACTS, "\t"), encoding="utf-8-sig")


def workbook(folder: Path) -> None:
    from datetime import date

    with xlsxwriter.Workbook(folder / "export.xlsx") as book:
        dates = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in (("companies", COMPANIES), ("contracts", CONTRACTS)):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for place, text in enumerate(row):
                    if text[:2] == "20":
                        sheet.write_datetime(at, place, date.fromisoformat(text), dates)
                    elif at and rows[0][place] == "Annual value":
                        sheet.write_number(at, place, float(text))
                    elif text:
                        sheet.write_string(at, place, text)


def json_lines(folder: Path) -> None:
    for name, (head, *body) in (("companies", COMPANIES), ("contracts", CONTRACTS)):
        lines = [json.dumps(dict(zip(head, row, strict=True))) for row in body]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def parquet(folder: Path) -> None:
    for name, (head, *body) in (("companies", COMPANIES), ("contracts", CONTRACTS)):
        columns = dict(zip(head, zip(*body, strict=True), strict=True))
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def packed(folder: Path) -> None:
    import gzip
    from zipfile import ZIP_DEFLATED, ZipFile

    with ZipFile(folder / "all.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("export/companies.csv", csv_of(COMPANIES))
    (folder / "contracts.csv.gz").write_bytes(gzip.compress(csv_of(CONTRACTS).encode()))


def split(folder: Path) -> None:
    head, *body = CONTRACTS
    (folder / "contracts").mkdir()
    for place, row in enumerate(reversed(body)):
        (folder / "contracts" / f"{place}.csv").write_text(csv_of([head, row]))
    (folder / "companies.csv").write_text(csv_of(COMPANIES), encoding="utf-8")


def as_workspace(root: Path, write: Callable[[Path], None]) -> Path:
    folder = root / "raw" / "crm"
    folder.mkdir(parents=True)
    write(folder)
    (root / "mappings").mkdir()
    sheets = ""
    if write is workbook:
        names = ("companies", "contracts")
        sheets = "".join(f'[tables.{name}]\ncalled = ["export_{name}"]\n' for name in names)
    (root / "mappings" / "crm.toml").write_text(sheets + MAPPING)
    return root


def tables(ledger: Ledger) -> dict[str, list[str]]:
    return {
        name: sorted(str(row) for row in pq.read_table(ledger.table_path(name)).to_pylist())
        for name in ledger.mapped
    }


def entity_counts(ledger: Ledger, level: str) -> list[tuple[str, int, int, int]]:
    return [
        (row["entity"], row["input"], row["mapped"], row["filtered"])
        for row in ledger.accounting.to_pylist()
        if row["level"] == level
    ]


def test_a_mapped_export_is_a_ledger_with_ids_of_its_system(tmp_path: Path) -> None:
    ledger = load(as_workspace(tmp_path, plain), DEFINITIONS)
    lines = pq.read_table(ledger.table_path("subscription")).sort_by("subscription_id").to_pylist()
    assert [(row["subscription_id"], str(row["starts_on"]), row["arr_minor"]) for row in lines] == [
        ("crm:c1", "2021-04-01", 120050),
        ("crm:c2", "2022-04-13", 1234500),
        ("crm:c3", "2021-05-06", 99999),
    ]
    assert pq.read_table(ledger.table_path("account"))["name"].to_pylist() == [
        "Café Müller",
        "Ørsted & Søn",
        "Naïve “Quotes”",
    ]
    assert entity_counts(ledger, "mapping") == [("account", 3, 3, 0), ("subscription", 4, 3, 1)]


@pytest.mark.parametrize(
    "form", [european, utf16_with_titles, workbook, json_lines, parquet, packed, split]
)
def test_the_form_of_an_export_does_not_change_the_ledger(tmp_path: Path, form) -> None:
    first = load(as_workspace(tmp_path / "plain", plain), DEFINITIONS)
    second = load(as_workspace(tmp_path / "other", form), DEFINITIONS)
    assert tables(second) == tables(first)
    assert entity_counts(second, "mapping") == entity_counts(first, "mapping")


def test_an_unchanged_export_is_not_read_again(tmp_path: Path) -> None:
    root = as_workspace(tmp_path, european)
    first = load(root, DEFINITIONS)
    folder = first.folder.stat().st_mtime_ns
    assert load(root, DEFINITIONS).folder.stat().st_mtime_ns == folder
