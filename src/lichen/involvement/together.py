"""Groupings that are measured alike, joined into one so that a measure asks the engine once."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.vocabulary.grouping import Grouping


def together(engine: Engine, groupings: Sequence[Grouping]) -> list[Grouping]:
    """The same groups in at most two groupings: those that never change, and those that do.

    Cells of the first grouping of each sort keep their numbers; those of the others become
    negative, apart from each other. A group belongs to one of the groupings joined, so no account
    enters it twice.
    """
    kinds = [[g for g in groupings if g.dated is dated] for dated in (False, True)]
    return [_joined(engine, kind) for kind in kinds if kind]


def _joined(engine: Engine, groupings: Sequence[Grouping]) -> Grouping:
    first, *others = groupings
    if not others:
        return first
    cells, labels = [first.cells], [first.labels]
    for place, grouping in enumerate(others):
        cells.append(_apart(grouping.cells, place, len(others)).select(*first.cells.columns))
        labels.append(_apart(grouping.labels, place, len(others)).select(*first.labels.columns))
    names = (name for grouping in groupings for name in grouping.dimensions)
    return Grouping(
        name="+".join(grouping.name for grouping in groupings),
        dimensions=tuple(dict.fromkeys(names)),
        cells=engine.materialise(ibis.union(*cells, distinct=False)),
        labels=engine.materialise(ibis.union(*labels, distinct=False)),
        dated=first.dated,
    )


def _apart(table: ir.Table, place: int, of: int) -> ir.Table:
    """The table with cells numbered -1, -2, …, every `of`th of them, starting at `place`."""
    return table.mutate(cell=-(table.cell * of + place + 1))
