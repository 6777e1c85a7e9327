"""A Parquet file as a raw table: read in place, each typed column shown as canonical text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines import native
from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import file_name, quoted
from lichen.ledger.raw.files import RawFile
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.unpack import unpacked


def convert(session: Embedded, staging: Path, file: RawFile, where: str) -> dict[str, Any]:
    """What the entry says of the file; nothing is copied, unless an archive holds it.

    Raises:
        FeedsUnusable: it is no sound Parquet file.
    """
    path = unpacked(file, staging, where)
    try:
        names = pq.read_schema(path).names
        columns = column_names(names, where)
        if _needs_other_names(names):
            path, names = _renamed(path, staging, len(names))
        types = session.types(_scan(path, names))
        read = [(name, types[f"v{place}"]) for place, name in enumerate(names)]
        records = _records(session, path, read)
    except (pa.ArrowException, QueryFailed, OSError, ValueError, KeyError) as error:
        told = error.reason if isinstance(error, QueryFailed) else str(error)
        told = told.replace(str(path), path.name)
        reason = (told.splitlines() or ["no reason given"])[0][:120]
        found = f"is not a readable Parquet file ({reason})."
        raise refused(where, found, "Export it again.") from error
    if path != file.path:
        session.copy(cells(path, read), staging / "rows.parquet", in_order=True)
    return {
        "columns": columns,
        "typed": [True] * len(names),
        "types": read,
        "in_place": path == file.path,
        "notes": ["Parquet"],
        "records": records,
        "rejects": [],
    }


def cells(path: Path, read: Sequence[tuple[str, str]]) -> str:
    """SQL of record and c0, c1, … as text."""
    columns = "".join(
        f", {_text(f'v{place}', held)} AS c{place}" for place, (_, held) in enumerate(read)
    )
    return f"SELECT record{columns} FROM {_scan(path, [name for name, _ in read])}"


def _scan(path: Path, names: Sequence[str]) -> str:
    """The columns as v0, v1, … with record, so that no name of theirs meets one of ours."""
    columns = "".join(f", {quoted(name)} AS v{place}" for place, name in enumerate(names))
    return (
        f"(SELECT file_row_number + 1 AS record{columns} FROM read_parquet({file_name(path)}, "
        "file_row_number = true, hive_partitioning = false))"
    )


def _records(session: Embedded, path: Path, read: Sequence[tuple[str, str]]) -> int:
    """How many rows; every cell is read for it, so that damage shows now and not later."""
    counts = "".join(f", bit_xor(hash(c{place}))" for place in range(len(read)))
    return int(session.row(f"SELECT count(*){counts} FROM ({cells(path, read)})")[0])


def _needs_other_names(names: Sequence[str]) -> bool:
    """Whether the engine cannot tell the columns apart by name, or takes one for its own."""
    lower = {name.lower() for name in names}
    return len(lower) < len(names) or bool(lower & {"", "file_row_number"})


def _renamed(path: Path, staging: Path, columns: int) -> tuple[Path, list[str]]:
    """The same rows in a file whose columns are called x0, x1, …"""
    names = [f"x{place}" for place in range(columns)]
    target = staging / "renamed"
    with pq.ParquetFile(path) as source:
        schema = pa.schema(
            [held.with_name(name) for held, name in zip(source.schema_arrow, names, strict=True)]
        )
        with pq.ParquetWriter(target, schema) as writer:
            for batch in source.iter_batches():
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    return target, names


def _text(column: str, held: str) -> str:
    if held == '"NULL"':
        return "CAST(NULL AS VARCHAR)"
    family = native.family(held)
    if family in ("instant", "zoned"):
        moment = native.naive(column, family)
        zone = "'Z'" if family == "zoned" else "''"
        exact = f"rtrim(strftime({moment}, '%Y-%m-%dT%H:%M:%S.%f'), '0')"
        whole = f"rtrim({exact}, '.') || {zone}"
        if family == "zoned":
            return whole
        day = f"{moment} = date_trunc('day', {moment})"
        return f"CASE WHEN {day} THEN strftime({moment}, '%Y-%m-%d') ELSE {whole} END"
    if held == "BLOB":
        return f"coalesce(try(decode({column})), CAST({column} AS VARCHAR))"
    if family == "float":
        return native.plain_number(column)
    if family == "other":
        return (
            f"CAST(to_json({column}) AS VARCHAR)"
            if _is_nested(held)
            else f"CAST({column} AS VARCHAR)"
        )
    return native.as_text(column, family)


def _is_nested(held: str) -> bool:
    return held.endswith("]") or held.startswith(("STRUCT", "MAP"))
