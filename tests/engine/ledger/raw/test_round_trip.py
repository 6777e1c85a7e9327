"""Whatever form a table of text is saved in, the same cells come back; damage loses no record."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines.embedded import Embedded
from lichen.engines.text import BLANKS
from lichen.kernel.errors import LichenError
from lichen.ledger.raw import Hints, RawFileRead, find_raw, read_raw

HEADER = ("Id", "Name", "Note")
LETTERS = "abcXYZ 019.,;|\t'\"-=äéñß€“\n"
CELL = st.text(LETTERS, max_size=8).map(lambda text: text.strip(BLANKS))
ROWS = st.lists(st.tuples(CELL, CELL, CELL).filter(any), max_size=8)
TITLES = ("", "Report of the day\n\n", "Pipeline\n\nAll partners\n")
FOOTERS = ("", "\nGrand Totals (8 records)\nConfidential\n", "\nBy Ann\n\nCopyright 2024 Acme\n")

Rows = list[tuple[str, str, str]]


def cells(session: Embedded, read: RawFileRead) -> Rows:
    found = session.rows(f"SELECT * FROM ({read.relation}) ORDER BY record")
    assert read.records == len(found) + read.rejected
    return [tuple(cell or "" for cell in row[1:]) for row in found]


def read_back(session: Embedded, name: str, data: bytes, hints: Hints) -> RawFileRead:
    root = Path(tempfile.mkdtemp(dir=SCRATCH[0]))
    (root / "raw").mkdir()
    (root / "raw" / name).write_bytes(data)
    (file,) = find_raw(root / "raw", "raw/crm")
    return read_raw(session, root, file, hints)


SCRATCH: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory) -> None:
    SCRATCH[:] = [tmp_path_factory.mktemp("round")]


def as_text(rows: Rows, delimiter: str, quoting: int, end: str) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return target.getvalue()


def in_a_zip(data: bytes) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("x.csv", data)
    return target.getvalue()


PACKINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("x.csv", bytes),
    "gzip": ("x.csv.gz", gzip.compress),
    "zip": ("x.zip", in_a_zip),
}


@settings(max_examples=150)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    title=st.sampled_from(TITLES),
    footer=st.sampled_from(FOOTERS),
    packing=st.sampled_from(sorted(PACKINGS)),
)
def test_delimited_text_of_any_form_gives_the_same_cells(
    session, rows, delimiter, encoding, quoting, end, title, footer, packing
) -> None:
    if not rows:
        title = ""  # A header alone below titles cannot be told from them.
    text = title + as_text(rows, delimiter, quoting, end) + footer
    name, pack = PACKINGS[packing]
    # Random cells of few records can look like any dialect, so what decides is declared: real
    # exports are found out by test_delimited and by the connectors' samples.
    hints = Hints(delimiter=delimiter, encoding=encoding if encoding == "cp1252" else None)
    read = read_back(session, name, pack(text.encode(encoding)), hints)
    assert read.columns == HEADER
    assert cells(session, read) == rows
    assert not read.rejected


WORDS = st.text("abcdefg äéñ", min_size=1, max_size=8).map(lambda text: f"x{text.strip()}")


@settings(max_examples=100)
@given(
    rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    title=st.sampled_from(TITLES),
    footer=st.sampled_from(FOOTERS),
)
def test_of_words_the_dialect_and_the_encoding_are_found_out(
    session, rows, delimiter, encoding, title, footer
) -> None:
    text = title + as_text(rows, delimiter, csv.QUOTE_MINIMAL, "\n") + footer
    read = read_back(session, "x.csv", text.encode(encoding), Hints())
    assert (read.columns, cells(session, read), read.rejected) == (HEADER, rows, 0)


def workbook(rows: Rows) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADER, *rows]):
            for place, text in enumerate(row):
                sheet.write_string(at, place, text)
    return target.getvalue()


def json_lines(rows: Rows) -> bytes:
    return "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows).encode()


def parquet(rows: Rows) -> bytes:
    target = io.BytesIO()
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    pq.write_table(pa.table([pa.array(one, pa.string()) for one in columns], HEADER), target)
    return target.getvalue()


@settings(max_examples=60)
@given(rows=ROWS.filter(bool), form=st.sampled_from(["xlsx", "jsonl", "json", "parquet"]))
def test_typed_forms_give_the_same_cells(session, rows, form: str) -> None:
    objects = [dict(zip(HEADER, row, strict=True)) for row in rows]
    data = {
        "xlsx": lambda: workbook(rows),
        "jsonl": lambda: json_lines(rows),
        "json": lambda: json.dumps(objects).encode(),
        "parquet": lambda: parquet(rows),
    }[form]()
    read = read_back(session, f"x.{form}", data, Hints())
    assert (read.columns, cells(session, read), read.rejected) == (HEADER, rows, 0)


SOUND: Rows = [(f"{place}", f"Alder, {place}é", "one\ntwo") for place in range(12)]
TEXT = as_text(SOUND, ";", csv.QUOTE_MINIMAL, "\r\n")


def forms() -> dict[str, bytes]:
    return {
        "a.csv": TEXT.encode(),
        "b.csv": TEXT.encode("utf-16"),
        "c.csv": ("Report\n\n" + TEXT + "\nConfidential\n").encode("cp1252"),
        "d.csv.gz": gzip.compress(TEXT.encode()),
        "e.zip": in_a_zip(TEXT.encode()),
        "f.jsonl": json_lines(SOUND),
        "g.json": json.dumps(
            {"data": [dict(zip(HEADER, row, strict=True)) for row in SOUND]}
        ).encode(),
        "h.xlsx": workbook(SOUND),
        "i.parquet": parquet(SOUND),
    }


def damaged(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                del changed[place : place + chance.randint(1, 30)]
            case 1:
                changed[place:place] = changed[place : place + chance.randint(1, 30)]
            case 2 if place > 20:
                del changed[place:]
            case _:
                changed[place] = chance.choice([*b'";\n\r\0\xff\xd8', chance.randrange(256)])
        if not changed:
            return b""
    return bytes(changed)


def tried(session: Embedded, name: str, data: bytes) -> bool:
    """Whether a damaged file was read; if not, it was refused with a next step."""
    root = Path(tempfile.mkdtemp(dir=SCRATCH[0]))
    (root / "raw").mkdir()
    (root / "raw" / name).write_bytes(data)
    try:
        for file in find_raw(root / "raw", "raw/crm"):
            read = read_raw(session, root, file, Hints())
            rows = session.rows(f"SELECT * FROM ({read.relation})")
            assert read.records == len(rows) + read.rejected
            numbers = sorted([row[0] for row in rows] + [one.record for one in read.rejects])
            assert numbers == list(range(1, read.records + 1))
    except LichenError as error:
        assert error.next_step and "embedded engine" not in str(error)
        return False
    return True


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.parametrize("name", sorted(forms()))
def test_much_damage_leaves_every_record_accounted_for(session, name: str) -> None:
    chance = random.Random(f"much {name}")
    sound = forms()[name]
    read = sum(tried(session, name, damaged(chance, sound)) for _ in range(300))
    assert read or name in ("d.csv.gz", "e.zip", "h.xlsx")
