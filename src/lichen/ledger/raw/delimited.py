"""Delimited text as a raw table: a strict scan where it is plain, else read record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import is_filled, scan_csv
from lichen.ledger.csvsurvey import survey
from lichen.ledger.csvtext import Careful, Dialect
from lichen.ledger.raw.encoding import Text, as_utf8
from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.foreign import refuse_foreign
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.layout import Layout, layout_of
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.unpack import copied_bytes, unpacked

MOST_REJECTED = 1_000_000
"""Records that may be none before a file is refused; each of them is kept to be told."""


def convert(
    session: Embedded, staging: Path, file: RawFile, hints: Hints, where: str
) -> dict[str, Any]:
    """What an entry says of the file; rows in `rows.parquet`, unless the file is read in place.

    Raises:
        FeedsUnusable: it cannot be read as text, or has no header.
    """
    path = unpacked(file, staging, where)
    refuse_foreign(path, where)
    text = as_utf8(path, hints.encoding, staging, where)
    layout = layout_of(text.path, hints, where)
    columns = column_names(layout.names, where)
    body = _body(text, layout, staging)
    info: dict[str, Any] = {
        "columns": columns,
        "typed": [False] * len(columns),
        "dialect": asdict(layout.dialect),
        "notes": [text.note, *layout.notes],
    }
    found = _read(session, body, layout, staging, where, in_place=body == file.path)
    for one in found["rejects"]:
        if one[2] == "is not UTF-8" and text.encoding != "utf-8":
            one[2:] = [f"is not text in {text.encoding}", f"text in {text.encoding}"]
    return info | found


def relation(path: Path, columns: int, dialect: Mapping[str, str]) -> str:
    """SQL of a file that is read in place: record, c0, c1, …"""
    marks = Dialect(**dialect)
    return scan_csv(path, columns, marks.delimiter, marks.quote)


def _body(text: Text, layout: Layout, staging: Path) -> Path:
    """The text without what stands above its header and below its records."""
    if layout.is_whole:
        return text.path
    return copied_bytes(text.path, staging / "body", layout.begin, layout.end)


def _read(
    session: Embedded, body: Path, layout: Layout, staging: Path, where: str, *, in_place: bool
) -> dict[str, Any]:
    """Rows and records: the strict scan stands only where an independent count agrees."""
    dialect = layout.dialect
    scan = scan_csv(body, len(layout.names), dialect.delimiter, dialect.quote)
    counted = survey(body, dialect.quote)
    if counted.plain and not dialect.escape:
        rows = staging / "rows.parquet"
        filled = None
        try:
            if in_place:
                found, *filled = session.row(_counts(scan, len(layout.names)))
            else:
                found = session.copy(f"SELECT * FROM {scan}", rows, in_order=True)
        except QueryFailed:
            found = -1
        if found == counted.records:
            return {"in_place": in_place, "records": found, "rejects": [], "filled": filled}
    return {"in_place": False, **_by_record(body, layout, staging, where)}


def _counts(scan: str, columns: int) -> str:
    """SQL of the number of records and of filled cells by column.

    The engine parses every cell of a strict read in any case, so that these cost no scan later.
    """
    filled = [f"count(*) FILTER ({is_filled(f'c{place}')})" for place in range(columns)]
    return f"SELECT {', '.join(['count(*)', *filled])} FROM {scan}"


def _by_record(body: Path, layout: Layout, staging: Path, where: str) -> dict[str, Any]:
    careful = Careful(body, len(layout.names), layout.dialect)
    rows = 0
    with pq.ParquetWriter(staging / "rows.parquet", careful.schema, compression="zstd") as writer:
        for batch in careful.batches():
            rows += batch.num_rows
            writer.write_batch(batch)
            if careful.rejected > MOST_REJECTED:
                break
    if careful.rejected > MOST_REJECTED:
        first = careful.rejects[0]
        found = (
            f"has over {MOST_REJECTED:,} records that are no rows; "
            f"the first, record {first.record}, {first.reason}."
        )
        raise refused(where, found, "Declare delimiter, header_line or encoding in the mapping.")
    rejects = [[one.record, one.excerpt, one.reason, one.expected] for one in careful.rejects]
    return {"records": rows + len(rejects), "rejects": rejects}
