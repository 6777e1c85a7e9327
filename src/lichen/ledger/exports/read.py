"""From the raw tables of a source to rows of entities: formats decided, maps carried out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, read_rows
from lichen.kernel.ids import content_hash
from lichen.kernel.progress import Progress
from lichen.ledger import store
from lichen.ledger.accounting import Account
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.exports.found import FoundSource
from lichen.ledger.exports.places import check_countable, place_sql
from lichen.ledger.exports.rows import MappedRows
from lichen.ledger.exports.tables import SourceTables, read_tables
from lichen.ledger.formats import Format, Refusal, decide, observe
from lichen.ledger.ledger import finding_as_json
from lichen.ledger.mapping import (
    Bound,
    EntityMap,
    Mapped,
    MappingUnusable,
    Origins,
    Source,
    bind,
    hold_to_contracts,
    map_rows,
    unlisted,
    wanted,
)
from lichen.ledger.reading import reading_of, untrimmed
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Entity
from lichen.vocabulary.finding import Finding

MAPPED_FORMAT = 3


@dataclass
class Exports:
    """What the sources of a workspace gave: rows by entity, and the account of how they came."""

    rows: dict[str, list[MappedRows]] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    quarantined: list[pa.Table] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: dict[str, SourceTables] = field(default_factory=dict)


def read_exports(
    session: Embedded,
    root: Path,
    sources: Sequence[FoundSource],
    definitions: Definitions,
    progress: Progress,
) -> Exports:
    """Every source read through its mapping.

    Raises:
        FeedsUnusable: files that cannot be read, or columns whose format needs a person.
        MappingUnusable: a mapping names what is not there.
    """
    exports = Exports()
    for source in sources:
        read = read_tables(session, root, source, progress)
        bound, notes = held_to_contracts(session, source, read)
        exports.findings += [*notes, *read.findings(source)]
        exports.tables[source.name] = read
        exports.accounts += read.accounts(source)
        exports.quarantined += read.quarantined(source)
        scratch = store.staging_folder(root)
        try:
            with Origins(session, bound, scratch) as origins:
                one = _SourceRead(session, root, source, read, bound, origins, definitions)
                one.carry_out(exports, progress)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return exports


def held_to_contracts(
    session: Embedded, source: FoundSource, read: SourceTables
) -> tuple[Bound, list[Finding]]:
    """The mapping on its tables, which hold to their contracts, and what those noted.

    Raises:
        MappingUnusable: it names what is not there, or a contract does not hold.
    """
    bound = bind(source.mapping, read.tables, read.others)
    if bound.problems:
        raise MappingUnusable(source.mapping.shown, bound.problems)
    held = hold_to_contracts(session, source.mapping, bound.tables)
    if held.problems:
        raise MappingUnusable(source.mapping.shown, held.problems)
    notes = [Finding("contract", source.name, 1, f"{source.name}: {n}") for n in held.notes]
    return replace(bound, tables=held.tables), notes


@dataclass
class _SourceRead:
    """One source whose maps are being carried out."""

    session: Embedded
    root: Path
    source: FoundSource
    read: SourceTables
    bound: Bound
    origins: Origins
    definitions: Definitions
    problems: list[FeedProblem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def carry_out(self, exports: Exports, progress: Progress) -> None:
        """Every map in turn; columns whose format needs a person are told together."""
        maps = [row for row in self.bound.maps if row.entity not in self.source.without]
        for place, row in enumerate(maps):
            progress(f"Mapping {self.source.name}: {row.title}", place, len(maps))
            rows, accounts = self.rows(row)
            exports.rows.setdefault(rows.entity, []).append(rows)
            exports.accounts += accounts
        exports.findings += self.findings
        if self.problems:
            raise FeedsUnusable(self.problems)

    def rows(self, row: EntityMap) -> tuple[MappedRows, list[Account]]:
        """The rows of one map, from the cache where its inputs are the same."""
        entity, title = ENTITIES[str(row.entity)], f"{self.source.name}: {row.title}"
        folder = self._folder(row, entity)
        info = store.read_info(folder, deep=True)
        if info is None:
            info = self._written(row, entity, title, folder)
        if info is None:
            return MappedRows(title, entity.name, (), 0, 0, self.source.rank, folder, ()), []
        store.mark_used(folder)
        self.findings += [Finding.from_stored(stored) for stored in info["findings"]]
        rows = MappedRows(
            name=title,
            entity=entity.name,
            columns=tuple(info["columns"]),
            rows=info["mapped"],
            failing=info["failing"],
            rank=self.source.rank,
            folder=folder,
            files=self.bound.tables[row.table].files,
        )
        return rows, list(_accounts(title, entity.name, info))

    def _written(
        self, row: EntityMap, entity: Entity, title: str, folder: Path
    ) -> dict[str, Any] | None:
        """Carry a map out and keep its rows; None where formats lack."""
        staging = store.staging_folder(self.root)
        try:
            info = self._write(row, entity, title, staging)
            if info is not None:
                store.commit(staging, folder, info)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return info

    def _folder(self, row: EntityMap, entity: Entity) -> Path:
        """Named by all that decides the rows: content, how it is read, map and contract."""
        lists = any(how.among is not None for how in row.columns.values())
        used = sorted(self.read.tables) if row.sql is not None or lists else [row.table]
        workspace = self.definitions.workspace
        key = [
            MAPPED_FORMAT,
            [[table, self.read.contents.get(table)] for table in used],
            [self.source.mapping.spec(table).model_dump(mode="json") for table in used],
            row.model_dump(mode="json"),
            self.source.system,
            repr(entity),
            [workspace.currency, workspace.time_zone],
        ]
        return self.root / ".lichen" / "parsed" / content_hash(key, 32)

    def _write(
        self, row: EntityMap, entity: Entity, title: str, staging: Path
    ) -> dict[str, Any] | None:
        """Write rows and quarantine; what the entry says of them, None where formats lack."""
        source = self.origins.of(row)
        formats = self._formats(row, source, title)
        if formats is None:
            return None
        mapped = map_rows(self.session, row, self.source.system, source, formats)
        self._check_size(title, row, mapped)
        columns = ", ".join(quoted(name) for name in mapped.columns)
        place = place_sql("_file", "record", "copy")
        numbered = f"(SELECT {place} AS record, {columns} FROM ({mapped.relation}))"
        raw = {name: (quoted(name), "VARCHAR") for name in mapped.columns}
        reading = untrimmed(reading_of(entity, raw, self.definitions), self._plain(row, formats))
        target = staging / "rows.parquet"
        self.session.copy(reading.checked(numbered), target, in_order=True)
        bad = f"SELECT record, failing FROM {read_rows(target)} WHERE failing <> 0"
        failing = self.session.count(f"({bad})")
        reading.write_quarantine(
            self.session, staging, entity, title, numbered, bad if failing else None
        )
        return {
            "columns": reading.names,
            "failing": failing,
            "input": mapped.input,
            "fanned_out": mapped.fanned_out,
            "mapped": mapped.mapped,
            "filtered": dict(mapped.filtered),
            "findings": [finding_as_json(finding) for finding in self._unlisted(row, source)],
            "formats": {name: how.reading for name, how in formats.items()},
        }

    def _plain(self, row: EntityMap, formats: Mapping[str, Format]) -> set[str]:
        """Columns of the entity that are raw cells as they stand, which are trimmed already."""
        return {
            name
            for name, how in row.columns.items()
            if (name not in formats or formats[name].untouched)
            and row.sql is None
            and set(how.origins) <= {"column"}
            and not (how.values or how.default)
            and how.other is None
            and _is_trim(self.source.system if how.system is None else how.system)
        }

    def _unlisted(self, row: EntityMap, source: Source) -> list[Finding]:
        return unlisted(self.session, row, source, self.bound.tables)

    def _formats(self, row: EntityMap, source: Source, title: str) -> dict[str, Format] | None:
        asked = wanted(row, source)
        decided: dict[str, Format] = {}
        refused = False
        evidence = observe(self.session, f"({asked.relation})", asked.cells)
        for name, found in evidence.items():
            how = row.columns.get(name)
            answer = decide(found, how.format if how else None)
            if isinstance(answer, Refusal):
                refused = True
                where = f"{self.source.mapping.shown}, {title}, {name}"
                self.problems.append(FeedProblem(where, answer.sentence, answer.next_step))
            else:
                decided[name] = answer
        return None if refused else decided

    def _check_size(self, title: str, row: EntityMap, mapped: Mapped) -> None:
        table = self.bound.tables[row.table]
        deepest = 0
        if mapped.fanned_out:
            deepest = self.session.row(f"SELECT max(copy) FROM ({mapped.relation})")[0] or 0
        check_countable(title, len(table.files), max(table.records, default=0), deepest)


def _is_trim(text: str) -> bool:
    return text == text.strip()


def _accounts(title: str, entity: str, info: Mapping[str, Any]) -> Iterator[Account]:
    """The map's row, and one for each rule that left rows out."""
    filtered = info["filtered"]
    yield Account(
        "mapping",
        title,
        entity,
        input=info["input"],
        fanned_out=info["fanned_out"],
        mapped=info["mapped"],
        filtered=sum(filtered.values()),
    )
    for rule, count in filtered.items():
        if count:
            yield Account("filter", f"{title}: {rule}", entity, filtered=count)
