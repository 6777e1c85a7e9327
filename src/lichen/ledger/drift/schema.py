"""The raw tables of a source as they were seen: columns, their types, how far they are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.ledger.suggest.shapes import simple_type

TYPED_BY = 20_000
"""Records of each file whose cells tell the type of a column."""

CELLS = 200


@dataclass(frozen=True)
class ColumnSeen:
    """`type` is text, integer, number, date or boolean; `filled` the share of cells with text."""

    type: str
    filled: float


@dataclass(frozen=True)
class Schema:
    """Raw tables of a source by name, and the columns of each in their order."""

    tables: Mapping[str, Mapping[str, ColumnSeen]] = field(default_factory=dict)


def table_seen(session: Embedded, relation: str, columns: Sequence[str]) -> dict[str, ColumnSeen]:
    """The columns of a raw table in one scan; `relation` is a SELECT with `_row`.

    Fill is counted over all rows; the type is told from the first records of each file.
    """
    early = f"FILTER (WHERE _row % 1000000000000 <= {TYPED_BY})"
    parts = ["count(*)"]
    for name in columns:
        cell = trimmed(quoted(name))
        parts += [f"count({cell})", f"min_by({cell}, hash({cell}), {CELLS}) {early}"]
    found = session.row(f"SELECT {', '.join(parts)} FROM ({relation})")
    rows = found[0]
    return {
        name: ColumnSeen(
            simple_type(map(str, found[2 + 2 * place] or ())),
            round(found[1 + 2 * place] / rows, 4) if rows else 0.0,
        )
        for place, name in enumerate(columns)
    }
