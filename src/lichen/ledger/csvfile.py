"""One CSV file read against its contract: typed rows in Parquet, what is no row put aside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import quoted, read_rows, scan_csv
from lichen.ledger.csvsurvey import survey
from lichen.ledger.csvtext import RejectedRecord, read_carefully
from lichen.ledger.feeds import FeedFile
from lichen.ledger.headers import Header
from lichen.ledger.reading import Reading, reading_of
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES


def parse(
    session: Embedded, staging: Path, file: FeedFile, header: Header, definitions: Definitions
) -> dict[str, Any]:
    """Write rows and quarantine of a file into `staging`; returns what its entry says of it."""
    raw = {name: (f"c{place}", "VARCHAR") for name, place in header.places.items()}
    reading = reading_of(ENTITIES[file.entity], raw, definitions)
    source, records, rejected = _write_rows(session, staging, file, header, reading)
    bad = f"SELECT record, failing FROM {read_rows(staging / 'rows.parquet')} WHERE failing <> 0"
    failing = session.count(f"({bad})")
    reading.write_quarantine(
        session,
        staging,
        ENTITIES[file.entity],
        file.name,
        source,
        bad if failing else None,
        rejected,
    )
    return {
        "columns": reading.names,
        "records": records,
        "rejected": len(rejected),
        "failing": failing,
    }


def sound_rows(folder: Path, info: Mapping[str, Any]) -> str:
    """SQL of the rows of a parsed file that have no failing cell."""
    names = ", ".join(quoted(name) for name in info["columns"])
    sound = " WHERE failing = 0" if info["failing"] else ""
    return f"SELECT record, {names} FROM {read_rows(folder / 'rows.parquet')}{sound}"


def _write_rows(
    session: Embedded, staging: Path, file: FeedFile, header: Header, reading: Reading
) -> tuple[str, int, tuple[RejectedRecord, ...]]:
    """Write typed rows; the raw relation they came from, its records and the rejected ones.

    The strict read stands only when an independent count of the bytes agrees with it.
    """
    target = staging / "rows.parquet"
    counted = survey(file.path)
    if counted.plain:
        source = scan_csv(file.path, len(header.names))
        try:
            written = session.copy(reading.checked(source), target, in_order=True)
        except QueryFailed:
            written = -1
        if written == counted.records:
            return source, written, ()
    careful = read_carefully(file.path, len(header.names))
    source = session.keep(careful.rows, "careful")
    session.copy(reading.checked(source), target, in_order=True)
    return source, careful.records, careful.rejected
