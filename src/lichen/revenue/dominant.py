"""One account that outweighs its group: the average of a group is then that account's story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.vocabulary.definitions import Scorecard
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.grouping import Grouping

DOMINANT_ACCOUNT = "dominant_account"


class Dominance(NamedTuple):
    """What one account holds of a group's opening ARR, and that ARR in minor units."""

    share: float
    group_minor: int


def dominant_groups(
    engine: Engine, points: ir.Table, grouping: Grouping, month: int, rules: Scorecard
) -> Mapping[str, Dominance]:
    """Groups of `month` where one account's share of the opening ARR is over the limit."""
    cells = grouping.cells
    if grouping.dated:
        cells = cells.filter(cells.from_month <= month, month < cells.to_month)
    opening = points.filter(points.opening > 0)
    joined = opening.inner_join(cells.select("account_key", "cell"), "account_key")
    by_cell = joined.group_by("cell").aggregate(
        largest=joined.opening.max(), total=joined.opening.sum().cast("int64")
    )
    labelled = by_cell.inner_join(grouping.labels.select("cell", "groups"), "cell")
    by_group = labelled.group_by("groups").aggregate(
        largest=labelled.largest.max(), total=labelled.total.sum().cast("int64")
    )
    rows = engine.to_arrow(by_group).to_pylist()
    found = {row["groups"]: Dominance(row["largest"] / row["total"], row["total"]) for row in rows}
    return {group: one for group, one in found.items() if one.share > rules.dominant_share}


def dominant_finding(dominated: Mapping[str, Dominance], rules: Scorecard) -> Finding:
    """What the reader of these groups should know; the largest of them are its examples.

    No share of ARR is said: groups overlap, and one account may stand in many of them.
    """
    largest = sorted(dominated, key=lambda group: (-dominated[group].group_minor, group))
    held = Counter(name for group in dominated for name in parse_groups(group))
    count = f"{len(dominated)} {'group' if len(dominated) == 1 else 'groups'}"
    return Finding(
        code=DOMINANT_ACCOUNT,
        entity="subscription",
        count=len(dominated),
        sentence=(
            f"In {count} one account holds more than "
            f"{rules.dominant_share:.0%} of the opening ARR; read these groups as that account, "
            "or group more widely."
        ),
        severity=Severity.WARNING,
        examples=tuple(group or "the whole base" for group in largest[:5]),
        # The whole base has no dimension: then every figure is touched.
        dimensions=() if "" in dominated else tuple(name for name, _ in held.most_common()),
    )
