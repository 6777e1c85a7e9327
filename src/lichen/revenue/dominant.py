"""One account that outweighs its group: the average of a group is then that account's story."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.vocabulary.definitions import Scorecard
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.grouping import Grouping

DOMINANT_ACCOUNT = "dominant_account"


def dominant_groups(
    engine: Engine, points: ir.Table, grouping: Grouping, month: int, rules: Scorecard
) -> Mapping[str, float]:
    """Groups of `month` where one account's opening ARR is over the limit, with its share."""
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
    shares = {row["groups"]: row["largest"] / row["total"] for row in rows}
    return {group: value for group, value in shares.items() if value > rules.dominant_share}


def dominant_finding(dominated: Mapping[str, float], rules: Scorecard) -> Finding:
    """What the reader of these groups should know."""
    worst = sorted(dominated, key=lambda group: (-dominated[group], group))
    return Finding(
        code=DOMINANT_ACCOUNT,
        entity="subscription",
        count=len(dominated),
        sentence=(
            f"In {len(dominated)} group(s) one account holds more than "
            f"{rules.dominant_share:.0%} of the opening ARR; read these groups as that account, "
            "or group more widely."
        ),
        severity=Severity.WARNING,
        examples=tuple(group or "the whole base" for group in worst[:5]),
        arr_share=max(dominated.values()),
    )
