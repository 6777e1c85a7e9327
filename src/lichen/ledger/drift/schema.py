"""The raw tables of a source as they were seen: columns, their types, how far they are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lichen.engines.embedded import Embedded
from lichen.engines.text import is_filled, quoted, trimmed
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


def table_seen(
    session: Embedded,
    relation: str,
    columns: Sequence[str],
    counted: tuple[int, Sequence[int]] | None = None,
) -> dict[str, ColumnSeen]:
    """The columns of a raw table; `relation` is a SELECT with `_row`.

    Fill is counted over all rows, unless rows and filled cells were `counted` before; the type is
    told from the first records of each file.
    """
    rows, filled = counted or _counted(session, relation, columns)
    cells = [trimmed(quoted(name)) for name in columns]
    samples = [f"min_by({cell}, hash({cell}), {CELLS})" for cell in cells]
    early = f"SELECT * FROM ({relation}) WHERE _row % 1000000000000 <= {TYPED_BY}"
    found = session.row(f"SELECT {', '.join(['0', *samples])} FROM ({early})")[1:]
    return {
        name: ColumnSeen(
            simple_type(map(str, sample or ())), round(count / rows, 4) if rows else 0.0
        )
        for name, sample, count in zip(columns, found, filled, strict=True)
    }


def _counted(session: Embedded, relation: str, columns: Sequence[str]) -> tuple[int, Sequence[int]]:
    """Rows, and filled cells of each column."""
    parts = [f"count(*) FILTER ({is_filled(quoted(name))})" for name in columns]
    rows, *filled = session.row(f"SELECT {', '.join(['count(*)', *parts])} FROM ({relation})")
    return rows, filled
