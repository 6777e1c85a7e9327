"""What each dollar of revenue costs, kind by kind and by route: all that comes off the margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lichen.kernel.periods import Window
from lichen.scorecards.labels import group_label
from lichen.scorecards.published import Published
from lichen.vocabulary.figure import Figure, groups_text
from lichen.vocabulary.roles import ROUTES

COSTS = "cost_lines"
METRIC = "cost_to_serve"
"""Its denominator is the revenue that costs are set against."""


@dataclass(frozen=True)
class CostOfKind:
    """One kind of cost in one group: what comes off the margin, and its share of revenue."""

    kind: str
    amount_minor: int
    accounts: int
    share: float


@dataclass(frozen=True)
class CostPanel:
    """The costs of one group, the largest kind of all accounts first."""

    value: str
    label: str
    revenue_minor: int
    costs: tuple[CostOfKind, ...]

    @property
    def share(self) -> float:
        """All kinds together, as a share of revenue."""
        return sum(cost.share for cost in self.costs)


def cost_panels(
    tables: Mapping[str, pa.Table], published: Published, dimension: str = "served_via"
) -> tuple[CostPanel, ...]:
    """A panel for each route with enough data, in one order of kinds; none without the table.

    A route is left out where the run withholds its cost to serve.
    """
    total = published.figure(METRIC)
    table = tables.get(COSTS)
    if table is None or total is None:
        return ()
    window = Window(total.window_from, total.window_to)
    rows = [
        row for row in table.to_pylist() if Window(row["window_from"], row["window_to"]) == window
    ]
    order = _kinds(rows)
    panels = []
    for route in ROUTES:
        figure = published.figure(METRIC, {dimension: route})
        if figure is None or figure.value is None or not figure.denominator:
            continue
        mine = {
            row["kind"]: row for row in rows if row["groups"] == groups_text({dimension: route})
        }
        panels.append(_panel(route, group_label(dimension, route), figure, mine, order))
    return tuple(panels)


def _kinds(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Kinds with any cost, the largest of all accounts first."""
    totals = {
        str(row["kind"]): int(str(row["off_margin_minor"])) for row in rows if not row["groups"]
    }
    return sorted((kind for kind, amount in totals.items() if amount), key=lambda k: -totals[k])


def _panel(
    route: str,
    label: str,
    figure: Figure,
    mine: Mapping[str, Mapping[str, int]],
    order: Sequence[str],
) -> CostPanel:
    revenue = figure.denominator
    assert revenue
    costs = tuple(
        CostOfKind(
            kind,
            mine[kind]["off_margin_minor"],
            mine[kind]["accounts"],
            mine[kind]["off_margin_minor"] / revenue,
        )
        for kind in order
        if kind in mine
    )
    return CostPanel(route, label, revenue, costs)
