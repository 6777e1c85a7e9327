"""Text in any encoding reads the same, and one bad byte costs its own record only."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_folder import RawFolder

from lichen.ledger.errors import FeedsUnusable

TEXT = "id,name\n1,Müller\n2,Žižka\n3,Øre €\n4,Plain\n"
ROWS = [("id", "name"), ("1", "Müller"), ("2", "Žižka"), ("3", "Øre €"), ("4", "Plain")]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252"],
)
def test_an_encoding_is_told_by_its_mark_or_its_bytes(raw: RawFolder, encoding: str) -> None:
    assert raw.table("a.csv", TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize(
    ("mark", "encoding"), [(b"\xfe\xff", "utf-16-be"), (b"\0\0\xfe\xff", "utf-32-be")]
)
def test_marks_of_big_endian_text_are_known(raw: RawFolder, mark: bytes, encoding: str) -> None:
    assert raw.table("a.csv", mark + TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["iso8859-2", "cp1250", "utf-16-le", "UTF8"])
def test_an_encoding_may_be_declared(raw: RawFolder, encoding: str) -> None:
    text = TEXT.replace("Ø", "O").replace(" €", "")
    assert raw.table("a.csv", text.encode(encoding), encoding=encoding)[2] == ("2", "Žižka")


@pytest.mark.parametrize("encoding", ["klingon", "zip", "hex", "rot13", "a\0b", ""])
def test_what_is_no_encoding_of_text_is_refused(raw: RawFolder, encoding: str) -> None:
    with pytest.raises(FeedsUnusable, match="is no known encoding"):
        raw.read("a.csv", TEXT, encoding=encoding)


def test_text_that_is_not_in_the_declared_encoding_is_refused(raw: RawFolder) -> None:
    with pytest.raises(FeedsUnusable, match="is not text in utf-16"):
        raw.read("a.csv", b"\xff\xfea\0,\0b\0\n", encoding="utf-16")


def test_text_that_is_not_utf8_is_taken_as_cp1252_and_its_letters_are_shown(raw) -> None:
    read = raw.read("a.csv", "id;name\n1;Müller €\n2;Señor\n".encode("cp1252"))
    assert raw.rows(read) == [("1", "Müller €"), ("2", "Señor")]
    assert read.notes[0] == (
        "cp1252, as it is not UTF-8: its letters are then ü € ñ; declare encoding if they are wrong"
    )


def test_text_with_many_bytes_that_cp1252_leaves_out_is_refused(raw: RawFolder) -> None:
    data = b"id,name\n" + "1,Åäö\n".encode("mac_roman") * 3
    with pytest.raises(FeedsUnusable, match="3 places mean nothing in it. Declare its encoding"):
        raw.read("a.csv", data)
    assert raw.table("a.csv", data, encoding="mac_roman")[1] == ("1", "Åäö")


def test_one_byte_that_cp1252_leaves_out_costs_its_record_only(raw: RawFolder) -> None:
    read = raw.read("a.csv", b"id,name\n" + b"1,M\xfcller\n" * 30 + b"2,\x81\n")
    assert read.records == 31
    assert [(one.record, one.reason) for one in read.rejects] == [(31, "is not text in cp1252")]


def test_half_a_pair_in_utf16_costs_its_record_only(raw: RawFolder) -> None:
    text = "id,name\n1,Alder\n2,?\n" + "3,Cedar\n" * 5
    data = b"\xff\xfe" + text.encode("utf-16-le").replace(b"?\0", b"\x00\xd8")
    read = raw.read("a.csv", data)
    assert [(one.record, one.reason) for one in read.rejects] == [(2, "is not text in utf-16")]


def test_one_broken_byte_in_utf8_costs_its_record_only(raw: RawFolder) -> None:
    data = TEXT.encode().replace("Ž".encode(), b"\xff")
    read = raw.read("a.csv", data)
    assert [row[1] for row in raw.rows(read)] == ["Müller", "Øre €", "Plain"]
    assert [(one.record, one.reason) for one in read.rejects] == [(2, "is not UTF-8")]


def test_a_replacement_character_that_was_written_is_text(raw: RawFolder) -> None:
    assert raw.table("a.csv", "id,name\n1,M\ufffdller\n")[1] == ("1", "M\ufffdller")


LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc", "Cf", "Zs"))
CELLS = st.text(st.one_of(LETTERS, st.sampled_from(list(',;|\t"\n =-'))), max_size=6).map(
    lambda text: text.strip(" \t\n\xa0") or "x"
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_reads_back_the_same(raw, rows, encoding, delimiter, quoting, end) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([("id", "name", "size"), *rows])
    declared = {"encoding": encoding, "delimiter": delimiter, "footer_lines": 0}
    data = text.getvalue().encode(encoding)
    assert raw.table("a.csv", data, header_line=1, **declared)[1:] == rows
