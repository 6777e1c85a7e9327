"""Tables of the document as HTML: real heads, row headers, figures that lead to their entries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lichen.reports.document import FLAG, Cell, Column, Range, RowGroup, Table, Tone
from lichen.reports.markup import Markup, element, join

_RANGE_WIDTH, _RANGE_HEIGHT = 76, 16


def table_html(table: Table) -> Markup:
    """A table inside a region that scrolls by itself on narrow screens."""
    said = element("span", table.caption, *_legends(table))
    caption = element("caption", said)
    head = element("thead", *_family_row(table.columns), _head_row(table.columns))
    bodies = [_body(group, table.columns) for group in table.groups]
    inner = element("table", caption, head, *bodies, class_=_class(table))
    return element(
        "div", inner, class_="scroll", role="region", tabindex=0, aria_label=table.caption
    )


def figure_link(cell: Cell) -> Markup:
    """The cell's text, leading to the entry of its figure where it has one."""
    said = element("span", f", {cell.note}", class_="hidden") if cell.note else None
    body = join(cell.text, said)
    if not cell.figure_id:
        return body
    link = element(
        "a", body, href=f"#figure-{cell.figure_id}", title=cell.note or None, class_="figure"
    )
    return join(link, _flag(cell)) if cell.flags else link


def verdict_html(word: str, tone: Tone) -> Markup:
    """A verdict as a word and a shape; hatched where nothing is claimed."""
    mark = element("span", class_=f"shape {tone}", aria_hidden="true")
    return element("span", mark, word, class_=f"verdict {tone}")


def _flag(cell: Cell) -> Markup:
    named = ", ".join(code.replace("_", " ") for code in cell.flags)
    said = element("span", f" finding: {named}", class_="hidden")
    return element("a", FLAG, said, href="#findings", title=f"finding: {named}", class_="flag")


def _legends(table: Table) -> Iterator[str]:
    cells = [cell for group in table.groups for row in group.rows for cell in row]
    if any(cell.range for cell in cells):
        whose = "row's" if table.row_scales else "column's"
        yield (
            f" Dot and line: value and interval on the {whose} scale; upright line: "
            f"{table.yardstick}."
        )
    if any(cell.flags for cell in cells):
        yield f" {FLAG}: a finding touches this figure."


def _class(table: Table) -> str | None:
    return "wide" if any(column.family for column in table.columns) else None


def _family_row(columns: tuple[Column, ...]) -> list[Markup]:
    if not any(column.family for column in columns):
        return []
    spans = [(family, len(list(held))) for family, held in groupby(columns, lambda c: c.family)]
    cells = [
        element("th", family, scope="colgroup", colspan=span, class_="family")
        if family
        else element("td", colspan=span)
        for family, span in spans
    ]
    return [element("tr", *cells)]


def _head_row(columns: tuple[Column, ...]) -> Markup:
    return element(
        "tr",
        *(
            element("th", column.title, scope="col", class_="number" if column.numeric else None)
            for column in columns
        ),
    )


def _body(group: RowGroup, columns: tuple[Column, ...]) -> Markup:
    rows = [_row(row, columns) for row in group.rows]
    if group.title:
        note = element("span", group.note, class_="note") if group.note else None
        head = element(
            "th",
            element("span", group.title, " ", note, class_="stick"),
            scope="rowgroup",
            colspan=len(columns),
        )
        rows.insert(0, element("tr", head, class_="group"))
    return element("tbody", *rows)


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> Markup:
    cells = [
        _cell(cell, column, head=place == 0)
        for place, (cell, column) in enumerate(zip(row, columns, strict=True))
    ]
    return element("tr", *cells)


def _cell(cell: Cell, column: Column, *, head: bool) -> Markup:
    classes = ["number"] if column.numeric else []
    if cell.verdict:
        classes.append("judged")
    elif cell.tone is not Tone.PLAIN:
        classes.append(str(cell.tone))
    swatch = element("span", class_=f"swatch {_swatch(cell.swatch)}") if cell.swatch else None
    said = verdict_html(cell.verdict, cell.tone) if cell.verdict else None
    between = " " if said and cell.text else None
    drawn = range_svg(cell.range) if cell.range else None
    body = join(swatch, said, between, drawn, figure_link(cell))
    if cell.note and not cell.figure_id:
        body = element("span", body, title=cell.note)
    return element(
        "th" if head else "td",
        body,
        scope="row" if head else None,
        class_=" ".join(classes) or None,
    )


def _swatch(name: str) -> str:
    return name if name in ("direct", "hybrid", "partner") else "unknown"


def range_svg(drawn: Range) -> Markup:
    """Dot and interval on the column's scale; decoration beside the number that says the same."""
    if drawn.value is None:
        return Markup("")
    middle = _RANGE_HEIGHT / 2
    parts = []
    if drawn.yardstick is not None:
        at = _place(drawn.yardstick, drawn.scale)
        parts.append(f'<line class="y" x1="{at}" x2="{at}" y1="0" y2="{_RANGE_HEIGHT}"/>')
    if drawn.low is not None and drawn.high is not None:
        left, right = _place(drawn.low, drawn.scale), _place(drawn.high, drawn.scale)
        parts.append(f'<line class="w" x1="{left}" x2="{right}" y1="{middle:g}" y2="{middle:g}"/>')
    parts.append(f'<circle cx="{_place(drawn.value, drawn.scale)}" cy="{middle:g}" r="3"/>')
    return Markup(
        f'<svg class="range" aria-hidden="true" viewBox="0 0 {_RANGE_WIDTH} {_RANGE_HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


def _place(value: float, scale: tuple[float, float]) -> str:
    low, high = scale
    share = (min(max(value, low), high) - low) / (high - low or 1.0)
    return f"{3 + share * (_RANGE_WIDTH - 6):.1f}"
