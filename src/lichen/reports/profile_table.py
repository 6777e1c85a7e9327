"""The profile as one table: a row group per dimension, both families side by side."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.reports.cells import figure_cell
from lichen.reports.document import Cell, Column, Range, RowGroup, Table
from lichen.reports.format import format_count
from lichen.reports.pictures import value_scale
from lichen.scorecards.board import Board
from lichen.scorecards.headlines import metric_short
from lichen.scorecards.profile import (
    COHORT_METRICS,
    PROFILE_METRICS,
    RENEWAL_METRICS,
    ProfileRow,
    ProfileTable,
    base_phrase,
)
from lichen.vocabulary.metrics import METRICS, Base

DRAWN = ("nrr", "grr", "renewal_rate")
"""Metrics whose interval is drawn in the cell, on the column's scale."""

OPTIONAL = ("renewal_gross", "renewal_net")
"""Metrics that an 80-column terminal leaves to wider ones."""

CAPTION = (
    "Profile by group. Where n = 12 or uneven stands for a rate, there is not enough data: too "
    "few, or a few large accounts outweigh the rest; where it is not readable, a finding says why. "
    "Whole percent where the interval is wider than 20 points."
)

_HEADS = {
    "accounts": "Accounts",
    "arr": "ARR",
    "logo_retention": "Logo",
    "renewal_rate": "Renewed",
    "renewal_gross": "Gross",
    "renewal_net": "Net",
}
_ROUTE_DIMENSIONS = frozenset({"served_via", "acquired_via"})

Scales = dict[str, tuple[float, float]]


def profile_table(board: Board) -> Table:
    """Every dimension's groups under the whole base; folded groups are counted in the note."""
    scales = {metric: _scale(board, metric) for metric in DRAWN}
    groups = [RowGroup((_row(board.total, "", board, scales),))]
    groups += [_group(table, board, scales) for table in board.profile]
    return Table("profile", CAPTION, tuple(_columns()), tuple(groups))


def _columns() -> Iterator[Column]:
    yield Column("Group", numeric=False)
    for metric in PROFILE_METRICS:
        yield Column(
            _HEADS.get(metric, metric_short(metric)),
            family=_family(metric),
            optional=metric in OPTIONAL,
        )


def _family(metric: str) -> str:
    base = METRICS[metric].base
    if base is Base.ACCOUNTS:
        return "On the closing day"
    name = "Retention" if metric in COHORT_METRICS else "Renewals"
    assert metric in (*COHORT_METRICS, *RENEWAL_METRICS)
    return f"{name}: {base_phrase(metric)}"


def _group(table: ProfileTable, board: Board, scales: Scales) -> RowGroup:
    rows = tuple(_row(row, table.dimension, board, scales) for row in table.rows)
    notes = [table.meaning]
    if table.overlapping:
        notes.append("groups overlap and do not add up")
    if table.folded:
        notes.append(f"{format_count(table.folded)} smaller not shown")
    return RowGroup(rows, table.title, "; ".join(notes))


def _row(row: ProfileRow, dimension: str, board: Board, scales: Scales) -> tuple[Cell, ...]:
    swatch = row.value if dimension in _ROUTE_DIMENSIONS else ""
    note = row.value if row.label != row.value and dimension == "partner" else ""
    cells = [Cell(row.label, swatch=swatch, note=note)]
    for metric in PROFILE_METRICS:
        figure = row.figures.get(metric)
        drawn = None
        if metric in scales and figure is not None and figure.value is not None:
            total = board.total.figures.get(metric)
            drawn = Range(
                figure.value,
                figure.low,
                figure.high,
                total.value if total else None,
                scales[metric],
            )
        cells.append(figure_cell(figure, board.run, drawn))
    return tuple(cells)


def _scale(board: Board, metric: str) -> tuple[float, float]:
    rows = [board.total, *(row for table in board.profile for row in table.rows)]
    total = board.total.figures.get(metric)
    return value_scale(
        [row.figures[metric] for row in rows if metric in row.figures],
        total.value if total else None,
    )
