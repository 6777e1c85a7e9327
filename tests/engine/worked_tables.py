"""Reads the worked tables of an algorithm page, so that tests assert what people read."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"

Table = list[dict[str, str]]


def worked_tables(page: str) -> list[Table]:
    """The Markdown tables under `## Worked example`, as rows of text by column."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    _, heading, example = text.partition("## Worked example")
    assert heading, f"{page}.md has no worked example"
    tables: list[list[list[str]]] = [[]]
    for line in example.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [
        [dict(zip(table[0], row, strict=True)) for row in table[2:]] for table in tables if table
    ]


def cents(dollars: str) -> int:
    """`1,000` as 100000; tables speak in dollars."""
    return 100 * int(dollars.replace(",", "") or 0)
