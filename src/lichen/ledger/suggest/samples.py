"""What is seen of a raw table before anyone says what it means: counts and a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed

SHOWN = 200
"""Distinct values that are kept of a column."""

LOOKED_AT = 600
"""Cells with the smallest hashes; whole groups of equal cells, so that doubles among them show."""


@dataclass(frozen=True)
class ColumnSample:
    """Distinct values of a column: all of them when there are few, else some.

    `filled` counts cells that are not empty. `distinct` counts different ones; above `SHOWN` it is
    an estimate, which is exact where no value comes twice. The values of columns that hold the
    same keys are the same ones in the same order, so that tables can be compared by samples.
    """

    values: tuple[str, ...] = ()
    filled: int = 0
    distinct: int = 0

    @property
    def is_unique(self) -> bool:
        """Whether no value comes twice."""
        return self.filled > 0 and self.distinct >= self.filled


@dataclass(frozen=True)
class TableSample:
    """A raw table as far as it is looked at: its rows, and a sample per column in its order."""

    table: str
    rows: int
    columns: Mapping[str, ColumnSample] = field(default_factory=dict)


def sample(
    session: Embedded, relation: str, columns: Sequence[str], table: str = "table"
) -> TableSample:
    """Look at a raw relation in one scan; `relation` is a SELECT or the name of a table."""
    parts = ["count(*)"]
    for name in columns:
        cell = trimmed(quoted(name))
        parts += [f"count({cell})", _nearest(cell), _frequent(cell)]
    found = session.row(f"SELECT {', '.join(parts)} FROM {_readable(relation)}")
    cells = {
        name: _column(*found[1 + 3 * place : 4 + 3 * place]) for place, name in enumerate(columns)
    }
    return TableSample(table, found[0], cells)


def _readable(relation: str) -> str:
    return f"({relation})" if relation.lstrip().upper().startswith("SELECT") else relation


def _nearest(cell: str) -> str:
    """SQL of the cells with the smallest hashes, the same in every table."""
    return f"min_by({cell}, hash({cell}), {LOOKED_AT})"


def _frequent(cell: str) -> str:
    """SQL of the most frequent values, in the order of their hashes."""
    top = f"approx_top_k({cell}, {SHOWN + 1})"
    by_hash = f"list_sort(list_transform({top}, lambda word: {{'h': hash(word), 'w': word}}))"
    return f"list_transform({by_hash}, lambda one: one.w)"


def _column(filled: int, nearest: list[Any] | None, frequent: list[Any] | None) -> ColumnSample:
    words = [str(word) for word in frequent or () if word is not None]
    if len(words) <= SHOWN:
        return ColumnSample(tuple(words), filled, len(words))
    cells = [str(cell) for cell in nearest or ()]
    distinct = list(dict.fromkeys(cells))
    estimate = max(SHOWN + 1, round(filled * len(distinct) / max(1, len(cells))))
    # A column of few but long-tailed words may show fewer among its nearest cells than are kept.
    shown = distinct if len(distinct) >= SHOWN else list(dict.fromkeys([*distinct, *words]))
    return ColumnSample(tuple(shown[:SHOWN]), filled, min(estimate, filled))
