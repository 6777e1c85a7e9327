"""The fast and the careful way of reading text agree, and lose no record."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import scan_csv
from lichen.ledger import csvtext
from lichen.ledger.csvsurvey import survey
from lichen.ledger.csvtext import FIELD_LIMIT, read_carefully, read_header

FIELDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)),
    max_size=6,
)
ROWS = st.lists(st.tuples(FIELDS, FIELDS, FIELDS), max_size=8)


def as_csv(rows: list[tuple[str, str, str]], end: str, bom: bool) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_MINIMAL)
    writer.writerows([("a", "b", "c"), *rows])
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


@given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]), bom=st.booleans())
def test_both_ways_of_reading_agree_on_clean_files(tmp_path_factory, rows, end, bom) -> None:
    folder = tmp_path_factory.mktemp("csv")
    path = folder / "x.csv"
    path.write_bytes(as_csv(rows, end, bom))
    careful = read_carefully(path, 3)
    assert not careful.rejected
    assert [tuple(row[f"c{i}"] for i in range(3)) for row in careful.rows.to_pylist()] == rows
    counted = survey(path)
    assert counted.plain and counted.records == len(rows)
    with Embedded(folder / "scratch") as session:
        query = f"SELECT record, c0, c1, c2 FROM {scan_csv(path, 3)} ORDER BY record"
        try:
            fast = session.rows(query)
        except QueryFailed:
            return
    if len(fast) != counted.records:
        return  # The load then takes the careful way, which is right as shown above.
    filled = [tuple(value or "" for value in row) for row in fast]
    assert filled == [(place, *row) for place, row in enumerate(rows, 1)]


def records_by_hand(data: bytes, columns: int) -> int:
    """The rule of the careful reader over again, character by character."""
    lines = data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    place, count = 0, -1
    while place < len(lines):
        if not lines[place].strip(b"\r\n"):
            place += 1
            continue
        after = _end_of_record(lines, place, columns if count >= 0 else None)
        count += 1
        place = after
    return max(count, 0)


def _end_of_record(lines: list[bytes], place: int, columns: int | None) -> int:
    """The line after a sound record, or the next line where it is not sound."""
    state, fields, at, length = "start", 1, place, 0
    while True:
        try:
            text = lines[at].decode()
        except UnicodeDecodeError:
            return place + 1 if columns is not None else at + 1
        for character in text:
            length += 1
            if state == "quoted":
                state = "closing" if character == '"' else "quoted"
            elif character in "\r\n":
                sound = columns is None or (
                    fields == columns and b"\0" not in b"".join(lines[place : at + 1])
                )
                return at + 1 if sound else place + 1
            elif character == ",":
                state, fields = "start", fields + 1
            elif character == '"' and state in ("start", "closing"):
                state = "quoted"
            elif state == "closing":
                return place + 1 if columns is not None else at + 1
            else:
                state = "plain"
        at += 1
        if at == len(lines):
            if state == "quoted":
                return place + 1 if columns is not None else at
            sound = columns is None or (
                fields == columns and b"\0" not in b"".join(lines[place:at])
            )
            return at if sound else place + 1


CLEAN = b"a,b,c\n" + b"".join(b'%d,"x, ""y""",z\n' % place for place in range(12))


@given(
    damage=st.lists(
        st.tuples(
            st.integers(6, len(CLEAN) - 1), st.sampled_from([0, 10, 13, 34, 44, 65, 0xC3, 0xFF])
        ),
        max_size=12,
    )
)
def test_damaged_bytes_leave_every_record_accounted_for(tmp_path_factory, damage) -> None:
    data = bytearray(CLEAN)
    for place, value in damage:
        data[place] = value
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(bytes(data))
    careful = read_carefully(path, 3)
    assert careful.records == records_by_hand(bytes(data), 3)
    numbers = sorted(careful.rows["record"].to_pylist() + [one.record for one in careful.rejected])
    assert numbers == list(range(1, careful.records + 1))
    counted = survey(path)
    if counted.plain and not careful.rejected:
        assert counted.records == careful.records


def test_a_quote_that_never_closes_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n1,one\n2,"two\n3,three\n4,four\n')
    careful = read_carefully(path, 2)
    assert careful.rows["c1"].to_pylist() == ["one", "three", "four"]
    (rejected,) = careful.rejected
    assert (rejected.record, rejected.excerpt) == (2, '2,"two')
    assert rejected.reason == "has a quote that never closes"


def long_text(limit: int) -> bytes:
    """Lines that look like records, longer together than a field may be."""
    return b"x,y\n" * (limit // 4 + 1)


def test_a_quoted_field_over_the_limit_is_one_rejected_record(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n1,one\n2,"' + long_text(FIELD_LIMIT) + b'"\n3,three\n')
    assert not survey(path).plain
    careful = read_carefully(path, 2)
    assert careful.rows.select(["record", "c1"]).to_pylist() == [
        {"record": 1, "c1": "one"},
        {"record": 3, "c1": "three"},
    ]
    (rejected,) = careful.rejected
    assert (rejected.record, rejected.excerpt) == (2, '2,"x,y')
    assert rejected.reason == "has a field over 131,072 characters"


def test_a_long_quote_that_never_closes_still_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n1,one\n2,"' + long_text(FIELD_LIMIT))
    careful = read_carefully(path, 2)
    assert careful.records == 2 + FIELD_LIMIT // 4
    assert [one.record for one in careful.rejected] == [2]


@given(
    lines=st.lists(st.sampled_from([b"1,2", b"1", b'1,"2', b'2"', b'1,"2""3"', b""]), max_size=12)
)
def test_with_any_limit_the_records_are_numbered_without_a_gap(tmp_path_factory, lines) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(b"a,b\n" + b"\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvtext, "FIELD_LIMIT", 3)
        careful = read_carefully(path, 2)
    numbers = sorted(careful.rows["record"].to_pylist() + [one.record for one in careful.rejected])
    assert numbers == list(range(1, careful.records + 1))


def test_a_header_is_read_behind_a_byte_order_mark_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'\xef\xbb\xbf\n\n a ,"b, c"\n1,2\n')
    assert read_header(path) == ["a", "b, c"]
