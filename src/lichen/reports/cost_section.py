"""What a dollar of revenue costs, on the page: bars by kind, side by side for each route."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.reports.document import (
    Cell,
    Column,
    Multiples,
    Picture,
    RowGroup,
    Section,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.format import format_count, format_money_exact, format_words
from lichen.scorecards.board import Board
from lichen.scorecards.costs import CostPanel
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE


def cost_section(board: Board) -> Iterator[Section]:
    """The panels of all routes on one scale; none where the run has no cost by route."""
    if not board.costs:
        return
    most = max((cost.share for panel in board.costs for cost in panel.costs), default=0.0)
    pictures = tuple(_picture(panel, most, board.run.currency) for panel in board.costs)
    yield Section(
        "costs",
        "What a dollar of revenue costs",
        (Multiples(pictures), Sentence(NOT_LIKE_FOR_LIKE, Tone.CAUTION)),
        "Costs of the window that come off the margin, as a share of the same accounts' revenue",
    )


def _picture(panel: CostPanel, most: float, currency: str) -> Picture:
    name = f"costs-{panel.value}"
    return Picture(
        name=name,
        kind="bars",
        title=f"{panel.label}: {panel.share:.1%} of revenue",
        subtitle="Cost by kind; the same scale for every route",
        description="; ".join(
            f"{format_words(cost.kind)} {cost.share:.1%}" for cost in panel.costs
        ),
        rows=[
            {"title": _words(cost.kind), "value": cost.share, "shown": f"{cost.share:.1%}"}
            for cost in panel.costs
        ],
        table=_table(name, panel, currency),
        options={"most": most},
    )


def _words(kind: str) -> str:
    words = "CSM" if kind == "csm" else format_words(kind)
    return words[:1].upper() + words[1:]


def _table(name: str, panel: CostPanel, currency: str) -> Table:
    rows = tuple(
        (
            Cell(_words(cost.kind)),
            Cell(format_money_exact(cost.amount_minor, currency)),
            Cell(f"{cost.share:.1%}"),
            Cell(format_count(cost.accounts)),
        )
        for cost in panel.costs
    )
    caption = f"{panel.label}: revenue {format_money_exact(panel.revenue_minor, currency)}"
    columns = (Column("Kind", False), Column("Cost"), Column("Of revenue"), Column("Accounts"))
    return Table(name, caption, columns, (RowGroup(rows),))
