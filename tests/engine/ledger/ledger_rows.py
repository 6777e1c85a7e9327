"""Short ways for tests to look at a ledger."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from lichen.ledger import Ledger


def rows(ledger: Ledger, entity: str, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of an entity, sorted."""
    table = pq.read_table(ledger.table_path(entity), columns=list(columns))
    found = [tuple(row[name] for name in columns) for row in table.to_pylist()]
    return sorted(found, key=lambda row: tuple((value is None, str(value)) for value in row))


def counts(ledger: Ledger, entity: str) -> tuple[int, int, int, int]:
    """(mapped, accepted, quarantined, duplicates) of an entity."""
    for row in ledger.accounting.to_pylist():
        if row["level"] == "entity" and row["entity"] == entity:
            return (row["mapped"], row["accepted"], row["quarantined"], row["duplicates"])
    raise AssertionError(f"no accounting of {entity}")


def reasons(ledger: Ledger) -> list[tuple[Any, ...]]:
    """(file, record, column, value, reason) of every quarantine row, sorted."""
    names = ("file", "record", "column", "value", "reason")
    found = [tuple(row[name] for name in names) for row in ledger.quarantine.to_pylist()]
    return sorted(found, key=str)


def findings(ledger: Ledger) -> dict[str, int]:
    """Counts by code; several of one code are added."""
    total: dict[str, int] = {}
    for finding in ledger.findings:
        total[finding.code] = total.get(finding.code, 0) + finding.count
    return total
