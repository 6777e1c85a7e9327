"""Gathering spans and points by group and month: the engine sums, NumPy accumulates.

What leaves the engine is one small table of exact integers for every group and month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lichen.engines import Engine
from lichen.vocabulary.grouping import Grouping

Measures = Callable[[ir.Table], Mapping[str, ir.Value]]
"""From rows of one table to named values, summed by group."""

Integers = NDArray[Any]
"""Exact Python integers (dtype object), so that sums of squares keep every digit."""

PLACES = frozenset({"cell", "month", "from_month", "to_month"})


@dataclass(frozen=True, eq=False)
class GroupSums:
    """Sums by group and month: `sums[name][group, month - months.start]`, exact integers."""

    groups: tuple[str, ...]
    months: range
    sums: Mapping[str, Integers]

    def __getitem__(self, name: str) -> Integers:
        return self.sums[name]

    def running(self) -> GroupSums:
        """The sums of all months up to and including each."""
        totals = {name: np.cumsum(values, axis=1) for name, values in self.sums.items()}
        return GroupSums(self.groups, self.months, totals)

    def plus(self, other: GroupSums, sign: int = 1) -> GroupSums:
        """Both, added name by name (or subtracted), for the same groups and months."""
        sums = {name: values + sign * other.sums[name] for name, values in self.sums.items()}
        return GroupSums(self.groups, self.months, sums)


@dataclass(frozen=True, eq=False)
class Gatherer:
    """Gathers into the groups of one grouping, less those that `skipped` names.

    Groups without rows are there with zeros.
    """

    engine: Engine
    grouping: Grouping
    skipped: frozenset[str] = frozenset()

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups gathered into, sorted."""
        listed = self.engine.to_arrow(self.grouping.labels.select("groups").distinct())
        return tuple(sorted(set(listed["groups"].to_pylist()) - self.skipped))

    def over_spans(
        self,
        spans: ir.Table,
        measures: Measures,
        months: range,
        lag: int,
        settled: ir.Table | None = None,
    ) -> GroupSums:
        """At each month end, the sum over spans that hold then, by group `lag` months earlier.

        `settled` are spans with a column `group_month`, whose groups are of that month throughout.
        """
        rows = self._at_spans(spans, lag)
        if settled is not None:
            rows = rows.union(self.placed(settled).select(*rows.columns))
        values = rows.select("cell", "from_month", "to_month", **measures(rows))
        names = _measured(values)
        # Most spans share cell and both months with others, and sums of equals are far fewer.
        alike = _summed(values, ["cell", "from_month", "to_month"], names)
        starts = alike.select("cell", *names, month=alike.from_month)
        ends = alike.select("cell", **{n: -alike[n] for n in names}, month=alike.to_month)
        changes = starts.union(ends.select(*starts.columns))
        return self._by_group(changes, names, months).running()

    def at_points(self, points: ir.Table, measures: Measures, months: range) -> GroupSums:
        """In each `month`, the sum over points in it, by group as valid at `group_month`."""
        return self.of_cells(self.placed(points), measures, months)

    def of_cells(self, rows: ir.Table, measures: Measures, months: range) -> GroupSums:
        """In each `month`, the sum over rows that already name their `cell`."""
        values = rows.select("cell", "month", **measures(rows))
        return self._by_group(values, _measured(values), months)

    def _by_group(self, values: ir.Table, names: list[str], months: range) -> GroupSums:
        """Rows of cell, month and values as sums by group and month."""
        cells = _summed(values.filter(values.month < months.stop), ["cell", "month"], names)
        labelled = cells.inner_join(self.grouping.labels.select("cell", "groups"), "cell")
        groups = _summed(labelled, ["groups", "month"], names)
        return self._dense(self.engine.to_arrow(groups), names, months)

    def _at_spans(self, spans: ir.Table, lag: int) -> ir.Table:
        cells = self.grouping.cells
        if not self.grouping.dated:
            return spans.inner_join(cells.select("account_key", "cell"), "account_key")
        held = cells.select(
            "account_key", "cell", since=cells.from_month + lag, until=cells.to_month + lag
        )
        met = spans.inner_join(
            held,
            [
                spans.account_key == held.account_key,
                spans.from_month < held.until,
                held.since < spans.to_month,
            ],
        )
        others = [name for name in spans.columns if name not in ("from_month", "to_month")]
        return met.select(
            *(met[name] for name in others),
            met.cell,
            from_month=ibis.greatest(met.from_month, met.since),
            to_month=ibis.least(met.to_month, met.until),
        )

    def placed(self, points: ir.Table) -> ir.Table:
        """The points with the `cell` of each account at their `group_month`."""
        cells = self.grouping.cells
        if not self.grouping.dated:
            return points.inner_join(cells.select("account_key", "cell"), "account_key")
        held = cells.select("account_key", "cell", since=cells.from_month, until=cells.to_month)
        met = points.inner_join(
            held,
            [
                points.account_key == held.account_key,
                held.since <= points.group_month,
                points.group_month < held.until,
            ],
        )
        return met.select(*(met[name] for name in points.columns), met.cell)

    def _dense(self, table: pa.Table, names: list[str], months: range) -> GroupSums:
        index = {group: position for position, group in enumerate(self.groups)}
        wanted = pc.is_in(table["groups"], value_set=pa.array(self.groups, pa.string()))
        table = table.filter(wanted)
        rows = np.array([index[group] for group in table["groups"].to_pylist()], dtype=np.int64)
        # What changed before the first month asked for is there from the first month on.
        columns = np.maximum(table["month"].to_numpy(), months.start) - months.start
        sums = {}
        for name in names:
            total = _zeros(len(self.groups), len(months))
            exact = np.array([int(value) for value in table[name].to_pylist()], dtype=object)
            np.add.at(total, (rows, columns), exact)
            sums[name] = total
        return GroupSums(self.groups, months, sums)


def _measured(values: ir.Table) -> list[str]:
    """The columns that are summed, not those that say where and when."""
    return [name for name in values.columns if name not in PLACES]


def _summed(rows: ir.Table, keys: list[str], names: list[str]) -> ir.Table:
    """Exact sums of the named columns by the keys."""
    return rows.group_by(keys).aggregate(**{name: exact_sum(rows[name]) for name in names})


def exact_sum(value: ir.Value) -> ir.Value:
    """A sum that keeps every digit: int64 of integers, 38 digits of decimals."""
    if value.type().is_decimal():
        return value.sum().cast("decimal(38, 0)")
    return value.sum().cast("int64")


def product(left: ir.Value, right: ir.Value) -> ir.Value:
    """The exact product of two amounts, decimal(38, 0)."""
    wide = left.cast("decimal(18, 0)") * right.cast("decimal(18, 0)")
    return wide.cast("decimal(38, 0)")


def _zeros(groups: int, months: int) -> Integers:
    zeros = np.empty((groups, months), dtype=object)
    zeros.fill(0)
    return zeros
