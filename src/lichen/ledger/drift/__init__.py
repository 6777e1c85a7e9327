"""What changed in the exports of a source between two loads: tables, columns, types, fill.

A loader calls `read_last(root, source)` before a load, `table_seen` for each raw table that it
reads, `compare` of both schemas and `finding_of` their differences, and `keep(root, source,
schema)` after the load succeeded. What is kept is a note under `.lichen/schemas/`: no ledger
depends on it, and without it nothing is compared.
"""

from __future__ import annotations

from lichen.ledger.drift.compare import Difference, as_rows, compare, drift_findings, finding_of
from lichen.ledger.drift.kept import keep, read_last, schema_of
from lichen.ledger.drift.schema import ColumnSeen, Schema, table_seen

__all__ = [
    "ColumnSeen",
    "Difference",
    "Schema",
    "as_rows",
    "compare",
    "drift_findings",
    "finding_of",
    "keep",
    "read_last",
    "schema_of",
    "table_seen",
]
