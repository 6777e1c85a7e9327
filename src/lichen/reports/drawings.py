"""How each kind of picture is drawn with Altair; altair is imported only when drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lichen.reports.document import Picture
from lichen.reports.tokens import light

_LABEL_GAP = 15
"""Pixels between the baselines of two direct labels: one line of text."""

_ROUNDS = 30
"""Rounds of moving labels apart; four routes settle in a few."""


def sparkline(picture: Picture, width: int) -> Any:
    """A trend without axes: line, last point, and the target as a dashed rule."""
    import altair as alt

    rows = list(picture.rows)
    target = picture.options.get("target")
    known = [row["value"] for row in rows if row["value"] is not None]
    low, high = _span([*known, *([target] if target is not None else [])], 0.12)
    x = alt.X("day:T", axis=None)
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[low, high], zero=False))
    colour = light("level")
    base = chart_of(rows)
    layers = [
        base.mark_line(color=colour, strokeWidth=1.75).encode(x=x, y=y),
        chart_of(rows[-1:])
        .mark_point(color=colour, filled=True, size=36, opacity=1)
        .encode(x=x, y=y),
    ]
    if target is not None:
        layers.insert(
            0,
            chart_of([{"value": target}])
            .mark_rule(color=light("thin"), strokeDash=[3, 3])
            .encode(y=y),
        )
    return sized(alt.layer(*layers), width, 40, right=6)


def rolling(picture: Picture, width: int) -> Any:
    """Lines by route with shaded intervals; each line is named at its end, not in a legend."""
    import altair as alt

    height = 260 if width >= 500 else 240
    low, high = picture.options["scale"]
    labels = spread(
        [dict(label) for label in picture.options["labels"]], (high - low) * _LABEL_GAP / height
    )
    routes = [label["route"] for label in labels]
    colour = named_colours("route", routes, [light(route) for route in routes])
    dashes = [[5, 3] if route == "unknown" else [1, 0] for route in routes]
    dash = alt.StrokeDash("route:N", legend=None, scale=alt.Scale(domain=routes, range=dashes))
    x, y = _months(wide=width >= 500), _rates(low, high)
    base = chart_of(list(picture.rows))
    bands = base.mark_area(opacity=0.15).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    lines = base.mark_line(strokeWidth=2.25).encode(x=x, y=y, color=colour, strokeDash=dash)
    ends = chart_of(labels)
    outline = chart_of([row for row in picture.rows if row["route"] == "unknown"]).mark_line(
        strokeWidth=4.5, color=light("muted")
    )
    points = ends.mark_point(filled=True, size=44, opacity=1).encode(x=x, y=y, color=colour)
    rim = (
        chart_of([label for label in labels if label["route"] == "unknown"])
        .mark_point(filled=True, size=90, opacity=1, color=light("muted"))
        .encode(x=x, y=y)
    )
    names = ends.mark_text(align="left", dx=9, fontWeight=600).encode(
        x=x, y=alt.Y("at_height:Q"), text="text:N"
    )
    return sized(
        alt.layer(bands, outline.encode(x=x, y=y), lines, rim, points, names),
        width,
        height,
        right=24,
    )


def _months(*, wide: bool) -> Any:
    """The axis of month ends, with fewer names where there is little room."""
    import altair as alt

    axis = alt.Axis(
        format="%b %Y" if wide else "%b %y",
        grid=False,
        tickCount=6 if wide else 3,
        labelFlush=True,
    )
    return alt.X("day:T", axis=axis)


def _rates(low: float, high: float) -> Any:
    """The axis of rates over exactly this span."""
    import altair as alt

    return alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[low, high], zero=False, nice=False),
        axis=alt.Axis(format=".0%", tickCount=5),
    )


def named_colours(field: str, names: Sequence[str], colours: Sequence[str]) -> Any:
    """Each of these names in its own colour, without a legend."""
    import altair as alt

    scale = alt.Scale(domain=list(names), range=list(colours))
    return alt.Color(f"{field}:N", legend=None, scale=scale)


def bridge(picture: Picture, width: int) -> Any:
    """A horizontal waterfall of change: zero is the opening level, the last bar the net change."""
    import altair as alt

    rows = list(picture.rows)
    order = [row["title"] for row in rows]
    tones = ["level", "gain", "loss"]
    y = alt.Y("title:N", sort=order, axis=alt.Axis(labelLimit=120, labelColor=light("ink")))
    x_ends = [value for row in rows for value in (row["before"], row["after"])]
    low, high = min([*x_ends, 0]), max([*x_ends, 0])
    room = (high - low or 1) * (0.26 if width >= 500 else 0.45)
    x = alt.X("before:Q", axis=None, scale=alt.Scale(domain=[low, high + room], nice=False))
    base = chart_of(rows)
    bars = base.mark_bar(height=18).encode(
        x=x,
        x2="after:Q",
        y=y,
        color=alt.Color(
            "tone:N",
            legend=None,
            scale=alt.Scale(domain=tones, range=[light("level"), light("helps"), light("hurts")]),
        ),
    )
    zero = chart_of([{"before": 0}]).mark_rule(color=light("muted")).encode(x=x)
    steps = base.mark_tick(thickness=1, size=30, color=light("thin")).encode(
        x=alt.X("after:Q"), y=y
    )
    text = base.mark_text(align="left", dx=6).encode(x=alt.X("edge:Q"), y=y, text="shown:N")
    return sized(alt.layer(bars, steps, zero, text), width, 30 * len(rows))


def dots(picture: Picture, width: int) -> Any:
    """Dot and interval by group on one scale, with the whole base as a rule."""
    import altair as alt

    rows = list(picture.rows)
    low, high = picture.options["scale"]
    wide = width >= 500
    y = alt.Y(
        "title:N",
        sort=[row["title"] for row in rows],
        axis=alt.Axis(labelLimit=210 if wide else 130, labelColor=light("ink")),
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[low, high], nice=False, zero=False, clamp=True),
        axis=alt.Axis(format=picture.options.get("format", ".0%"), tickCount=5 if wide else 3),
    )
    known = [row for row in rows if row["value"] is not None]
    base = chart_of(known)
    whiskers = base.mark_rule(strokeWidth=2.5, color=light("thin")).encode(
        x=alt.X("low:Q"), x2="high:Q", y=y
    )
    points = base.mark_point(filled=True, size=64, opacity=1, color=light("level")).encode(x=x, y=y)
    routes = [row["route"] for row in known if "route" in row]
    if routes:
        points = points.encode(
            color=named_colours("route", routes, [light(each) for each in routes])
        )
    layers = [
        whiskers,
        points,
        *_told([row for row in rows if row["value"] is None], y, alt.XDatum(low)),
    ]
    yardstick = picture.options.get("yardstick")
    if yardstick is not None:
        layers.insert(
            0, chart_of([{"value": yardstick}]).mark_rule(color=light("muted")).encode(x=x)
        )
    return sized(alt.layer(*layers), width, 26 * len(rows) + 24, right=12)


def _told(rows: Sequence[Mapping[str, Any]], y: Any, x: Any) -> list[Any]:
    """Why these rows have no dot, in words on the colour of the card: a rule runs behind them."""
    words = {"align": "left", "fontStyle": "italic", "dx": 4}
    base = chart_of(rows).encode(y=y, x=x, text="note:N")
    card = light("card")
    return [
        base.mark_text(**words, color=card, stroke=card, strokeWidth=5),
        base.mark_text(**words, color=light("muted")),
    ]


def chart_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A chart of these rows, written into the specification."""
    import altair as alt

    data: Any = alt.Data
    # Altair copies a list, to its last cell, at every step of a drawing, but never a tuple.
    return alt.Chart(data(values=tuple(rows)))


def sized(chart: Any, width: int, height: int, right: int = 4) -> Any:
    """The chart in exactly this many pixels, axes included; labels beyond the plot need `right`."""
    import altair as alt

    return chart.properties(
        width=width,
        height=height,
        padding={"left": 4, "right": right, "top": 4, "bottom": 4},
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )


def spread(labels: list[dict[str, Any]], gap: float) -> list[dict[str, Any]]:
    """Labels with `at_height`, moved apart until none is nearer than `gap`; order stays."""
    ordered = sorted(labels, key=lambda label: label["value"])
    for label in ordered:
        label["at_height"] = label["value"]
    for _ in range(_ROUNDS):
        for below, above in pairwise(ordered):
            push = (gap - (above["at_height"] - below["at_height"])) / 2
            if push > 0:
                below["at_height"] -= push
                above["at_height"] += push
    return ordered


def _span(values: Sequence[float], pad: float) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low) * pad or abs(high) * 0.01 or 1.0
    return low - room, high + room
