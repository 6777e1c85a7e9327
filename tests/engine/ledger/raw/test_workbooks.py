"""Workbooks: typed cells as canonical text, tables found among titles, tricks refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
from raw_folder import RawFolder, workbook

from lichen.ledger.errors import FeedsUnusable
from lichen.ledger.raw import Hints, find_raw, grid, read_raw
from lichen.ledger.raw.celltext import as_text


def test_typed_cells_become_canonical_text(raw: RawFolder) -> None:
    head = ["id", "on", "at", "paid", "amount", "count", "code"]
    rows = [
        head,
        [1, date(2024, 2, 29), datetime(2024, 2, 29, 10, 0, 1), True, 0.1, 1e6, "007"],
        [2, date(1999, 12, 31), datetime(2024, 2, 29), False, 1234.56, 0, "=1+1"],
    ]
    assert raw.table("a.xlsx", workbook({"S": rows})) == [
        tuple(head),
        (
            "1",
            "2024-02-29",
            "2024-02-29T10:00:01",
            "true",
            "0.1",
            "1000000",
            "007",
        ),
        ("2", "1999-12-31", "2024-02-29", "false", "1234.56", "0", "=1+1"),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1e-7, "0.0000001"),
        (1e22, "1" + "0" * 22),
        (1e15, "1000000000000000"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (time(12, 30), "12:30:00"),
        (timedelta(hours=36, seconds=1), "36:00:01"),
        (datetime(2024, 2, 29, 10, 0, 0, 500_000), "2024-02-29T10:00:00.500"),
        (datetime(2024, 2, 29, 9, 59, 59, 999_900), "2024-02-29T10:00:00"),
        (" x ", "x"),
        ("  ", None),
        ("", None),
    ],
)
def test_a_cell_has_one_canonical_text(cell: object, text: str | None) -> None:
    assert as_text(cell) == text


def test_titles_empty_rows_and_notes_are_no_records(raw: RawFolder) -> None:
    rows = [
        ["Account report"],
        [],
        ["id", "name", "size"],
        [1, "Alder", 5],
        [],
        [2, "Birch", None],
        ["Total", None, 5],
    ]
    read = raw.read("a.xlsx", workbook({"S": rows}))
    assert read.columns == ("id", "name", "size")
    assert raw.rows(read) == [("1", "Alder", "5"), ("2", "Birch", None)]
    assert read.notes == ("sheet S", "1 title row above the header", "1 row of notes at the end")


def test_columns_that_are_empty_or_nameless_keep_their_place(raw: RawFolder) -> None:
    rows = [[None, "id", None, "name"], [None, 1, None, "Alder", "more"], [None, 2, None, "Birch"]]
    columns, first, second = raw.table("a.xlsx", workbook({"S": rows}))
    assert columns[-4:] == ("id", f"column_{len(columns) - 2}", "name", f"column_{len(columns)}")
    assert (first[-4:], second[-4:]) == (("1", None, "Alder", "more"), ("2", None, "Birch", None))


def test_errors_of_formulas_are_empty_cells(raw: RawFolder) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "ratio", "sum"])
        sheet.write(1, 0, 1)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=1+1", None, 2)
    read = raw.read("a.xlsx", out.getvalue())
    assert raw.rows(read) == [("1", None, "2")]
    assert read.notes[-1] == "1 empty cell of formulas in error, such as #N/A"


def test_each_filled_sheet_is_a_table(raw: RawFolder) -> None:
    raw.write("book.xlsx", workbook({"Open Deals": [["a"], [1]], "Empty": [], "Won": [["a"], [2]]}))
    files = raw.files()
    assert [(file.table, file.name) for file in files] == [
        ("book_open_deals", "book.xlsx[Open Deals]"),
        ("book_won", "book.xlsx[Won]"),
    ]
    reads = [read_raw(raw.session, raw.root, file, Hints()) for file in files]
    assert [raw.rows(read) for read in reads] == [[("1",)], [("2",)]]


def test_one_filled_sheet_is_the_table_of_the_file(raw: RawFolder) -> None:
    raw.write("Won Deals.xlsx", workbook({"S": [["a"], [1]], "Empty": []}))
    assert [file.table for file in raw.files()] == ["won_deals"]


SECRET = {"Deals": [["a"], [1]], "Draft": [["a"], [2]], "Lists": [["a"], [3]]}


def test_hidden_sheets_are_skipped_and_said(raw: RawFolder) -> None:
    raw.write("book.xlsx", workbook(SECRET, hidden=["Draft"], deep=["Lists"]))
    (file,) = raw.files()
    assert (file.table, file.sheet, file.skipped) == ("book", "Deals", ("Draft", "Lists"))
    read = read_raw(raw.session, raw.root, file, Hints())
    assert read.notes == ("sheet Deals", "hidden sheets not read: Draft, Lists")
    assert raw.rows(read) == [("1",)]


def test_a_hidden_sheet_that_is_named_is_read(raw: RawFolder) -> None:
    raw.write("book.xlsx", workbook(SECRET, hidden=["Draft"], deep=["Lists"]))
    files = find_raw(raw.folder, "raw", {"Draft"})
    assert [(file.sheet, file.skipped) for file in files] == [
        ("Deals", ("Lists",)),
        ("Draft", ()),
    ]


def test_a_workbook_whose_filled_sheets_are_all_hidden_is_refused(raw: RawFolder) -> None:
    raw.write("book.xlsx", workbook({"Note": [], "Draft": [["a"], [2]]}, hidden=["Draft"]))
    with pytest.raises(FeedsUnusable, match=r"has hidden sheets only \(Draft\)"):
        raw.files()


def test_header_line_and_footer_lines_count_rows(raw: RawFolder) -> None:
    data = workbook({"S": [["x", "y"], ["id", "name"], [1, "Alder"], ["sum", "1"]]})
    hints = {"header_line": 2, "footer_lines": 1}
    assert raw.table("a.xlsx", data, **hints) == [("id", "name"), ("1", "Alder")]
    with pytest.raises(FeedsUnusable, match="footer_lines is declared as 9"):
        raw.read("a.xlsx", data, footer_lines=9)
    with pytest.raises(FeedsUnusable, match="has no header"):
        raw.read("a.xlsx", data, header_line=9)


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with a part of it altered."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", 8) as after:
        for info in before.infolist():
            part = before.read(info)
            after.writestr(info.filename, part.replace(old, new) if info.filename == name else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("cell", [b'r="B3"', b'r="B2"', b'r="A1"'])
@pytest.mark.parametrize("far", [b'r="XFD1048576"', b"s='1'  r = 'xfd1048576'"])
def test_two_cells_at_far_corners_are_refused_before_they_are_read(
    raw: RawFolder, cell: bytes, far: bytes
) -> None:
    data = workbook({"S": [["a", "b"], [1, 2], [3, 4]]})
    with pytest.raises(FeedsUnusable, match="cells so far apart"):
        raw.read("a.xlsx", changed(data, SHEET, cell, far))


def test_far_cells_are_seen_wherever_the_file_is_cut_into_pieces(monkeypatch) -> None:
    monkeypatch.setattr(grid, "LONGEST_TAG", 60)
    sheet = b'<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"/><c r="A2"/></row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("s", sheet)
    for chunk in range(1, len(sheet)):
        monkeypatch.setattr(grid, "CHUNK", chunk)
        found = grid.Grid()
        with zipfile.ZipFile(out) as archive:
            for piece in grid.pieces(archive, archive.getinfo("s"), "x"):
                found.add(piece)
        assert (found.count, found.span) == (3, 16_384 * 1_048_576)


def test_the_sheet_that_is_far_apart_may_go_by_any_name(raw: RawFolder) -> None:
    data = workbook({"S": [["a", "b"], [1, 2]]})
    far = changed(data, SHEET, b'r="B2"', b'r="XFD1048576"')
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(far)) as before, zipfile.ZipFile(out, "w", 8) as after:
        for name in before.namelist():
            part = before.read(name).replace(b"worksheets/sheet1.xml", b"other.bin")
            after.writestr("xl/other.bin" if name == SHEET else name, part)
    with pytest.raises(FeedsUnusable, match="cells so far apart that xl/other.bin spans"):
        raw.read("a.xlsx", out.getvalue())


def test_a_long_text_in_many_cells_is_refused_before_it_is_read(raw, monkeypatch) -> None:
    monkeypatch.setattr(grid, "LARGEST_TEXT", 100_000)
    many = [["id", "text"], *([place, "x" * 5000] for place in range(30))]
    with pytest.raises(FeedsUnusable, match=r"holds 150,\d\d\d bytes of text in the cells of"):
        raw.read("a.xlsx", workbook({"S": many}))
    few = [["id", "text"], [1, "x" * 5000], *([place, "y"] for place in range(30))]
    assert raw.read("a.xlsx", workbook({"S": few})).records == 31


def test_a_workbook_that_declares_entities_is_refused(raw: RawFolder) -> None:
    part = "xl/workbook.xml"
    data = changed(workbook({"S": [["a"], [1]]}), part, b"<workbook", b"<!DOCTYPE x []><workbook")
    with pytest.raises(FeedsUnusable, match="xl/workbook.xml declares entities"):
        raw.read("a.xlsx", data)


def test_a_workbook_that_unpacks_to_more_than_it_tells_is_refused(raw: RawFolder) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"S": [["a"], [1]]}))) as before:
        parts = {info.filename: before.read(info) for info in before.infolist()}
    with zipfile.ZipFile(out, "w", 8) as after:
        for name, part in parts.items():
            after.writestr(name, part + b" " * (5_000_000 if "sheet1" in name else 0))
    data = bytearray(out.getvalue())
    # Python's reader stops at the size that is told; the one that loads cells need not.
    for info in zipfile.ZipFile(io.BytesIO(bytes(data))).infolist():
        if "sheet1" in info.filename:
            told = info.file_size.to_bytes(4, "little")
            data = data.replace(told, (1000).to_bytes(4, "little"))
    with pytest.raises(FeedsUnusable, match="Bad CRC-32 for file"):
        raw.read("a.xlsx", bytes(data))


@pytest.mark.parametrize("size", [0, 10, 500, -200])
def test_a_workbook_cut_short_is_refused(raw: RawFolder, size: int) -> None:
    data = workbook({"S": [["a"], [1]]})
    with pytest.raises(FeedsUnusable, match="workbook|damaged"):
        raw.read("a.xlsx", data[:size])
