"""Counts of like accounts by group: all that curves need of any number of accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lichen.revenue.gather import Gatherer

Counts = Mapping[str, NDArray[np.int64]]
"""Rows of like accounts: each key by name, and `n`, how many there are."""


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Counts by group; a group without accounts has no rows."""

    groups: tuple[str, ...]
    rows: Mapping[str, Counts]
    keys: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[str, Counts]]:
        empty = {name: np.zeros(0, np.int64) for name in (*self.keys, "n")}
        for group in self.groups:
            yield group, self.rows.get(group, empty)


def chosen(counts: Counts, **keys: int) -> Counts:
    """The rows in which each named key has this value."""
    inside = np.ones(len(counts["n"]), dtype=np.bool_)
    for name, value in keys.items():
        inside &= counts[name] == value
    return {name: column[inside] for name, column in counts.items()}


def counts_at(gatherer: Gatherer, points: ir.Table, keys: Sequence[str]) -> GroupCounts:
    """Counts of accounts by whole-number `keys`, by group as valid at their `group_month`."""
    return counts_in_cells(gatherer, gatherer.placed(points), keys)


def counts_in_cells(gatherer: Gatherer, rows: ir.Table, keys: Sequence[str]) -> GroupCounts:
    """Counts of rows that already name their `cell`, by group and `keys`."""
    alike = rows.group_by(["cell", *keys]).aggregate(n=rows.count().cast("int64"))
    labelled = alike.inner_join(gatherer.grouping.labels.select("cell", "groups"), "cell")
    labelled = labelled.filter(labelled.groups.isin(list(gatherer.groups)))
    groups = labelled.group_by(["groups", *keys]).aggregate(n=labelled.n.sum().cast("int64"))
    found = gatherer.engine.to_arrow(groups)
    return GroupCounts(gatherer.groups, _by_group(found, keys), tuple(keys))


def _by_group(table: pa.Table, keys: Sequence[str]) -> dict[str, Counts]:
    if not table.num_rows:
        return {}
    ordered = table.sort_by([(name, "ascending") for name in ("groups", *keys)])
    names = ordered["groups"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False)
    columns = {name: ordered[name].to_numpy() for name in (*keys, "n")}
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], len(codes))
    values = names.dictionary.to_pylist()
    return {
        values[codes[start]]: {name: column[start:end] for name, column in columns.items()}
        for start, end in zip(starts, ends, strict=True)
    }
