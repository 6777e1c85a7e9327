"""A Parquet file as a raw table: read in place, each typed column shown as canonical text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines import native
from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import quoted, scan_parquet
from lichen.ledger.raw.files import RawFile
from lichen.ledger.raw.find import refused
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.unpack import unpacked


def convert(session: Embedded, staging: Path, file: RawFile, where: str) -> dict[str, Any]:
    """What the entry says of the file; nothing is copied, unless an archive holds it.

    Raises:
        FeedsUnusable: it is no sound Parquet file.
    """
    path = unpacked(file, staging, where)
    try:
        schema = pq.read_schema(path)
        names = [name for name in schema.names if not pa.types.is_null(schema.field(name).type)]
        types = session.types(scan_parquet(path, names))
        records = session.count(f"({cells(path, [(name, types[name]) for name in names])})")
    except (pa.ArrowException, QueryFailed, OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0][:120]
        found = f"is not a readable Parquet file ({reason})."
        raise refused(where, found, "Export it again.") from error
    read = [(name, types[name]) for name in names]
    if path != file.path:
        session.copy(cells(path, read), staging / "rows.parquet", in_order=True)
        path.unlink()
    return {
        "columns": column_names(names),
        "typed": [True] * len(names),
        "types": read,
        "in_place": path == file.path,
        "notes": ["Parquet"],
        "records": records,
        "rejects": [],
    }


def cells(path: Path, read: list[tuple[str, str]]) -> str:
    """SQL of record and c0, c1, … as text."""
    columns = "".join(
        f", {_text(quoted(name), held)} AS c{place}" for place, (name, held) in enumerate(read)
    )
    return f"SELECT record{columns} FROM {scan_parquet(path, [name for name, _ in read])}"


def _text(column: str, held: str) -> str:
    family = native.family(held)
    if family in ("instant", "zoned"):
        moment = native.naive(column, family)
        zone = "'Z'" if family == "zoned" else "''"
        whole = f"strftime({moment}, '%Y-%m-%dT%H:%M:%S') || {zone}"
        if family == "zoned":
            return whole
        day = f"{moment} = date_trunc('day', {moment})"
        return f"CASE WHEN {day} THEN strftime({moment}, '%Y-%m-%d') ELSE {whole} END"
    if family == "other":
        return (
            f"CAST(to_json({column}) AS VARCHAR)"
            if _is_nested(held)
            else f"CAST({column} AS VARCHAR)"
        )
    return native.as_text(column, family)


def _is_nested(held: str) -> bool:
    return held.endswith("]") or held.startswith(("STRUCT", "MAP"))
