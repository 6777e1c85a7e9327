"""Delimited text as a raw table: a strict scan where it is plain, else read record by record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import scan_csv
from lichen.ledger.csvtext import Careful, survey
from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.layout import NAMES, Layout, layout_of
from lichen.ledger.raw.unpack import Text, as_utf8, unpacked


def convert(
    session: Embedded, staging: Path, file: RawFile, hints: Hints, where: str
) -> dict[str, Any]:
    """What an entry says of the file; rows in `rows.parquet`, unless the file is read in place.

    Raises:
        FeedsUnusable: it cannot be read as text, or has no header.
    """
    path = unpacked(file, staging, where)
    text = as_utf8(path, hints.encoding, staging, where)
    layout = layout_of(text.path, hints, where)
    columns = column_names(layout.names)
    info: dict[str, Any] = {
        "columns": columns,
        "typed": [False] * len(columns),
        "delimiter": layout.delimiter,
        "notes": _notes(text, layout),
    }
    in_place = _in_place(session, text, layout) if text.path == file.path else None
    if in_place is not None:
        info |= {"in_place": True, "records": in_place, "rejects": []}
    else:
        info |= {"in_place": False, **_by_record(text, layout, staging)}
    for spare in ("unpacked", "text"):
        (staging / spare).unlink(missing_ok=True)
    return info


def _in_place(session: Embedded, text: Text, layout: Layout) -> int | None:
    """Records of text that the strict scan reads whole, as an independent count agrees."""
    if not layout.is_plain:
        return None
    counted = survey(text.path)
    if not counted.plain:
        return None
    try:
        found = session.count(scan_csv(text.path, len(layout.names), layout.delimiter))
    except QueryFailed:
        return None
    return found if found == counted.records else None


def _by_record(text: Text, layout: Layout, staging: Path) -> dict[str, Any]:
    careful = Careful(text.path, len(layout.names), layout.delimiter, layout.header, layout.end)
    rows = 0
    with pq.ParquetWriter(staging / "rows.parquet", careful.schema, compression="zstd") as writer:
        for batch in careful.batches():
            rows += batch.num_rows
            writer.write_batch(batch)
    rejects = [[one.record, one.excerpt, one.reason, one.expected] for one in careful.rejects]
    return {"records": rows + len(rejects), "rejects": rejects}


def _notes(text: Text, layout: Layout) -> list[str]:
    notes = [text.encoding.removesuffix("-sig"), NAMES.get(layout.delimiter, layout.delimiter)]
    if text.guessed:
        notes[0] += " (not UTF-8; declare `encoding` in the mapping if it is another)"
    if layout.titles:
        notes.append(f"{layout.titles} title line{'s' * (layout.titles > 1)} above the header")
    if layout.footers:
        notes.append(f"{layout.footers} line{'s' * (layout.footers > 1)} of notes at the end")
    return notes
