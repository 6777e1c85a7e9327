"""Groups of accounts as valid at any month end, in the shape that every measure takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.composite import Part, composite, parts_of
from lichen.involvement.labels import labels_table
from lichen.involvement.library import Library, library_of
from lichen.involvement.memberships import OVERLAPPING, intersect
from lichen.kernel.errors import LichenError
from lichen.kernel.periods import last_month_end, month_index
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.dimensions import DIMENSIONS, dimension
from lichen.vocabulary.grouping import Grouping

TOTAL: tuple[str, ...] = ()


class NotAMonthEnd(LichenError):
    """Groups are valid at month ends, and this day is none."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"Groups are taken at month ends, and {day.isoformat()} is not one.",
            f"Ask for {last_month_end(day).isoformat()}, the last month end before it.",
        )


@dataclass(frozen=True)
class Cells:
    """The cells of one grouping, with the way to read each dimension from a cell."""

    name: str
    table: ir.Table
    parts: tuple[Part, ...]
    wanted: tuple[tuple[str, ...], ...]
    dated: bool

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the wanted combinations speak of, in their order."""
        return tuple(dict.fromkeys(name for names in self.wanted for name in names))


def groupings(
    facts: Facts, definitions: Definitions, dimensions: Sequence[tuple[str, ...]]
) -> list[Grouping]:
    """The total and the asked combinations of dimensions, as few groupings as their nature allows.

    The total (label "") is always there. Combinations of dimensions that never change share one
    grouping, those with a dimension that changes share another; each combination with an
    overlapping dimension is its own. A group of two dimensions holds the accounts that are in both
    groups at that month end.

    Raises:
        UnknownName: a dimension that does not exist.
        TooManyCombinations: the dimensions have more combinations than can be numbered.
    """
    return [_grouping(facts, cells) for cells in _all_cells(facts, definitions, dimensions)]


def groups_at(
    facts: Facts,
    definitions: Definitions,
    day: date,
    dimensions: Sequence[str] = tuple(DIMENSIONS),
) -> ir.Table:
    """Each account's groups at a month end: account_key, dimension, value.

    One row per account for a dimension whose groups are apart, any number for an overlapping one.

    Raises:
        NotAMonthEnd: the day is not the last of its month.
        UnknownName: a dimension that does not exist.
    """
    if last_month_end(day) != day:
        raise NotAMonthEnd(day)
    month = month_index(day)
    parts = []
    for cells in _all_cells(facts, definitions, [(name,) for name in dimensions]):
        table = cells.table
        then = table.filter((table.from_month <= month) & (table.to_month > month))
        values = facts.engine.from_arrow(_values_table(facts, cells))
        named = then.join(values, [("cell", "of_cell")])
        parts.append(named.select("account_key", "dimension", "value"))
    return ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]


def _all_cells(
    facts: Facts, definitions: Definitions, dimensions: Sequence[tuple[str, ...]]
) -> list[Cells]:
    """The cells behind every grouping, each table computed once."""
    asked = list(dict.fromkeys(tuple(dict.fromkeys(names)) for names in dimensions if names))
    for name in (name for names in asked for name in names):
        dimension(name)
    library = library_of(facts, definitions)
    overlapping = [names for names in asked if any(name in OVERLAPPING for name in names)]
    apart = [names for names in asked if names not in overlapping]
    dated = [names for names in apart if any(library.axis(name).dated for name in names)]
    static = [TOTAL, *(names for names in apart if names not in dated)]
    found = [_composite_cells(library, "static", static)]
    if dated:
        found.append(_composite_cells(library, "dated", dated))
    return found + [_overlapping_cells(library, names) for names in overlapping]


def _composite_cells(library: Library, name: str, wanted: Sequence[tuple[str, ...]]) -> Cells:
    names = dict.fromkeys(name for names in wanted for name in names)
    axes = [library.axis(name) for name in names]
    table, parts = composite(library.seen, axes)
    dated = any(axis.dated for axis in axes)
    return Cells(name, library.seen.keep(table), parts, tuple(wanted), dated)


def _overlapping_cells(library: Library, names: tuple[str, ...]) -> Cells:
    members = [library.membership(name) for name in names]
    parts = parts_of([(member.name, member.values or ("",)) for member in members])
    table = intersect([(m.spans, part.radix) for m, part in zip(members, parts, strict=True)])
    return Cells("+".join(names), library.seen.keep(table), parts, (names,), dated=True)


def _distinct_cells(facts: Facts, cells: Cells) -> pa.ChunkedArray:
    found = facts.engine.to_arrow(cells.table.select("cell").distinct())
    return found.sort_by("cell").column("cell")


def _grouping(facts: Facts, cells: Cells) -> Grouping:
    labels = labels_table(_distinct_cells(facts, cells), cells.parts, cells.wanted)
    return Grouping(
        name=cells.name,
        dimensions=cells.dimensions,
        cells=cells.table,
        labels=facts.engine.from_arrow(labels),
        dated=cells.dated,
    )


def _values_table(facts: Facts, cells: Cells) -> pa.Table:
    """of_cell, dimension, value: the raw value of each single dimension in each cell."""
    numbers = _distinct_cells(facts, cells)
    rows: dict[str, list[object]] = {"of_cell": [], "dimension": [], "value": []}
    for number in numbers.to_pylist():
        for part in cells.parts:
            rows["of_cell"].append(number)
            rows["dimension"].append(part.name)
            rows["value"].append(part.values[number // part.radix % len(part.values)])
    schema = pa.schema(
        [("of_cell", pa.int64()), ("dimension", pa.string()), ("value", pa.string())]
    )
    return pa.table(rows, schema=schema)
