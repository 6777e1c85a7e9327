"""Drawings of comparisons: dots with intervals from zero, balance, and overlap of the two arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lichen.reports.document import Picture
from lichen.reports.drawings import chart_of, sized
from lichen.reports.tokens import light

_ROW, _TALL_ROW, _AXIS = 28, 40, 24
"""Pixels of a row, of one whose verdict stands beneath its name, and of the axis."""

_WORD = 112
"""Pixels that the longest verdict takes at the right end."""

_NAME_WIDE, _NAME_NARROW = 148, 104
"""Pixels of the column of names: fixed, so that pictures of several units line up."""

_MARKS = {
    "good": ("helps", "circle", [1, 0]),
    "bad": ("hurts", "diamond", [1, 0]),
    "thin": ("thin", "square", [4, 3]),
}
"""Colour, shape and dash of an effect by the tone of its verdict."""


def effects(picture: Picture, width: int) -> Any:
    """Hollow and solid dots with intervals on one axis around zero, the verdict as a word.

    Rows have `title`, `hollow`, `value`, `low`, `high`, `tone` and `word`; any number may be None.
    """
    import altair as alt

    wide = width >= 500
    rows = [_labelled(row, wide=wide) for row in picture.rows]
    low, high = picture.options["scale"]
    plot = width - (_NAME_WIDE if wide else _NAME_NARROW) - 16
    end = low + (high - low) * plot / (plot - _WORD) if wide else high
    y = _names(rows, wide=wide)
    scale = alt.Scale(domain=[low, end], nice=False, zero=False)
    label = f"datum.value == 0 ? '0' : format(datum.value, '{picture.options['format']}')"
    ticks = picture.options["ticks"]
    axis = alt.Axis(values=ticks if wide else ticks[:: 1 + len(ticks) // 6], labelExpr=label)
    x = alt.X("value:Q", scale=scale, axis=axis)
    layers = [
        chart_of([{"value": 0}]).mark_rule(color=light("muted")).encode(x=x),
        *_solid(rows, x, y),
        _dots([row for row in rows if row["hollow"] is not None], "hollow", y, None),
    ]
    if wide:
        layers += _words(rows, y, end)
    height = (_ROW if wide else _TALL_ROW) * len(rows) + _AXIS
    return sized(alt.layer(*layers), width, height, right=8)


def love(picture: Picture, width: int) -> Any:
    """How far the arms are apart in each covariate, before (hollow) and after (solid) matching."""
    import altair as alt

    wide = width >= 500
    rows = [{**row, "name": row["title"]} for row in picture.rows]
    most = picture.options["most"]
    y = _names(rows, wide=wide)
    scale = alt.Scale(domain=[0, most], nice=False)
    axis = alt.Axis(tickCount=5 if wide else 3, format=".1f")
    x = alt.X("value:Q", scale=scale, axis=axis)
    band = chart_of([{"value": 0, "to": picture.options["limit"]}])
    layers = [
        band.mark_rect(color=light("selected")).encode(x=x, x2="to:Q"),
        band.mark_rule(color=light("muted"), strokeDash=[3, 3]).encode(x=alt.X("to:Q")),
        chart_of([row for row in rows if row["before"] is not None and row["after"] is not None])
        .mark_rule(color=light("line"), strokeWidth=1.5)
        .encode(x=alt.X("before:Q"), x2="after:Q", y=y),
        _dots([row for row in rows if row["before"] is not None], "before", y, None),
    ]
    for tone, held in _by_tone(rows, "after"):
        layers.append(_dots(held, "after", y, tone))
    return sized(alt.layer(*layers), width, 22 * len(rows) + _AXIS, right=10)


def overlap(picture: Picture, width: int) -> Any:
    """Propensity of the exposed above the line and of comparable accounts below it.

    Bars are shares of their arm; of the exposed, those without a match are left pale.
    """
    import altair as alt

    rows = list(picture.rows)
    reach = picture.options["reach"]
    x = alt.X(
        "from:Q",
        scale=alt.Scale(domain=[0, picture.options["until"]], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5, grid=False),
    )
    y_scale = alt.Scale(domain=[-reach, reach], nice=False)
    base = chart_of(rows)

    def bars(name: str, colour: str, opacity: float) -> Any:
        return base.mark_bar(color=light(colour), opacity=opacity, stroke=light("card")).encode(
            x=x, x2="to:Q", y=alt.Y(f"{name}:Q", axis=None, scale=y_scale), y2=alt.datum(0)
        )

    names = chart_of(picture.options["labels"]).mark_text(align="right", fontWeight=600)
    return sized(
        alt.layer(
            bars("exposed", "level", 0.3),
            bars("matched", "level", 1.0),
            bars("controls", "thin", 0.75),
            chart_of([{"value": 0}]).mark_rule(color=light("muted")).encode(y=alt.Y("value:Q")),
            names.encode(x=alt.XDatum(picture.options["until"]), y=alt.Y("at:Q"), text="text:N"),
        ),
        width,
        200 if width >= 500 else 180,
        right=10,
    )


def _labelled(row: Mapping[str, Any], *, wide: bool) -> dict[str, Any]:
    """The row with the name that its axis shows; narrow ones carry the verdict beneath it."""
    name = row["title"] if wide or not row["word"] else f"{row['title']}|{row['word']}"
    return {**row, "name": name}


def _names(rows: Sequence[Mapping[str, Any]], *, wide: bool) -> Any:
    import altair as alt

    extent = _NAME_WIDE if wide else _NAME_NARROW
    axis = alt.Axis(
        labelColor=light("ink"),
        labelLimit=extent,
        minExtent=extent,
        maxExtent=extent,
        grid=False,
        labelExpr="split(datum.label, '|')",
        labelLineHeight=14,
    )
    # Named here, so that a row without any number keeps its place.
    scale = alt.Scale(domain=[row["name"] for row in rows])
    return alt.Y("name:N", sort=None, scale=scale, axis=axis)


def _by_tone(
    rows: Sequence[Mapping[str, Any]], needed: str
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    known = [row for row in rows if row[needed] is not None]
    found = [(tone, [row for row in known if row["tone"] == tone]) for tone in _MARKS]
    return [(tone, held) for tone, held in found if held]


def _solid(rows: Sequence[Mapping[str, Any]], x: Any, y: Any) -> list[Any]:
    import altair as alt

    layers = []
    for tone, held in _by_tone(rows, "value"):
        colour, shape, dash = _MARKS[tone]
        spanned = [row for row in held if row["low"] is not None and row["high"] is not None]
        layers += [
            chart_of(spanned)
            .mark_rule(strokeWidth=2.5, color=light(colour), strokeDash=dash)
            .encode(x=alt.X("low:Q"), x2="high:Q", y=y),
            chart_of(held)
            .mark_point(filled=True, size=72, opacity=1, color=light(colour), shape=shape)
            .encode(x=x, y=y),
        ]
    return layers


def _dots(rows: Sequence[Mapping[str, Any]], field: str, y: Any, tone: str | None) -> Any:
    """Solid dots of a tone, or hollow ones without."""
    import altair as alt

    base = chart_of(rows)
    if tone is None:
        mark = base.mark_point(
            filled=True,
            fill=light("card"),
            stroke=light("muted"),
            strokeWidth=1.75,
            size=58,
            opacity=1,
        )
    else:
        colour, shape, _ = _MARKS[tone]
        mark = base.mark_point(filled=True, size=58, opacity=1, color=light(colour), shape=shape)
    return mark.encode(x=alt.X(f"{field}:Q"), y=y)


def _words(rows: Sequence[Mapping[str, Any]], y: Any, end: float) -> list[Any]:
    import altair as alt

    layers = []
    for tone, (colour, _, _) in _MARKS.items():
        held = [row for row in rows if row["tone"] == tone and row["word"]]
        if held:
            shown = "muted" if tone == "thin" else colour
            layers.append(
                chart_of(held)
                .mark_text(
                    align="right",
                    color=light(shown),
                    fontWeight=400 if tone == "thin" else 600,
                )
                .encode(x=alt.XDatum(end), y=y, text="word:N")
            )
    return layers
