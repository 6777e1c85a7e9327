"""Coverage on the board: accounts and ARR by who looks after them, in all and by segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lichen.scorecards.published import Published
from lichen.vocabulary.figure import Figure

CELLS = {
    "csm": "CSM only",
    "partner": "Partner practice only",
    "both": "CSM and partner",
    "neither": "Nobody",
}
BY = "segment"


@dataclass(frozen=True)
class CoverageRow:
    """One group with accounts and ARR (minor units) of each cell, and its published shares."""

    value: str
    accounts: Mapping[str, int]
    arr_minor: Mapping[str, int]
    uncovered: Figure | None
    uncovered_arr: Figure | None


@dataclass(frozen=True)
class Coverage:
    """The whole base first, then each segment; no rows where the run does not know who covers."""

    rows: tuple[CoverageRow, ...]


def coverage(published: Published, tables: Mapping[str, pa.Table]) -> Coverage:
    """The coverage of a run; empty where it published none."""
    rows = tables["coverage"].to_pylist() if "coverage" in tables else []
    values = dict.fromkeys(row["value"] for row in rows if row["dimension"] == BY)
    found = [_row("", "", rows, published), *(_row(BY, each, rows, published) for each in values)]
    return Coverage(tuple(row for row in found if sum(row.accounts.values())))


def _row(
    dimension: str, value: str, rows: list[dict[str, object]], published: Published
) -> CoverageRow:
    held = [row for row in rows if (row["dimension"], row["value"]) == (dimension, value)]
    groups = {dimension: value} if dimension else {}
    return CoverageRow(
        value,
        {str(row["cell"]): int(str(row["accounts"])) for row in held},
        {str(row["cell"]): int(str(row["arr_minor"])) for row in held},
        published.figure("uncovered_accounts", groups),
        published.figure("uncovered_arr", groups),
    )
