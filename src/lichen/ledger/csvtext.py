"""Delimited text read carefully, record by record, so that nothing in it goes uncounted.

A record is what stands between two line ends outside quotes; blank lines are none. The careful
read gives every line its own chance: when a record that spans several lines turns out to be
malformed (a quote that never closes, say), only its first line is rejected and reading resumes
with the second. A record that is sound but for a field longer than may be is rejected whole: its
lines are text of that field, and none of them was meant as a record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lichen.ledger.csvlines import BOM, CHUNK, LONGEST_LINE, Lines

FIELD_LIMIT = 131_072
NO_LIMIT = 2**31 - 1
TOO_LONG = "field larger"
EXCERPT = 120
BATCH_ROWS = 50_000
LONGEST_RECORD = LONGEST_LINE
"""Bytes that are looked through for the end of a quoted field that is too long."""


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
    return CarefulRead(rows, tuple(careful.rejected))


class Careful:
    """A file with a header read record by record, a batch of rows at a time.

    `rejected` fills on the way with the records that are not rows.
    """

    def __init__(self, path: Path, columns: int, delimiter: str = ",") -> None:
        self.path, self.columns, self.delimiter = path, columns, delimiter
        self.schema = _Batch(columns).schema
        self.rejected: list[RejectedRecord] = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows as text columns c0, c1, … with `record`, in the order of the file."""
        batch = _Batch(self.columns)
        with Lines(self.path) as lines:
            for record, step in self._steps(lines):
                if step.problem is None:
                    if batch.add(record, step.fields):
                        yield batch.take()
                    continue
                self.rejected.append(
                    RejectedRecord(record, excerpt(lines[step.start]), *step.problem)
                )
        if batch.rows:
            yield batch.take()

    def _steps(self, lines: Lines) -> Iterator[tuple[int, Step]]:
        """Each record after the header with its number."""
        header = next_record(lines, 0, self.delimiter)
        position, record = header.after if header else 0, 0
        while (step := next_record(lines, position, self.delimiter)) is not None:
            record += 1
            problem = step.problem or _problem(step.fields, self.columns)
            step = step if problem is None else replace(step, problem=problem)
            yield record, step
            position = step.resume


def read_header(path: Path) -> list[str] | None:
    """The names in the first record, trimmed; None where the file holds no record."""
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    lines = head.removeprefix(BOM).splitlines(keepends=True)
    step = next_record(lines, 0, ",")
    if step is None:
        return None
    fields = step.fields if step.problem is None else _text(lines[step.start]).split(",")
    return [name.strip() for name in fields]


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

    @property
    def resume(self) -> int:
        """The line to go on with: after the record, or after its first line where it is broken."""
        return self.after if self.problem is None or self.is_whole else self.start + 1


def next_record(lines: Sequence[bytes], position: int, delimiter: str) -> Step | None:
    """The record that starts at or after this line."""
    while position < len(lines) and not lines[position].strip(b"\r\n"):
        position += 1
    if position >= len(lines):
        return None
    if isinstance(lines, Lines) and lines.is_too_long(position):
        problem = (f"is a line over {LONGEST_LINE:,} bytes", "shorter lines")
        return Step(position, position + 1, [], problem, True)
    feed = _Feed(lines, position)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        fields = next(csv.reader(feed, strict=True, delimiter=delimiter))
    except UnicodeDecodeError:
        return Step(position, feed.position, [], ("is not UTF-8", "text encoded as UTF-8"))
    except csv.Error as error:
        after = _end_of_long_record(lines, position, delimiter) if TOO_LONG in str(error) else None
        problem = _csv_problem(str(error))
        return Step(position, after or feed.position, [], problem, after is not None)
    return Step(position, feed.position, fields)


def head_records(lines: Sequence[bytes], delimiter: str) -> list[Step]:
    """The records of the first lines, fields trimmed; a broken one is split as far as it goes."""
    found: list[Step] = []
    position = 0
    while (step := next_record(lines, position, delimiter)) is not None:
        position = step.resume
        fields = step.fields
        if step.problem is not None:
            fields = _text(lines[step.start]).replace('"', "").split(delimiter)
        found.append(replace(step, fields=[field.strip() for field in fields]))
    return found


def _end_of_long_record(lines: Sequence[bytes], position: int, delimiter: str) -> int | None:
    """The line after a record with a field over the limit; None where its quotes do not pair.

    Nor do they where the record ends only beyond `LONGEST_RECORD`.
    """
    feed = _Feed(lines, position, LONGEST_RECORD)
    csv.field_size_limit(NO_LIMIT)
    try:
        next(csv.reader(feed, strict=True, delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return None
    return feed.position


class _Feed(Iterator[str]):
    """Decodes lines as the reader asks for them, and remembers how far it went.

    It ends once `left` bytes are read, so that a quote that never closes takes no memory.
    """

    def __init__(self, lines: Sequence[bytes], position: int, left: int = LONGEST_RECORD) -> None:
        self.lines, self.position, self.left = lines, position, left

    def __next__(self) -> str:
        if self.position >= len(self.lines) or self.left <= 0:
            raise StopIteration
        line = self.lines[self.position]
        self.position += 1
        self.left -= len(line)
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
