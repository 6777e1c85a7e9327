"""Pictures in characters: sparklines, bars of the bridge, dots on a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lichen.reports.document import Picture

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 28

Line = tuple[str, str, str]
"""Label, drawing, number."""


def lines(picture: Picture, *, ascii_only: bool = False) -> Iterator[Line]:
    """The picture line by line; kinds without a drawing in characters yield none."""
    draw = DRAWN.get(picture.kind)
    if draw is not None:
        yield from draw(picture, ascii_only)


def spark(values: Sequence[float | None]) -> str:
    """`▁▂▄█`: a block per value from smallest to largest, a gap where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    return "".join(" " if value is None else _block(value, low, high) for value in values)


def _block(value: float, low: float, high: float) -> str:
    if high == low:
        return _BLOCKS[3]
    return _BLOCKS[round((value - low) / (high - low) * (len(_BLOCKS) - 1))]


def _bridge(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    ends = [row[name] for row in picture.rows for name in ("before", "after")]
    low, high = min([*ends, 0]), max([*ends, 0])
    bar = "#" if ascii_only else "█"
    for row in picture.rows:
        left, right = sorted((row["before"], row["after"]))
        start, stop = _at(left, low, high), _at(right, low, high)
        # A move too small for one character still leaves a mark where it happened.
        body = bar * (stop - start) or ("|" if ascii_only else "▏")
        yield row["title"], f"{' ' * start}{body}".ljust(_WIDTH + 1), row["shown"]


def _rolling(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    for label in picture.options["labels"]:
        values = [row["value"] for row in picture.rows if row["route"] == label["route"]]
        yield label["route"], "" if ascii_only else spark(values), _number(label)


def _dots(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    low, high = picture.options["scale"]
    dash, dot = ("-", "o") if ascii_only else ("─", "●")
    for row in picture.rows:
        if row["value"] is None:
            yield row["title"], "", row["note"]
            continue
        at = _at(_inside(row["value"], low, high), low, high)
        line = [" "] * (_WIDTH + 1)
        if row["low"] is not None and row["high"] is not None:
            start = _at(_inside(row["low"], low, high), low, high)
            stop = _at(_inside(row["high"], low, high), low, high)
            line[start : stop + 1] = dash * (stop - start + 1)
        line[at] = dot
        yield row["title"], "".join(line), row["shown"]


def _effects(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    """`│` is zero, `○` the plain split, `●` like for like with its interval."""
    low, high = picture.options["scale"]
    rule, dash, hollow, dot = "|-o*" if ascii_only else "│─○●"

    def at(value: float) -> int:
        return _at(_inside(value, low, high), low, high)

    for row in picture.rows:
        line = [" "] * (_WIDTH + 1)
        if row["value"] is not None and row["low"] is not None:
            start, stop = at(row["low"]), at(row["high"])
            line[start : stop + 1] = dash * (stop - start + 1)
        line[at(0.0)] = rule
        if row["hollow"] is not None:
            line[at(row["hollow"])] = hollow
        if row["value"] is not None:
            line[at(row["value"])] = dot
        yield row["title"], "".join(line), row["word"]


def _love(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    """`│` is the limit, `○` before matching, `●` after."""
    most = picture.options["most"]
    rule, hollow, dot = "|o*" if ascii_only else "│○●"
    for row in picture.rows:
        line = [" "] * (_WIDTH + 1)
        line[_at(picture.options["limit"], 0.0, most)] = rule
        for name, mark in (("before", hollow), ("after", dot)):
            if row[name] is not None:
                line[_at(_inside(row[name], 0.0, most), 0.0, most)] = mark
        yield row["title"], "".join(line), "" if row["tone"] == "good" else "beyond the limit"


def _curves(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    for label in picture.options["labels"]:
        values = [row["value"] for row in picture.rows if row["series"] == label["series"]]
        step = max(1, len(values) // _WIDTH)
        drawn = "" if ascii_only else spark(values[::step])
        yield label["series"], drawn, str(label["text"]).removeprefix(label["series"]).strip()


def _heat(picture: Picture, _: bool) -> Iterator[Line]:
    by_cohort: dict[str, list[str]] = {}
    for row in picture.rows:
        by_cohort.setdefault(row["cohort"], []).append(row["shown"])
    for cohort, shown in by_cohort.items():
        yield cohort, " ".join(f"{text:>4}" for text in shown), ""


def _bars(picture: Picture, ascii_only: bool) -> Iterator[Line]:
    most = max((row["value"] for row in picture.rows), default=0.0)
    bar = "#" if ascii_only else "█"
    for row in picture.rows:
        yield row["title"], (bar * _at(row["value"], 0.0, most)).ljust(_WIDTH), row["shown"]


def _number(label: Mapping[str, Any]) -> str:
    return str(label["text"]).removeprefix(str(label["route"])).strip()


def _inside(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _at(value: float, low: float, high: float) -> int:
    return round((value - low) / (high - low or 1.0) * _WIDTH)


DRAWN: dict[str, Callable[[Picture, bool], Iterator[Line]]] = {
    "bridge": _bridge,
    "rolling": _rolling,
    "dots": _dots,
    "curves": _curves,
    "heat": _heat,
    "bars": _bars,
    "effects": _effects,
    "love": _love,
}
"""How each kind of picture is put in characters."""
