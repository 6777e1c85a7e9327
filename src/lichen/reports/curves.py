"""Drawings of what becomes of customers over time: curves with bands, and cohorts by age."""

from __future__ import annotations

from typing import Any

from lichen.reports.document import Picture
from lichen.reports.drawings import chart_of, named_colours, sized, spread
from lichen.reports.tokens import light

_LABEL_GAP = 19
"""Pixels between names at the ends of curves: a line of text, and what the axis takes."""

_ROW, _HEAD = 24, 28
"""Pixels of a row of the heat map, and of the ages above it."""

_FAINT, _FULL = 0.04, 0.45
"""Opacity of the least and the largest value; numbers stay readable on both, light and dark."""

_LEAST_SPAN = 0.3
"""Cohorts that differ by less than this are not made to look far apart."""


def curves(picture: Picture, width: int) -> Any:
    """Step curves with shaded intervals, each named at its end."""
    import altair as alt

    height = 260 if width >= 500 else 240
    low, high = picture.options["scale"]
    gap = (high - low) * _LABEL_GAP / height
    labels = spread([dict(label) for label in picture.options["labels"]], gap)
    series = [label["series"] for label in labels]
    colour = named_colours("series", series, [light(label["colour"]) for label in labels])
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=[0, picture.options["until"]], nice=False),
        axis=alt.Axis(
            grid=False,
            tickCount=6 if width >= 500 else 4,
            title=picture.options["unit"],
            titleAnchor="end",
            titleFontWeight=400,
        ),
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[low, high], zero=False, nice=False),
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    base = chart_of(list(picture.rows))
    band = base.mark_area(opacity=0.13, interpolate="step-after").encode(
        x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=2.25, interpolate="step-after").encode(x=x, y=y, color=colour)
    ends = chart_of(labels)
    points = ends.mark_point(filled=True, size=44, opacity=1).encode(x=x, y=y, color=colour)
    names = ends.mark_text(align="left", dx=9, fontWeight=600).encode(
        x=x, y=alt.Y("at_height:Q"), text="text:N"
    )
    return sized(alt.layer(band, line, points, names), width, height, right=24)


def heat(picture: Picture, width: int) -> Any:
    """A cell for each cohort and age, the number in it, darker where more is left."""
    import altair as alt

    rows = list(picture.rows)
    order = list(dict.fromkeys(row["cohort"] for row in rows))
    ages = list(dict.fromkeys(row["age"] for row in sorted(rows, key=lambda row: row["place"])))
    most = max((row["value"] for row in rows), default=1.0)
    least = min([row["value"] for row in rows] + [most - _LEAST_SPAN])
    x = alt.X(
        "age:N",
        sort=ages,
        axis=alt.Axis(orient="top", labelAngle=0, grid=False, labelOverlap="greedy"),
    )
    y = alt.Y("cohort:N", sort=order, axis=alt.Axis(grid=False, labelColor=light("ink")))
    strength = alt.Opacity(
        "value:Q", legend=None, scale=alt.Scale(domain=[least, most], range=[_FAINT, _FULL])
    )
    base = chart_of(rows)
    cells = base.mark_rect(color=light("level"), stroke=light("card"), strokeWidth=2).encode(
        x=x, y=y, opacity=strength
    )
    text = base.mark_text(fontSize=12, color=light("ink")).encode(x=x, y=y, text="shown:N")
    return sized(alt.layer(cells, text), width, _HEAD + _ROW * len(order))


def bars(picture: Picture, width: int) -> Any:
    """Horizontal bars from zero, each with its number at the end."""
    import altair as alt

    rows = list(picture.rows)
    wide = width >= 500
    names = picture.options.get("names", 120)
    y = alt.Y(
        "title:N",
        sort=[row["title"] for row in rows],
        axis=alt.Axis(labelLimit=210 if wide else names, labelColor=light("ink"), grid=False),
    )
    largest = max((row["value"] for row in rows), default=1.0)
    most = picture.options.get("most", largest) or 1.0
    # Bars leave room for what is written at their end, about six pixels a letter.
    longest = max((len(row["shown"]) for row in rows), default=0) * 6 + 16
    plot = width - (150 if wide else names - 30)
    room = most * plot / max(plot - longest, plot / 3)
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, room], nice=False))
    base = chart_of(rows)
    drawn = base.mark_bar(height=16, color=light("level")).encode(x=x, y=y)
    text = base.mark_text(align="left", dx=6).encode(x=x, y=y, text="shown:N")
    return sized(alt.layer(drawn, text), width, 26 * len(rows) + 8)
