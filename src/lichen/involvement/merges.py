"""Opportunities that were merged into others, and the one that stands for them in the end."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts


def survivors(facts: Facts) -> ir.Table:
    """opportunity_key, survivor_key: every opportunity that another stands for.

    Merges of merges lead to the last. One merged into an opportunity that is not among the facts
    still stands for itself; of a circle of merges the one with the lowest key stands for the rest.
    """
    rows = facts.table("opportunity").select("opportunity_key", "merged_into_key")
    seen = facts.table("opportunity").select(merged_into_key="opportunity_key")
    # Merges are few, and following a chain of unknown length is no join.
    pairs = facts.engine.to_arrow(rows.semi_join(seen, "merged_into_key"))
    into = dict(zip(*(column.to_pylist() for column in pairs.columns), strict=True))
    led = {key: _last(key, into) for key in sorted(into)}
    moved = {key: survivor for key, survivor in led.items() if key != survivor}
    return facts.engine.from_arrow(
        pa.table(
            {
                "opportunity_key": pa.array(list(moved), pa.int64()),
                "survivor_key": pa.array(list(moved.values()), pa.int64()),
            }
        )
    )


def on_surviving(rows: ir.Table, stands_for: ir.Table) -> ir.Table:
    """The rows with opportunity_key led to the opportunity that theirs was merged into."""
    led = left_join(rows, stands_for, "opportunity_key")
    return led.mutate(opportunity_key=led.survivor_key.fill_null(led.opportunity_key)).drop(
        "survivor_key"
    )


def _last(key: int, into: Mapping[int, int]) -> int:
    path = [key]
    while path[-1] in into:
        following = into[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]
