"""Figures in groups that facts name themselves rather than the accounts they are about."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from lichen.engines import Engine
from lichen.revenue.gather import GroupSums, exact_sum
from lichen.revenue.outcomes.family import Family, OwnGroups
from lichen.revenue.outcomes.sums import measures_of
from lichen.vocabulary.figure import parse_groups


def names_own(own: OwnGroups | None, groups: str) -> bool:
    """Whether the facts, and not their accounts, say who is in these groups."""
    return own is not None and any(name in own.dimensions for name in parse_groups(groups))


def of_accounts(sums: GroupSums, own: OwnGroups) -> GroupSums:
    """The sums without the groups that facts name themselves."""
    kept = [row for row, groups in enumerate(sums.groups) if not names_own(own, groups)]
    return GroupSums(
        tuple(sums.groups[row] for row in kept),
        sums.months,
        {name: values[kept] for name, values in sums.sums.items()},
    )


def of_facts(engine: Engine, rows: ir.Table, family: Family, places: range) -> GroupSums:
    """Sums by the groups that the rows name: account_key, month, groups and features."""
    values = rows.select("groups", "month", **measures_of(family.figures)(rows))
    names = [name for name in values.columns if name not in ("groups", "month")]
    summed = values.group_by(["groups", "month"]).aggregate(
        **{name: exact_sum(values[name]) for name in names}
    )
    return _dense(engine.to_arrow(summed), names, places)


def _dense(table: pa.Table, names: Sequence[str], places: range) -> GroupSums:
    groups = tuple(sorted(set(table["groups"].to_pylist())))
    index = {text: row for row, text in enumerate(groups)}
    sums = {name: np.zeros((len(groups), len(places)), dtype=object) for name in names}
    for row in table.to_pylist():
        for name in names:
            sums[name][index[row["groups"]], row["month"] - places.start] = int(row[name])
    return GroupSums(groups, places, sums)
