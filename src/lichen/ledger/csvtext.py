"""Comma-separated text, two ways: an exact count before the fast read, and a careful slow read.

A record is what stands between two line ends outside quotes; blank lines are none. The careful
read gives every line its own chance: when a record that spans several lines turns out to be
malformed (a quote that never closes, say), only its first line is rejected and reading resumes
with the second. A record that is sound but for a field longer than may be is rejected whole: its
lines are text of that field, and none of them was meant as a record.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

CHUNK = 1 << 22
FIELD_LIMIT = 131_072
NO_LIMIT = 2**31 - 1
TOO_LONG = "field larger"
BOM = codecs.BOM_UTF8
QUOTE, NEWLINE, RETURN = 34, 10, 13
EXCERPT = 120
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes tells: `records` after the header where the text is `plain`.

    Plain text is UTF-8 without NUL, lone carriage returns or records longer than a field may be,
    and its last quote is closed.
    """

    plain: bool
    records: int


@dataclass(frozen=True)
class RejectedRecord:
    """A record that is not a row: its number counted from 1 after the header, and why."""

    record: int
    excerpt: str
    reason: str
    expected: str


@dataclass(frozen=True)
class CarefulRead:
    """Rows as text columns c0, c1, … with `record`, and the records that are not rows."""

    rows: pa.Table
    rejected: tuple[RejectedRecord, ...]

    @property
    def records(self) -> int:
        """Rows and rejected records together."""
        return int(self.rows.num_rows) + len(self.rejected)


def survey(path: Path) -> Survey:
    """Count the records of a file without parsing it: line ends at even quote parity."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    count = _LineCount()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
                if b"\0" in chunk or not count.add(chunk):
                    return Survey(False, 0)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return Survey(False, 0)
    if count.inside or count.after_return:
        return Survey(False, 0)
    return Survey(True, max(count.records + (1 if count.filled else 0) - 1, 0))


class _LineCount:
    """Line ends outside quotes whose line holds something, chunk after chunk.

    `filled` says whether the line still open holds anything but a carriage return.
    """

    def __init__(self) -> None:
        self.records = 0
        self.open_length = 0
        self.inside = self.filled = self.after_return = False

    def add(self, chunk: bytes) -> bool:
        """Count one more chunk; false when the text is not plain."""
        if not self._returns_are_paired(chunk):
            return False
        codes = np.frombuffer(chunk, dtype=np.uint8)
        ends = self._ends_outside_quotes(codes)
        if not len(ends):
            self.open_length += len(codes)
            self.filled = self.filled or bool(np.any(codes != RETURN))
            return self.open_length <= FIELD_LIMIT
        starts = np.concatenate(([0], ends[:-1] + 1))
        length = ends - starts
        only_return = (length == 1) & (codes[starts] == RETURN)
        filled = (length > 0) & ~only_return
        filled[0] = filled[0] or self.filled
        self.records += int(filled.sum())
        longest = max(int(length.max()), self.open_length + int(length[0]))
        rest = codes[ends[-1] + 1 :]
        self.open_length = len(rest)
        self.filled = bool(np.any(rest != RETURN))
        return max(longest, self.open_length) <= FIELD_LIMIT

    def _ends_outside_quotes(self, codes: np.ndarray) -> np.ndarray:
        ends = np.flatnonzero(codes == NEWLINE)
        quotes = np.flatnonzero(codes == QUOTE)
        if len(quotes) or self.inside:
            before = np.searchsorted(quotes, ends) + int(self.inside)
            ends = ends[before % 2 == 0]
            self.inside = (int(self.inside) + len(quotes)) % 2 == 1
        return ends

    def _returns_are_paired(self, chunk: bytes) -> bool:
        if self.after_return and not chunk.startswith(b"\n"):
            return False
        self.after_return = chunk.endswith(b"\r")
        return chunk.count(b"\r") == chunk.count(b"\r\n") + int(self.after_return)


def read_carefully(path: Path, columns: int) -> CarefulRead:
    """Every record of a file by Python's csv module: rows of `columns` fields, and rejects."""
    lines = _lines(path)
    header = _next_record(lines, 0)
    position = header.after if header else 0
    batch = _Batch(columns)
    rejected: list[RejectedRecord] = []
    record = 0
    while (step := _next_record(lines, position)) is not None:
        problem = step.problem or _problem(step.fields, columns)
        record += 1
        if problem is None:
            batch.add(record, step.fields)
            position = step.after
            continue
        excerpt = _text(lines[step.start]).strip()[:EXCERPT]
        rejected.append(RejectedRecord(record, excerpt, *problem))
        position = step.after if step.is_whole else step.start + 1
    return CarefulRead(batch.table(), tuple(rejected))


def read_header(path: Path) -> list[str] | None:
    """The names in the first record, trimmed; None where the file holds no record."""
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    lines = head.removeprefix(BOM).splitlines(keepends=True)
    step = _next_record(lines, 0)
    if step is None:
        return None
    fields = step.fields
    if step.problem is not None:
        fields = _text(lines[step.start]).strip().split(",")
    return [name.strip() for name in fields]


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().removeprefix(BOM).splitlines(keepends=True)


Problem = tuple[str, str]


@dataclass(frozen=True)
class _Step:
    """One record: the line it starts on, the line after it, its fields or its problem.

    `is_whole` says of a record with a problem that all its lines belong to it.
    """

    start: int
    after: int
    fields: list[str]
    problem: Problem | None = None
    is_whole: bool = False


def _next_record(lines: list[bytes], position: int) -> _Step | None:
    """The record that starts at or after this line."""
    while position < len(lines) and not lines[position].strip(b"\r\n"):
        position += 1
    if position >= len(lines):
        return None
    feed = _Feed(lines, position)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        fields = next(csv.reader(feed, strict=True))
    except UnicodeDecodeError:
        return _Step(position, feed.position, [], ("is not UTF-8", "text encoded as UTF-8"))
    except csv.Error as error:
        after = _end_of_long_record(lines, position) if TOO_LONG in str(error) else None
        problem = _csv_problem(str(error))
        return _Step(position, after or feed.position, [], problem, after is not None)
    return _Step(position, feed.position, fields)


def _end_of_long_record(lines: list[bytes], position: int) -> int | None:
    """The line after a record with a field over the limit; None where its quotes do not pair."""
    feed = _Feed(lines, position)
    csv.field_size_limit(NO_LIMIT)
    try:
        next(csv.reader(feed, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return feed.position


class _Feed(Iterator[str]):
    """Decodes lines as the reader asks for them, and remembers how far it went."""

    def __init__(self, lines: list[bytes], position: int) -> None:
        self.lines, self.position = lines, position

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            raise StopIteration
        line = self.lines[self.position]
        self.position += 1
        return line.decode("utf-8")


def _csv_problem(message: str) -> Problem:
    if TOO_LONG in message:
        return f"has a field over {FIELD_LIMIT:,} characters", "shorter text"
    if "unexpected end" in message:
        return "has a quote that never closes", 'quotes in pairs, doubled inside text ("")'
    return "has a quote in the wrong place", 'quotes in pairs, doubled inside text ("")'


def _problem(fields: list[str], columns: int) -> Problem | None:
    if any("\0" in field for field in fields):
        return "holds a NUL character", "text without NUL"
    if len(fields) != columns:
        found = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        return f"has {found}", f"{columns}, as in the header"
    return None


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").replace("\0", "\ufffd")


class _Batch:
    """Rows gathered into Arrow a batch at a time, so that Python objects never pile up."""

    def __init__(self, columns: int) -> None:
        names = ["record", *(f"c{index}" for index in range(columns))]
        self.schema = pa.schema([(names[0], pa.int64()), *((n, pa.string()) for n in names[1:])])
        self.numbers: list[int] = []
        self.rows: list[Sequence[str]] = []
        self.done: list[pa.RecordBatch] = []

    def add(self, number: int, fields: Sequence[str]) -> None:
        """One more row."""
        self.numbers.append(number)
        self.rows.append(fields)
        if len(self.rows) >= BATCH_ROWS:
            self._close()

    def table(self) -> pa.Table:
        """All rows so far."""
        self._close()
        return pa.Table.from_batches(self.done, self.schema)

    def _close(self) -> None:
        if not self.rows:
            return
        columns = [pa.array(column, pa.string()) for column in zip(*self.rows, strict=True)]
        arrays = [pa.array(self.numbers, pa.int64()), *columns]
        self.done.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
        self.numbers, self.rows = [], []
