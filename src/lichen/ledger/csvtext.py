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
from typing import overload

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
LONGEST_LINE = 1 << 24
"""Bytes of one line that are ever held; a longer line is rejected, whatever it says."""


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
    """Every record of a comma-separated file: rows of `columns` fields, and those that are none."""
    careful = Careful(path, columns)
    rows = pa.Table.from_batches(careful.batches(), careful.schema)
    return CarefulRead(rows, careful.rejects)


class Careful:
    """A file read record by record, a batch of rows at a time; `rejected` fills on the way.

    The header is the first record from line `begin` on (counted from 0); lines from `end` on are
    not read.
    """

    def __init__(
        self, path: Path, columns: int, delimiter: str = ",", begin: int = 0, end: int | None = None
    ) -> None:
        self.lines = Lines(path, end)
        self.columns, self.delimiter, self.begin = columns, delimiter, begin
        self.batch = _Batch(columns)
        self.schema = self.batch.schema
        self.rejected: list[RejectedRecord] = []

    @property
    def rejects(self) -> tuple[RejectedRecord, ...]:
        """Records that are not rows, once all batches were taken."""
        return tuple(self.rejected)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows as text columns c0, c1, … with `record`, in the order of the file."""
        header = _next_record(self.lines, self.begin, self.delimiter)
        position = header.after if header else self.begin
        record = 0
        while (step := _next_record(self.lines, position, self.delimiter)) is not None:
            problem = step.problem or _problem(step.fields, self.columns)
            record += 1
            if problem is None:
                if self.batch.add(record, step.fields):
                    yield self.batch.take()
                position = step.after
                continue
            excerpt = _text(self.lines[step.start][: 4 * EXCERPT]).strip()[:EXCERPT]
            self.rejected.append(RejectedRecord(record, excerpt, *problem))
            position = step.after if step.is_whole else step.start + 1
        if self.batch.rows:
            yield self.batch.take()


def read_header(path: Path) -> list[str] | None:
    """The names in the first record, trimmed; None where the file holds no record."""
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    lines = head.removeprefix(BOM).splitlines(keepends=True)
    step = _next_record(lines, 0, ",")
    if step is None:
        return None
    fields = step.fields
    if step.problem is not None:
        fields = _text(lines[step.start]).strip().split(",")
    return [name.strip() for name in fields]


class Lines(Sequence[bytes]):
    """The lines of a file by number, read from disk when asked for: only their places are held."""

    def __init__(self, path: Path, end: int | None = None) -> None:
        self._stream = path.open("rb")
        self._starts = _line_starts(path)
        self._size = len(self._starts) - 1 if end is None else min(end, len(self._starts) - 1)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._size))]
        start, after = int(self._starts[place]), int(self._starts[place + 1])
        self._stream.seek(start)
        return self._stream.read(min(after - start, LONGEST_LINE))

    def is_too_long(self, place: int) -> bool:
        """Whether the line is longer than is ever taken into memory."""
        return int(self._starts[place + 1] - self._starts[place]) > LONGEST_LINE

    def __del__(self) -> None:
        self._stream.close()


def _line_starts(path: Path) -> np.ndarray:
    """Where each line begins, after a byte order mark, and where the last one ends."""
    found: list[np.ndarray] = []
    offset, carry = 0, False
    with path.open("rb") as stream:
        begin = len(BOM) if stream.read(len(BOM)) == BOM else 0
        stream.seek(begin)
        offset = begin
        while chunk := stream.read(CHUNK):
            codes = np.frombuffer(chunk, dtype=np.uint8)
            ends = codes == NEWLINE
            # A carriage return ends a line unless a newline follows it.
            lone = codes == RETURN
            lone[:-1] &= ~ends[1:]
            if carry and not ends[0]:
                found.append(np.array([offset], dtype=np.int64))
            carry = bool(lone[-1])
            lone[-1] = False
            found.append(np.flatnonzero(ends | lone) + 1 + offset)
            offset += len(codes)
    starts = np.concatenate([np.array([begin], dtype=np.int64), *found])
    return starts if starts[-1] == offset else np.append(starts, offset)


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


def _next_record(lines: Sequence[bytes], position: int, delimiter: str) -> _Step | None:
    """The record that starts at or after this line."""
    while position < len(lines) and not lines[position].strip(b"\r\n"):
        position += 1
    if position >= len(lines):
        return None
    if isinstance(lines, Lines) and lines.is_too_long(position):
        problem = (f"is a line over {LONGEST_LINE:,} bytes", "shorter lines")
        return _Step(position, position + 1, [], problem, True)
    feed = _Feed(lines, position)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        fields = next(csv.reader(feed, strict=True, delimiter=delimiter))
    except UnicodeDecodeError:
        return _Step(position, feed.position, [], ("is not UTF-8", "text encoded as UTF-8"))
    except csv.Error as error:
        after = _end_of_long_record(lines, position, delimiter) if TOO_LONG in str(error) else None
        problem = _csv_problem(str(error))
        return _Step(position, after or feed.position, [], problem, after is not None)
    return _Step(position, feed.position, fields)


def _end_of_long_record(lines: Sequence[bytes], position: int, delimiter: str) -> int | None:
    """The line after a record with a field over the limit; None where its quotes do not pair."""
    feed = _Feed(lines, position)
    csv.field_size_limit(NO_LIMIT)
    try:
        next(csv.reader(feed, strict=True, delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return None
    return feed.position


class _Feed(Iterator[str]):
    """Decodes lines as the reader asks for them, and remembers how far it went."""

    def __init__(self, lines: Sequence[bytes], position: int) -> None:
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

    def add(self, number: int, fields: Sequence[str]) -> bool:
        """One more row; true when the batch is full."""
        self.numbers.append(number)
        self.rows.append(fields)
        return len(self.rows) >= BATCH_ROWS

    def take(self) -> pa.RecordBatch:
        """The rows gathered so far, and none afterwards."""
        columns = [pa.array(column, pa.string()) for column in zip(*self.rows, strict=True)]
        arrays = [pa.array(self.numbers, pa.int64()), *columns]
        self.numbers, self.rows = [], []
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)
