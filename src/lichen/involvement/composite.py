"""Many non-overlapping dimensions in one grouping: a cell is a combination of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import ibis
import ibis.expr.types as ir

from lichen.involvement.axes import Axis
from lichen.involvement.periods import Presence, far_month
from lichen.kernel.errors import LichenError

EXACT = 2**53
"""Cells stay below this, so that no engine rounds them on the way."""


class TooManyCombinations(LichenError):
    """The dimensions asked for together have more combinations than a cell can number."""

    def __init__(self, dimensions: Sequence[str], combinations: int) -> None:
        self.dimensions = tuple(dimensions)
        self.combinations = combinations
        super().__init__(
            f"{', '.join(dimensions)} have {combinations:,} combinations, more than {EXACT:,}.",
            "Group by fewer of them at once, or clean an attribute that has a value per account.",
        )


@dataclass(frozen=True)
class Part:
    """How one dimension is read back from a cell: `cell // radix % len(values)` is its code."""

    name: str
    values: tuple[str, ...]
    radix: int


def parts_of(dimensions: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[Part, ...]:
    """The dimensions' places in a cell, in the order given.

    Raises:
        TooManyCombinations: the cells would not be exact integers on every engine.
    """
    combinations = prod(len(values) for _, values in dimensions)
    if combinations > EXACT:
        raise TooManyCombinations([name for name, _ in dimensions], combinations)
    radix, parts = 1, []
    for name, values in dimensions:
        parts.append(Part(name, values, radix))
        radix *= len(values)
    return tuple(parts)


def composite(presence: Presence, axes: Sequence[Axis]) -> tuple[ir.Table, tuple[Part, ...]]:
    """The cells of these axes together, and how to read them.

    Gives account_key, cell, from_month, to_month: every account in exactly one cell at every month
    from 0 to FAR_MONTH. An account has one row, and one more for each month in which any axis
    changes.
    """
    parts = parts_of([(axis.name, axis.values) for axis in axes])
    zero = ibis.literal(0, "int64")
    steps = [presence.accounts.select("account_key", month=zero, step=zero)]
    for axis, part in zip(axes, parts, strict=True):
        if axis.steps is not None:
            steps.append(
                axis.steps.select("account_key", "month", step=axis.steps.step * part.radix)
            )
    together = ibis.union(*steps, distinct=False) if len(steps) > 1 else steps[0]
    dated = any(axis.dated for axis in axes)
    return (_timeline(together) if dated else _once(together)), parts


def _once(steps: ir.Table) -> ir.Table:
    """Static cells: one row per account, for all time."""
    cells = steps.group_by("account_key").agg(cell=steps.step.sum().cast("int64"))
    return cells.mutate(from_month=ibis.literal(0, "int64"), to_month=far_month())


def _timeline(steps: ir.Table) -> ir.Table:
    """Dated cells: a running sum of steps, each level lasting until the next change."""
    summed = steps.group_by("account_key", "month").agg(step=steps.step.sum().cast("int64"))
    moving = summed.filter((summed.month == 0) | (summed.step != 0))
    so_far = ibis.window(group_by="account_key", order_by="month", preceding=None, following=0)
    by_month = ibis.window(group_by="account_key", order_by="month")
    return moving.select(
        "account_key",
        cell=moving.step.sum().over(so_far).cast("int64"),
        from_month=moving.month,
        to_month=moving.month.lead(1).over(by_month).fill_null(far_month()),
    )
