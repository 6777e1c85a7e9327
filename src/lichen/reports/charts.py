"""Pictures as Vega-Lite specifications, and those as SVG that follows the page's colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any

from lichen.reports.comparison_drawings import effects, love, overlap
from lichen.reports.curves import bars, curves, heat
from lichen.reports.document import Picture, ReportsMissing
from lichen.reports.drawings import bridge, dots, rolling, sparkline
from lichen.reports.tokens import light, tokens, with_variables

VEGALITE = "6.4"
"""Altair writes this schema and vl-convert draws it; the two are pinned as a pair."""

Drawing = Callable[[Picture, int], Any]

DRAWINGS: dict[str, Drawing] = {
    "sparkline": sparkline,
    "rolling": rolling,
    "bridge": bridge,
    "dots": dots,
    "curves": curves,
    "heat": heat,
    "bars": bars,
    "effects": effects,
    "love": love,
    "overlap": overlap,
}
"""The drawing of each kind of picture."""

WIDE, NARROW = 600, 320
"""Drawing widths in pixels: pages show one or the other, so that text keeps its size."""

_NOT_FOR_A_PAGE = r' (?:font-family|style|class|role|aria-[a-z]+|pointer-events)="[^"]*"'


def spec(picture: Picture, width: int = WIDE) -> dict[str, Any]:
    """The Vega-Lite specification of a picture at this width.

    Raises:
        ReportsMissing: altair is not installed.
    """
    try:
        from altair.utils.schemapi import debug_mode
    except ModuleNotFoundError as error:
        raise ReportsMissing(error.name or "altair") from error
    # Every drawing is held to the schema by tests; doing so again for each page takes a second.
    with debug_mode(False):
        chart = DRAWINGS[picture.kind](picture, width)
        drawn: dict[str, Any] = chart.configure(**_config()).to_dict(validate=False)
    return drawn


def svg(picture: Picture, width: int = WIDE) -> str:
    """The picture as inline SVG: titled, described, in CSS variables and the page's own font.

    Raises:
        ReportsMissing: altair or vl-convert is not installed.
    """
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise ReportsMissing("vl-convert-python") from error
    drawn = vl_convert.vegalite_to_svg(spec(picture, width), vl_version=VEGALITE)
    return _inline(drawn, f"{picture.name}-{width}", picture.title, picture.description)


def _inline(drawn: str, name: str, title: str, description: str) -> str:
    """What Vega writes for a file, made fit for a page with a strict policy.

    Fixed sizes, fonts and style attributes go, so the page's CSS rules, and so do the roles of
    single marks, since the whole is one image with one description. Ids are prefixed: every
    drawing numbers its clip paths from zero.
    """
    size = re.search(r'viewBox="([^"]+)"', drawn)
    body = re.sub(r"^.*?<svg[^>]*>", "", drawn, count=1, flags=re.DOTALL)
    body = re.sub(_NOT_FOR_A_PAGE, "", body)
    body = re.sub(r"<path(?: d=\"[^\"]*\")?(?: display=\"none\")?/>", "", body)
    body = re.sub(r'id="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r"(\d+\.\d{2})\d+", r"\1", body)
    head = (
        f'<svg role="img" aria-labelledby="{name}-t {name}-d" viewBox="{_view(size)}">'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>'
    )
    return head + with_variables(body)


def _view(found: re.Match[str] | None) -> str:
    return found.group(1) if found else "0 0 100 100"


@lru_cache(maxsize=1)
def _config() -> dict[str, Any]:
    text = {"labelColor": light("muted"), "titleColor": light("muted"), "labelFontSize": 12}
    return {
        "aria": False,
        "background": "transparent",
        "font": tokens()["type"]["family"],
        "view": {"stroke": None},
        "axis": {
            **text,
            "gridColor": light("line"),
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "title": None,
        },
        "text": {"fontSize": 12, "fill": light("ink")},
    }
