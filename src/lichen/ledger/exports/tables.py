"""The raw tables of a source: every file that its mapping needs, read, and an account of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.kernel.errors import did_you_mean
from lichen.kernel.progress import Progress
from lichen.ledger import quarantine
from lichen.ledger.accounting import Account
from lichen.ledger.drift import ColumnSeen, table_seen
from lichen.ledger.drift.schema import TYPED_BY
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.exports.found import FoundSource
from lichen.ledger.mapping import RawTable, TableSpec
from lichen.ledger.mapping.tables import FILE, ROW, ROWS_PER_FILE
from lichen.ledger.raw import Hints, RawFile, RawFileRead, read_raw
from lichen.ledger.raw.notes import NOTES
from lichen.ledger.raw.read import hidden_notes
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Finding

FIRST_ROWS = f"WHERE record <= {TYPED_BY} LIMIT {TYPED_BY}"
"""SQL of the first records of a file; the limit ends the scan once it has them all."""


@dataclass(frozen=True)
class SourceTables:
    """Tables by name with what was read to make them; `contents` stand for what is in them.

    `others` are tables that were found and that the mapping does not speak of.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    reads: dict[str, tuple[RawFileRead, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    contents: dict[str, list[list[str | None]]] = field(default_factory=dict)

    def seen(self, session: Embedded, table: str) -> dict[str, ColumnSeen]:
        """The columns of a table, for a comparison with the next load.

        Of each file only the first records are read again, where its cells were counted before.
        """
        raw, reads = self.tables[table], self.reads[table]
        early = [
            replace(one, relation=f"SELECT * FROM ({one.relation}) {FIRST_ROWS}") for one in reads
        ]
        if any(one.filled is None for one in reads):
            return table_seen(session, raw.relation, raw.columns)
        filled = dict.fromkeys(map(str.lower, raw.columns), 0)
        for one in reads:
            for name, count in zip(one.columns, one.filled or (), strict=True):
                filled[name.lower()] += count
        counted = (raw.rows, [filled[name.lower()] for name in raw.columns])
        relation = _together(table, early, lambda file: file.name).relation
        return table_seen(session, relation, raw.columns, counted)

    def accounts(self, source: FoundSource) -> Iterator[Account]:
        """Per file: records = parsed + rejected."""
        for table, reads in self.reads.items():
            for read in reads:
                yield Account(
                    "file",
                    source.shown(read.file),
                    table,
                    records=read.records,
                    parsed=read.records - read.rejected,
                    rejected=read.rejected,
                )

    def quarantined(self, source: FoundSource) -> Iterator[pa.Table]:
        """Records that are not rows, as rejected records of the entity that they would feed."""
        for table, reads in self.reads.items():
            entities = [
                ENTITIES[str(row.entity)] for row in source.mapping.maps if row.table == table
            ]
            personal = next((one for one in entities if any(c.personal for c in one.columns)), None)
            entity = personal or next(iter(entities), None)
            if entity is None:
                continue
            for read in reads:
                # An export holds columns that nobody declared, so that any of them may be personal.
                rejects = [replace(one, excerpt=quarantine.MASK) for one in read.rejects]
                if rejects:
                    yield quarantine.record_rows(entity, source.shown(read.file), rejects)

    def findings(self, source: FoundSource) -> Iterator[Finding]:
        """What was not read of files: hidden sheets, and rows at the end taken for notes."""
        for reads in self.reads.values():
            for read in reads:
                for note in hidden_notes(read.file):
                    sentence = (
                        f"{source.shown(read.file)}, {note}. Show them in the workbook, or name "
                        "one as `sheet` of its table in the mapping, where they hold records."
                    )
                    count, examples = len(read.file.skipped), read.file.skipped[:5]
                    yield Finding("hidden_sheets", source.name, count, sentence, examples=examples)
                told = [note for note in read.notes if NOTES in note]
                if told:
                    sentence = (
                        f"{source.shown(read.file)} ends with {told[0].removesuffix(NOTES)}that "
                        "speak of the report; they were not read. Where they are records, set "
                        "footer_lines = 0 for the table in the mapping."
                    )
                    yield Finding("notes_at_the_end", source.name, 1, sentence)


def read_tables(
    session: Embedded, root: Path, source: FoundSource, progress: Progress
) -> SourceTables:
    """Every table of a source that its mapping speaks of.

    Raises:
        FeedsUnusable: files that cannot be read at all, every one of them listed.
    """
    found = SourceTables(others=source.unspoken())
    problems: list[FeedProblem] = []
    for table, files in source.tables_used().items():
        spec = source.mapping.spec(table)
        reads: list[RawFileRead] = []
        chosen = _of_sheet(files, spec)
        if not chosen:
            problems.append(_no_sheet(source, files, str(spec.sheet)))
        for place, file in enumerate(chosen):
            progress(f"Reading {source.shown(file)}", place, len(files))
            try:
                reads.append(read_raw(session, root, file, _hints(spec), source.shown(file)))
            except FeedsUnusable as error:
                problems += error.problems
        if reads:
            found.reads[table] = tuple(reads)
            found.tables[table] = _together(table, reads, source.shown)
            found.contents[table] = [read.file.content for read in reads]
    if problems:
        raise FeedsUnusable(problems)
    return found


def _of_sheet(files: Sequence[RawFile], spec: TableSpec) -> Sequence[RawFile]:
    if spec.sheet is None:
        return files
    return [file for file in files if file.sheet in (None, spec.sheet)]


def _no_sheet(source: FoundSource, files: Sequence[RawFile], sheet: str) -> FeedProblem:
    """No workbook of a table has the sheet that its mapping names."""
    there = [str(file.sheet) for file in files]
    step = did_you_mean(sheet, there)
    return FeedProblem(source.shown(files[0]), f"has no sheet '{sheet}'.", step)


def _hints(spec: TableSpec) -> Hints:
    return Hints(spec.encoding, spec.delimiter, spec.header_line, spec.footer_lines, spec.sheet)


def _together(
    table: str, reads: Sequence[RawFileRead], shown: Callable[[RawFile], str]
) -> RawTable:
    """All files as one table; a column that a file lacks is empty there.

    Columns of one name in another case are the same column, under the first spelling.
    """
    columns: dict[str, str] = {}
    for read in reads:
        for column in read.columns:
            columns.setdefault(column.lower(), column)
    selects = []
    for place, read in enumerate(reads):
        own = {column.lower(): column for column in read.columns}
        cells = [
            f"{quoted(own[key]) if key in own else 'CAST(NULL AS VARCHAR)'} AS {quoted(name)}"
            for key, name in columns.items()
        ]
        number = f"CAST({place} * {ROWS_PER_FILE} + record AS BIGINT) AS {ROW}"
        head = f"CAST({place} AS INTEGER) AS {FILE}, {number}"
        selects.append(f"SELECT {', '.join([head, *cells])} FROM ({read.relation})")
    return RawTable(
        name=table,
        columns=tuple(columns.values()),
        relation=" UNION ALL ".join(selects),
        files=tuple(shown(read.file) for read in reads),
        records=tuple(read.records - read.rejected for read in reads),
        is_trimmed=True,
    )
