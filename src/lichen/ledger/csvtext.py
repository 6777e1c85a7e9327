"""Delimited text read carefully, record by record, so that nothing in it goes uncounted.

A record is what stands between two line ends outside quotes; blank lines are none. The careful
read gives every line its own chance: when a record that spans several lines turns out to be
malformed (a quote that never closes, say), only its first line is rejected and reading resumes
with the second. A record that is sound but for a field longer than may be is rejected whole: its
lines are text of that field, and none of them was meant as a record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lichen.ledger.csvlines import LONGEST_LINE, Lines, LineSource

FIELD_LIMIT = 131_072
NO_LIMIT = 2**31 - 1
TOO_LONG = "field larger"
EXCERPT = 120
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Dialect:
    """What stands between fields and around text; `quote` is "" where quotes mean nothing.

    A quote inside quoted text is doubled, or has `escape` before it where that is given.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """A strict reader of lines."""
        return csv.reader(
            lines,
            strict=True,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            doublequote=not self.escape,
        )


COMMAS = Dialect()


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


def read_carefully(path: Path, columns: int) -> CarefulRead:
    """Every record of a comma-separated file: rows of `columns` fields, and those that are none."""
    careful = Careful(path, columns)
    rows = pa.Table.from_batches(careful.batches(), careful.schema)
    return CarefulRead(rows, tuple(careful.rejects))


class Careful:
    """A file with a header read record by record, a batch of rows at a time.

    `rejected` counts the records that are not rows as batches are taken; `rejects` holds them, the
    first `keep` of them where that is given.
    """

    def __init__(
        self, path: Path, columns: int, dialect: Dialect = COMMAS, keep: int | None = None
    ) -> None:
        self.path, self.columns, self.dialect, self.keep = path, columns, dialect, keep
        self.batch = _Batch(columns)
        self.schema = self.batch.schema
        self.rejected = 0
        self.rejects: list[RejectedRecord] = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows as text columns c0, c1, … with `record`, in the order of the file."""
        lines = Lines(self.path)
        try:
            yield from self._batches(lines)
        finally:
            lines.close()

    def _batches(self, lines: Lines) -> Iterator[pa.RecordBatch]:
        records = Records(lines, self.dialect)
        records.take()
        number = 0
        while (step := records.take()) is not None:
            number += 1
            problem = step.problem or _problem(step.fields, self.columns)
            if problem is None:
                if self.batch.add(number, step.fields):
                    yield self.batch.take()
                continue
            self._reject(number, records.text_of(step), problem)
            if not step.is_whole:
                records.go_to(step.start + 1)
        if self.batch.rows:
            yield self.batch.take()

    def _reject(self, number: int, excerpt: str, problem: Problem) -> None:
        self.rejected += 1
        if self.keep is None or len(self.rejects) < self.keep:
            self.rejects.append(RejectedRecord(number, excerpt, *problem))


def read_header(path: Path) -> list[str] | None:
    """The names in the first record, trimmed; None where the file holds no record."""
    lines = Lines(path)
    try:
        records = Records(lines, COMMAS)
        step = records.take()
        if step is None:
            return None
        fields = step.fields
        if step.problem is not None:
            fields = _text(lines.line(step.start) or b"").strip().split(",")
        return [name.strip() for name in fields]
    finally:
        lines.close()


Problem = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One record: the line it starts on, the line after it, its fields or its problem.

    `is_whole` says of a record with a problem that all its lines belong to it.
    """

    start: int
    after: int
    fields: list[str]
    problem: Problem | None = None
    is_whole: bool = False


class Records:
    """The records of lines, in order; blank lines are none."""

    def __init__(self, lines: LineSource, dialect: Dialect) -> None:
        self.lines, self.dialect = lines, dialect
        self.go_to(0)

    def go_to(self, place: int) -> None:
        """The next record is the one that starts on this line or after it."""
        self._feed = _Feed(self.lines, place)
        self._reader = self.dialect.reader(self._feed)

    def take(self) -> Step | None:
        """The next record, sound or not; None after the last one."""
        csv.field_size_limit(FIELD_LIMIT)
        while True:
            start = self._feed.begin()
            try:
                fields = next(self._reader)
            except StopIteration:
                return None
            except (UnicodeDecodeError, csv.Error, _TooLong) as error:
                step = self._bad(start, error)
                self.go_to(step.after)
                return step
            if fields:
                return Step(start, self._feed.position, fields)

    def text_of(self, step: Step) -> str:
        """The beginning of the record's first line."""
        return excerpt(self.lines.line(step.start) or b"")

    def _bad(self, start: int, error: Exception) -> Step:
        after = self._feed.position
        if isinstance(error, UnicodeDecodeError):
            return Step(start, after, [], ("is not UTF-8", "text encoded as UTF-8"))
        if isinstance(error, _TooLong):
            is_line = after == start + 1
            what = "a line" if is_line else "a record"
            problem = (f"is {what} over {LONGEST_LINE:,} bytes", "shorter records")
            return Step(start, after, [], problem, is_line)
        end = self._end_of_long(start) if TOO_LONG in str(error) else None
        return Step(start, end or after, [], _csv_problem(str(error)), end is not None)

    def _end_of_long(self, start: int) -> int | None:
        """The line after a record with a field over the limit; None where quotes do not pair."""
        feed = _Feed(self.lines, start)
        csv.field_size_limit(NO_LIMIT)
        try:
            next(self.dialect.reader(feed))
        except (UnicodeDecodeError, csv.Error, _TooLong):
            return None
        return feed.position


class _TooLong(Exception):
    """A record goes on for longer than is ever held."""


class _Feed(Iterator[str]):
    """Decodes lines as the reader asks for them, and remembers how far it went."""

    def __init__(self, lines: LineSource, position: int) -> None:
        self.lines, self.position, self.held = lines, position, 0

    def begin(self) -> int:
        """A record begins; lines before it are not needed again."""
        self.lines.let_go(self.position)
        self.held = 0
        return self.position

    def __next__(self) -> str:
        line = self.lines.line(self.position)
        if line is None:
            raise StopIteration
        self.position += 1
        self.held += len(line)
        if self.held > LONGEST_LINE:
            raise _TooLong
        return line.decode("utf-8")


def _csv_problem(message: str) -> Problem:
    if TOO_LONG in message:
        return f"has a field over {FIELD_LIMIT:,} characters", "shorter text"
    if "unexpected end" in message:
        return "has a quote that never closes", 'quotes in pairs, doubled inside text ("")'
    return "has a quote in the wrong place", 'quotes in pairs, doubled inside text ("")'


def _problem(fields: list[str], columns: int) -> Problem | None:
    if "\0" in "".join(fields):
        return "holds a NUL character", "text without NUL"
    if len(fields) != columns:
        found = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        return f"has {found}", f"{columns}, as in the header"
    return None


def excerpt(line: bytes) -> str:
    """The beginning of a line as it is shown to people."""
    return _text(line[: 4 * EXCERPT]).strip()[:EXCERPT]


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
