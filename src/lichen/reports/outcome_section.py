"""Customer outcomes on the page: one table of them all, and the telling ones as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.kernel.money import currency_digits
from lichen.reports.cells import figure_cell, interval_cell, value_text, whole_text
from lichen.reports.document import (
    Block,
    Cell,
    Column,
    Multiples,
    Picture,
    Range,
    RowGroup,
    Section,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.pictures import value_scale
from lichen.scorecards.board import Board
from lichen.scorecards.labels import group_label
from lichen.scorecards.outcomes import BY, Outcome, OutcomeGroup
from lichen.scorecards.routes import compared
from lichen.scorecards.run_facts import RunFacts
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.metrics import Direction, Unit
from lichen.vocabulary.roles import ROUTES

PICTURED: tuple[tuple[str, dict[str, str]], ...] = (
    ("value_within", {"days": "90"}),
    ("adoption", {}),
    ("goals_achieved", {}),
    ("nps", {}),
    ("cost_to_serve", {}),
    ("contribution_margin", {}),
    ("referral_rate", {}),
    ("usage_trend", {"months": "12"}),
)
"""Outcomes drawn as small multiples where the run has them; the table holds every one."""

MOST = 6

CAPTION = (
    "Outcomes of the window by how accounts are served, each in its own unit. Where n = 12 or "
    "uneven stands for a figure there is not enough data; where it is too short, too few accounts "
    "were followed so long."
)

_WORDS = {Direction.HIGHER: "higher is better", Direction.LOWER: "lower is better"}
_AXES = {Unit.RATIO: ".0%", Unit.MONEY: "$~s", Unit.NUMBER: ".1f"}
"""How the axis of a unit is written; the others are whole numbers."""


def outcome_sections(board: Board) -> Iterator[Section]:
    """The section of outcomes; none where the run published none."""
    if not board.outcomes:
        return
    blocks: list[Block] = []
    drawn = tuple(_pictures(board))[:MOST]
    if drawn:
        blocks.append(Multiples(drawn))
    if any(len(outcome.by_route) > 1 for group in board.outcomes for outcome in group.outcomes):
        blocks.append(Sentence(NOT_LIKE_FOR_LIKE, Tone.CAUTION))
    blocks.append(outcome_table(board))
    yield Section(
        "outcomes",
        "Customer outcomes",
        tuple(blocks),
        "What customers got beside revenue, by how they are served at the opening of the window",
    )


def outcome_table(board: Board) -> Table:
    """Every outcome as a row: all accounts, a year ago, and each route."""
    routes = [route for route in ROUTES if _has(board, route)]
    columns = (
        Column("Outcome", numeric=False),
        Column("All accounts"),
        Column("A year ago", optional=True),
        *(Column(group_label(BY, route)) for route in routes),
    )
    groups = tuple(_row_group(group, routes, board.run) for group in board.outcomes)
    return Table("outcomes", CAPTION, columns, groups, row_scales=True)


def _has(board: Board, route: str) -> bool:
    return any(route in each.by_route for group in board.outcomes for each in group.outcomes)


def _row_group(group: OutcomeGroup, routes: Sequence[str], run: RunFacts) -> RowGroup:
    rows = tuple(_row(each, routes, run) for each in group.outcomes)
    return RowGroup(rows, group.title, group.note)


def _row(outcome: Outcome, routes: Sequence[str], run: RunFacts) -> tuple[Cell, ...]:
    scale = value_scale(outcome.figures, outcome.total.value)
    better = _WORDS.get(outcome.metric.direction, "")
    return (
        Cell(outcome.title, note=f"{outcome.metric.meaning} {better}".strip()),
        figure_cell(outcome.total, run),
        figure_cell(outcome.before, run),
        *(_drawn(outcome.by_route.get(route), outcome.total, scale, run) for route in routes),
    )


def _drawn(figure: Figure | None, total: Figure, scale: tuple[float, float], run: RunFacts) -> Cell:
    if figure is None or figure.value is None or figure.low is None:
        return figure_cell(figure, run)
    drawn = Range(figure.value, figure.low, figure.high, total.value, scale)
    return figure_cell(figure, run, drawn)


def _pictures(board: Board) -> Iterator[Picture]:
    every = [each for group in board.outcomes for each in group.outcomes]
    for name, parameters in PICTURED:
        for outcome in every:
            asked = parse_groups(outcome.parameters).items() >= parameters.items()
            if outcome.metric.name == name and asked and _can_be_drawn(outcome):
                yield outcome_picture(outcome, board.run)


def _can_be_drawn(outcome: Outcome) -> bool:
    return sum(figure.value is not None for figure in outcome.by_route.values()) >= 2


def outcome_picture(outcome: Outcome, run: RunFacts) -> Picture:
    """One outcome by route as dots and intervals in its own unit, with all accounts as a line."""
    name = f"outcome-{outcome.metric.name}"
    better = _WORDS.get(outcome.metric.direction, "")
    per_unit = 10 ** currency_digits(run.currency) if outcome.metric.unit is Unit.MONEY else 1
    low, high = value_scale(outcome.figures, outcome.total.value)
    level = outcome.total.value
    return Picture(
        name=name,
        kind="dots",
        title=_finding(outcome),
        subtitle="; ".join(part for part in (outcome.title, better) if part),
        description="; ".join(
            f"{group_label(BY, route)}: {whole_text(figure, run)}"
            for route, figure in outcome.by_route.items()
        ),
        rows=[_dot(route, figure, per_unit, run) for route, figure in outcome.by_route.items()],
        table=_picture_table(name, outcome, run),
        options={
            "scale": (low / per_unit, high / per_unit),
            "yardstick": None if level is None else level / per_unit,
            "format": _AXES.get(outcome.metric.unit, ",.0f"),
        },
    )


def _dot(route: str, figure: Figure, per_unit: int, run: RunFacts) -> dict[str, object]:
    in_unit = {
        end: None if number is None else number / per_unit
        for end, number in (("value", figure.value), ("low", figure.low), ("high", figure.high))
    }
    return {
        **in_unit,
        "title": group_label(BY, route),
        "route": route,
        "shown": value_text(figure, run),
        "note": "" if figure.value is not None else whole_text(figure, run),
    }


def _picture_table(name: str, outcome: Outcome, run: RunFacts) -> Table:
    held = [("All accounts", outcome.total)]
    held += [(group_label(BY, route), figure) for route, figure in outcome.by_route.items()]
    rows = tuple(
        (Cell(label), figure_cell(each, run), interval_cell(each, run), Cell(f"{each.n:,}"))
        for label, each in held
    )
    columns = (Column("Served via", False), Column("Value"), Column("Interval"), Column("n"))
    return Table(name, outcome.title, columns, (RowGroup(rows),))


def _finding(outcome: Outcome) -> str:
    """The two routes set side by side, with whether their intervals overlap."""
    measured = {route: f for route, f in outcome.by_route.items() if f.value is not None}
    direct = measured.get("direct")
    other = next((route for route in ("partner", "hybrid") if route in measured), None)
    if direct is None or other is None:
        return f"{outcome.title}: routes cannot be set side by side"
    return compared(outcome.metric.name, {BY: other}, measured[other], direct)
