"""One file read against its contract: typed rows kept by content, failing cells put aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import quoted, read_rows, scan_csv, scan_parquet, trimmed
from lichen.kernel.ids import content_hash
from lichen.ledger import quarantine, store
from lichen.ledger.contracts import ColumnReading, read_columns
from lichen.ledger.csvtext import RejectedRecord, read_carefully, read_header, survey
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.feeds import FeedFile
from lichen.ledger.headers import Header, check_header, check_types
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Kind

PARSED_FORMAT = 1


@dataclass(frozen=True)
class Parsed:
    """A file after reading: records = parsed + rejected, and `failing` of the parsed have bad cells.

    `relation` is SQL of its sound rows: record and every mapped column, typed. `columns` are the
    declared columns that it provides.
    """

    file: FeedFile
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    records: int
    rejected: int
    failing: int
    folder: Path
    relation: str

    @property
    def parsed(self) -> int:
        """Records that are rows."""
        return self.records - self.rejected

    def quarantined(self) -> pa.Table:
        """Its rejected records and failing cells, under the file's present name."""
        rows = pq.read_table(self.folder / "quarantine.parquet")
        return rows.set_column(1, "file", pa.array([self.file.name] * len(rows), pa.string()))


def parsed_folder(root: Path, file: FeedFile, definitions: Definitions) -> Path:
    """Where the reading of this content under this contract is kept."""
    entity = ENTITIES[file.entity]
    contract = [
        [c.name, c.kind, c.required, c.values, c.personal] for c in entity.columns
    ]
    meaning = [PARSED_FORMAT, definitions.workspace.currency, definitions.workspace.time_zone]
    key = content_hash([file.hash, file.format, entity.name, contract, meaning], 32)
    return root / ".lichen" / "parsed" / key


def header_of(file: FeedFile) -> Header:
    """The columns of a file against its contract; nothing else is read."""
    if file.format == "csv":
        return check_header(file, read_header(file.path))
    try:
        names = pq.read_schema(file.path).names
    except (pa.ArrowInvalid, pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:120]
        problem = FeedProblem(
            f"feeds/{file.name}", f"is not a Parquet file ({reason}).", "Export it again."
        )
        return Header((), {}, (), (problem,))
    return check_header(file, names)


def parse(
    session: Embedded, root: Path, file: FeedFile, header: Header, definitions: Definitions
) -> Parsed:
    """Read a file, or take its reading from the cache when content and contract are the same.

    Raises:
        FeedsUnusable: a Parquet column has a type that cannot be read, or its pages are damaged.
    """
    folder = parsed_folder(root, file, definitions)
    info = store.read_info(folder, deep=True)
    if info is None:
        staging = store.staging_folder(root)
        read = _parse_csv if file.format == "csv" else _parse_parquet
        info = read(session, staging, file, header, definitions)
        store.commit(staging, folder, info)
    return _as_parsed(file, header, folder, info, definitions)


def _as_parsed(
    file: FeedFile, header: Header, folder: Path, info: Mapping[str, Any], definitions: Definitions
) -> Parsed:
    if file.format == "csv":
        names = ", ".join(quoted(name) for name in info["columns"])
        sound = " WHERE failing = 0" if info["failing"] else ""
        relation = f"SELECT record, {names} FROM {read_rows(folder / 'rows.parquet')}{sound}"
    else:
        readings = [
            replace(reading, cell=quoted(reading.column.name))
            if reading.column.name in info["trimmed"]
            else reading
            for reading in _parquet_readings(file, info["types"], definitions)
        ]
        relation = _values(readings, scan_parquet(file.path, info["types"]))
        if info["failing"]:
            bad = f"SELECT record FROM {read_rows(folder / 'failing.parquet')}"
            relation += f" WHERE record NOT IN ({bad})"
    return Parsed(
        file=file,
        columns=tuple(info["columns"]),
        unknown=header.unknown,
        records=info["records"],
        rejected=info["rejected"],
        failing=info["failing"],
        folder=folder,
        relation=relation,
    )


def _parse_csv(
    session: Embedded, staging: Path, file: FeedFile, header: Header, definitions: Definitions
) -> dict[str, Any]:
    raw = {name: (f"c{place}", "VARCHAR") for name, place in header.places.items()}
    readings = read_columns(ENTITIES[file.entity], raw, definitions)
    source, records, rejected = _csv_rows(session, staging, file, header, readings)
    rows = read_rows(staging / "rows.parquet")
    bad = f"SELECT record, failing FROM {rows} WHERE failing <> 0"
    failing = session.count(f"({bad})")
    _write_quarantine(session, staging, file, readings, source, bad if failing else None, rejected)
    return {
        "columns": [reading.column.name for reading in readings],
        "records": records,
        "rejected": len(rejected),
        "failing": failing,
    }


def _csv_rows(
    session: Embedded, staging: Path, file: FeedFile, header: Header, readings: list[ColumnReading]
) -> tuple[str, int, tuple[RejectedRecord, ...]]:
    """Write typed rows; the raw relation they came from, its records and the rejected ones.

    The strict read stands only when an independent count of the bytes agrees with it.
    """
    target = staging / "rows.parquet"
    counted = survey(file.path)
    if counted.plain:
        source = scan_csv(file.path, len(header.names))
        try:
            written = session.copy(_checked(readings, source), target, in_order=True)
        except QueryFailed:
            written = -1
        if written == counted.records:
            return source, written, ()
    careful = read_carefully(file.path, len(header.names))
    source = session.keep(careful.rows, "careful")
    session.copy(_checked(readings, source), target, in_order=True)
    return source, careful.records, careful.rejected


def _parse_parquet(
    session: Embedded, staging: Path, file: FeedFile, header: Header, definitions: Definitions
) -> dict[str, Any]:
    types = _parquet_types(session, file, header)
    problems = check_types(file, types)
    if problems:
        raise FeedsUnusable(problems)
    readings = _parquet_readings(file, types, definitions)
    source = scan_parquet(file.path, types)
    checked = _checked(readings, source)
    try:
        records, failing = session.row(f"SELECT count(*), count_if(failing <> 0) FROM ({checked})")
        plain = _already_trimmed(session, file, types, source)
    except QueryFailed as error:
        raise _unreadable(file, error) from error
    bad = f"SELECT record, failing FROM ({checked}) WHERE failing <> 0"
    if failing:
        session.copy(bad, staging / "failing.parquet")
    _write_quarantine(session, staging, file, readings, source, bad if failing else None, ())
    return {
        "columns": [reading.column.name for reading in readings],
        "types": types,
        "trimmed": plain,
        "records": records,
        "rejected": 0,
        "failing": failing,
    }


def _already_trimmed(
    session: Embedded, file: FeedFile, types: Mapping[str, str], source: str
) -> list[str]:
    """Text columns that need no trimming, so that later passes need not look again."""
    contract = ENTITIES[file.entity].by_name
    names = [n for n, held in types.items() if contract[n].kind is Kind.TEXT and held == "VARCHAR"]
    if not names:
        return []
    same = [f"bool_and({quoted(n)} IS NOT DISTINCT FROM {trimmed(quoted(n))})" for n in names]
    found = session.row(f"SELECT {', '.join(same)} FROM {source}")
    return [name for name, clean in zip(names, found, strict=True) if clean is not False]


def _unreadable(file: FeedFile, error: QueryFailed) -> FeedsUnusable:
    found = f"cannot be read ({error.reason})."
    return FeedsUnusable([FeedProblem(f"feeds/{file.name}", found, "Export it again.")])


def _parquet_types(session: Embedded, file: FeedFile, header: Header) -> dict[str, str]:
    """Engine types of the mapped columns; columns that hold only nulls count as text."""
    schema = pq.read_schema(file.path)
    try:
        types = session.types(scan_parquet(file.path, header.places))
    except QueryFailed as error:
        raise _unreadable(file, error) from error
    return {
        name: "NULL" if pa.types.is_null(schema.field(name).type) else types[name]
        for name in header.places
    }


def _parquet_readings(
    file: FeedFile, types: Mapping[str, str], definitions: Definitions
) -> list[ColumnReading]:
    raw = {
        name: ("CAST(NULL AS VARCHAR)", "VARCHAR") if held == "NULL" else (quoted(name), held)
        for name, held in types.items()
    }
    return read_columns(ENTITIES[file.entity], raw, definitions)


def _cells(readings: list[ColumnReading], source: str, shown: bool = False) -> str:
    parts = [f"{r.cell} AS {quoted('t_' + r.column.name)}" for r in readings]
    if shown:
        parts += [f"{r.shown} AS {quoted('s_' + r.column.name)}" for r in readings]
    return f"SELECT record, {', '.join(parts)} FROM {source}"


def _values(readings: list[ColumnReading], source: str) -> str:
    """Typed rows under the contract's own names."""
    parts = ", ".join(f"{r.value} AS {quoted(r.column.name)}" for r in readings)
    return f"SELECT record, {parts} FROM ({_cells(readings, source)})"


def _checked(readings: list[ColumnReading], source: str) -> str:
    """Typed rows with `failing`: bit i is set where the cell of column i does not hold."""
    values = ", ".join(f"{r.value} AS {quoted('v_' + r.column.name)}" for r in readings)
    bits = " + ".join(
        f"CASE WHEN {r.failing} THEN {1 << place} ELSE 0 END" for place, r in enumerate(readings)
    )
    names = ", ".join(f"{quoted('v_' + r.column.name)} AS {quoted(r.column.name)}" for r in readings)
    return (
        f"SELECT record, {names}, CAST({bits} AS BIGINT) AS failing "
        f"FROM (SELECT *, {values} FROM ({_cells(readings, source)}))"
    )


def _write_quarantine(
    session: Embedded,
    staging: Path,
    file: FeedFile,
    readings: list[ColumnReading],
    source: str,
    bad: str | None,
    rejected: tuple[RejectedRecord, ...],
) -> None:
    """Keep every reason of every failing row, and every rejected record."""
    entity = ENTITIES[file.entity]
    tables = [quarantine.record_rows(entity, file.name, rejected)]
    if bad is not None:
        cells = _cells(readings, source, shown=True)
        session.table("failing_rows", f"SELECT * FROM ({cells}) JOIN ({bad}) USING (record)")
        for place, reading in enumerate(readings):
            name = reading.column.name
            reason = f"CASE WHEN {quoted('t_' + name)} IS NULL THEN 'is empty' ELSE {reading.reason} END"
            found = session.rows(
                f"SELECT record, left({quoted('s_' + name)}, 120), {reason} FROM failing_rows "
                f"WHERE (failing & {1 << place}) <> 0 ORDER BY record"
            )
            tables.append(quarantine.cell_rows(entity, file.name, reading.column, found))
    pq.write_table(pa.concat_tables(tables), staging / "quarantine.parquet", compression="zstd")
