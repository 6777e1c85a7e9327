"""The scorecard's pictures: what each shows, its finding as title, and its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lichen.reports.cells import exact_cell, figure_cell, interval_cell, value_text, whole_text
from lichen.reports.document import Cell, Column, Picture, RowGroup, Table
from lichen.reports.format import (
    format_date,
    format_difference,
    format_money,
    format_month,
)
from lichen.scorecards.bridge import Bridge, BridgeLine
from lichen.scorecards.headlines import Headline, metric_short
from lichen.scorecards.labels import group_label
from lichen.scorecards.profile import ProfileTable
from lichen.scorecards.routes import RollingRoutes
from lichen.scorecards.run_facts import RunFacts
from lichen.scorecards.targets import promised
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS

_PLURALS = {"partner_kind": "partner kinds", "partner": "partners"}


def trend_picture(headline: Headline, place: int, run: RunFacts) -> Picture | None:
    """The sparkline of a headline; None with fewer than two points that have a number."""
    known = [point for point in headline.trend if point.value is not None]
    if len(known) < 2:
        return None
    target = headline.target.target if headline.target else None
    title = f"{headline.title}, {headline.scope}: {len(headline.trend)} rolling windows"
    return Picture(
        name=f"trend-{place}",
        kind="sparkline",
        title=title,
        subtitle="",
        description="; ".join(
            f"{format_month(point.window_to)} {value_text(point, run)}" for point in known
        ),
        rows=[{"day": point.window_to.isoformat(), "value": point.value} for point in known],
        table=_series_table(f"trend-{place}", title, {"": headline.trend}, run),
        options={"target": promised(target, run.currency) if target else None},
    )


def rolling_picture(routes: RollingRoutes, scale: tuple[float, float], run: RunFacts) -> Picture:
    """Rolling retention by route, on a scale whose points are as tall as its neighbour's."""
    rows = [
        {
            "route": each.route,
            "day": point.window_to.isoformat(),
            "value": point.value,
            "low": point.low,
            "high": point.high,
        }
        for each in routes.series
        for point in each.points
    ]
    ends = [(each.route, each.latest) for each in routes.series]
    labels = [
        {
            "route": route,
            "day": end.window_to.isoformat(),
            "value": end.value,
            "text": f"{route} {value_text(end, run)}",
        }
        for route, end in ends
        if end is not None
    ]
    title = METRICS[routes.metric].title
    table = _series_table(
        f"rolling-{routes.metric}",
        f"{title} by route, rolling 12 months",
        {group_label(routes.dimension, each.route): each.points for each in routes.series},
        run,
    )
    return Picture(
        name=f"rolling-{routes.metric}",
        kind="rolling",
        title=routes.title,
        subtitle=f"{title} by how accounts are served, rolling 12 months, interval shaded",
        description=_rolling_description(title, labels),
        rows=rows,
        table=table,
        options={"scale": scale, "labels": labels},
    )


def rolling_scales(
    routes: Sequence[RollingRoutes],
) -> dict[str, tuple[float, float]]:
    """A scale per metric, all of the same length, so that a point is as tall in each picture."""
    spans = {each.metric: _reach(each) for each in routes}
    length = max((high - low for low, high in spans.values()), default=0.1)
    return {
        metric: ((low + high - length) / 2, (low + high + length) / 2)
        for metric, (low, high) in spans.items()
    }


def bridge_picture(bridge: Bridge, run: RunFacts) -> Picture:
    """The bridge as a waterfall of change from the opening level."""
    opening = bridge.lines[0].figure.value or 0.0
    return Picture(
        name="bridge",
        kind="bridge",
        title=bridge.title,
        subtitle="Change from opening ARR; each bar starts where the one before ended",
        description=bridge.sentence,
        rows=[_bridge_row(line, opening, run) for line in bridge.lines],
        table=bridge_table(bridge, run),
        options={},
    )


def bridge_table(bridge: Bridge, run: RunFacts) -> Table:
    """The lines of the bridge to the last digit."""
    rows = tuple((Cell(line.title), exact_cell(line.figure, run)) for line in bridge.lines)
    span = ""
    if bridge.opens_on and bridge.closes_on:
        span = f", {format_date(bridge.opens_on)} to {format_date(bridge.closes_on)}"
    return Table(
        "bridge",
        f"ARR bridge{span}",
        (Column("Line", False), Column("Amount")),
        (RowGroup(rows),),
    )


def dots_picture(table: ProfileTable, metric: str, total: Figure | None, run: RunFacts) -> Picture:
    """One metric by group as dots and intervals; groups without enough data say so."""
    held = [(row.label, row.figures[metric]) for row in table.rows if metric in row.figures]
    yardstick = total.value if total else None
    rows = tuple(
        (Cell(label), figure_cell(figure, run), interval_cell(figure, run), Cell(f"{figure.n:,}"))
        for label, figure in held
    )
    name = f"dots-{table.dimension}-{metric}"
    subtitle = f"{METRICS[metric].title}, 12 months; line: all accounts"
    columns = (
        Column(table.title, False),
        Column(metric_short(metric)),
        Column("Interval"),
        Column("n"),
    )
    return Picture(
        name=name,
        kind="dots",
        title=_dots_title(table, metric, held, total),
        subtitle=subtitle,
        description="; ".join(f"{label}: {whole_text(figure, run)}" for label, figure in held),
        rows=_unique([_dot_row(label, figure, run) for label, figure in held]),
        table=Table(name, subtitle, columns, (RowGroup(rows),)),
        options={
            "scale": value_scale([figure for _, figure in held], yardstick),
            "yardstick": yardstick,
        },
    )


def value_scale(figures: Sequence[Figure], yardstick: float | None = None) -> tuple[float, float]:
    """A scale that holds every value; intervals much wider than the values run off its ends."""
    known = [figure for figure in figures if figure.value is not None]
    values = [figure.value for figure in known if figure.value is not None]
    if yardstick is not None:
        values.append(yardstick)
    if not values:
        return 0.0, 1.0
    span = max(max(values) - min(values), 0.05)
    lows = [figure.low for figure in known if figure.low is not None]
    highs = [figure.high for figure in known if figure.high is not None]
    low = max(min([*lows, *values]), min(values) - span)
    high = min(max([*highs, *values]), max(values) + span)
    room = (high - low) * 0.04
    return low - room, high + room


def _bridge_row(line: BridgeLine, opening: float, run: RunFacts) -> dict[str, Any]:
    value = line.figure.value or 0.0
    before = 0.0 if line.is_level else line.before - opening
    after = line.after - opening
    shown = format_money(round(value), run.currency)
    if not line.is_level:
        tone = "gain" if value >= 0 else "loss"
        shown = f"+{shown}" if value > 0 else shown
    else:
        tone = "level"
        if line.name == "closing":
            net = format_difference(value - opening, line.figure.unit, currency=run.currency)
            shown += f" ({net})"
    return {
        "title": line.title,
        "before": before,
        "after": after,
        "tone": tone,
        "shown": shown,
        "edge": max(before, after),
    }


def _dot_row(label: str, figure: Figure, run: RunFacts) -> dict[str, Any]:
    return {
        "title": label,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "shown": value_text(figure, run),
        "note": "" if figure.value is not None else whole_text(figure, run),
    }


def _unique(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two partners may share a name; an axis would draw them on one line."""
    seen: dict[str, int] = {}
    for row in rows:
        count = seen[row["title"]] = seen.get(row["title"], 0) + 1
        if count > 1:
            row["title"] = f"{row['title']} ({count})"
    return rows


def _dots_title(
    table: ProfileTable, metric: str, held: Sequence[tuple[str, Figure]], total: Figure | None
) -> str:
    noun = _PLURALS.get(table.dimension, f"groups by {table.title.lower()}")
    level = total.value if total else None
    thin = sum(figure.value is None for _, figure in held)
    above, below = _apart([figure for _, figure in held], level)
    parts = [
        f"{count} {'stands' if count == 1 else 'stand'} {side}"
        for count, side in ((above, "above"), (below, "below"))
        if count
    ]
    name = metric_short(metric)
    name = name if name.isupper() else name.lower()
    stands = (
        f"{' and '.join(parts)} the {name} of all accounts by more than the interval"
        if parts
        else f"none differs from the {name} of all accounts by more than its interval"
    )
    few = f"; {thin} with too little data to say" if thin else ""
    return f"Of {len(held)} {noun} shown, {stands}{few}"


def _apart(figures: Sequence[Figure], level: float | None) -> tuple[int, int]:
    if level is None:
        return 0, 0
    above = sum(figure.low is not None and figure.low > level for figure in figures)
    below = sum(figure.high is not None and figure.high < level for figure in figures)
    return above, below


def _series_table(
    name: str, caption: str, series: dict[str, tuple[Figure, ...]], run: RunFacts
) -> Table:
    groups = tuple(
        RowGroup(
            tuple(
                (
                    Cell(format_date(point.window_to)),
                    figure_cell(point, run),
                    interval_cell(point, run),
                    Cell(f"{point.n:,}"),
                )
                for point in points
            ),
            title=title,
        )
        for title, points in series.items()
    )
    columns = (Column("12 months to", False), Column("Value"), Column("Interval"), Column("n"))
    return Table(f"{name}-table", caption, columns, groups)


def _rolling_description(title: str, labels: Sequence[dict[str, Any]]) -> str:
    ends = "; ".join(str(label["text"]) for label in labels)
    return f"{title} by route. Newest: {ends}." if ends else f"{title}: not enough data."


def _reach(routes: RollingRoutes) -> tuple[float, float]:
    points = [point for each in routes.series for point in each.points if point.value is not None]
    low, high = value_scale(points)
    return low, high
