"""Partner portfolio, coverage and plan on the page: three tables, each with one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.reports.cells import figure_cell
from lichen.reports.document import Block, Cell, Column, RowGroup, Section, Sentence, Table, Tone
from lichen.reports.format import (
    ABSENT,
    format_count,
    format_date,
    format_money,
    format_value,
    format_words,
)
from lichen.scorecards.board import Board
from lichen.scorecards.coverage import BY, CELLS, CoverageRow
from lichen.scorecards.headlines import counted_noun, titled
from lichen.scorecards.labels import group_label, groups_label
from lichen.scorecards.plan import PlanLine
from lichen.scorecards.portfolio import PartnerRow
from lichen.scorecards.targets import Standing
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS, Unit

OVERLAP = (
    "An account that several partners serve is at stake with each of them, so exposures of "
    "partners do not add up."
)
STRAIGHT = "Pace: where the fiscal year would end if each month brought what the months so far did."
MOST_IDLE = 8

_TONES = {Standing.MET: Tone.GOOD, Standing.MISSED: Tone.BAD, Standing.NOT_MEASURED: Tone.THIN}


def portfolio_sections(board: Board) -> Iterator[Section]:
    """Plan, portfolio and coverage, each where the run has it."""
    if board.plan:
        yield Section("plan", "Plan by route", (Sentence(STRAIGHT, Tone.THIN), _plan(board)))
    if not board.portfolio.is_empty:
        yield Section(
            "portfolio",
            "Partner portfolio",
            tuple(_portfolio(board)),
            "Who is signed and active, and what hangs on whom, on the closing day",
        )
    if board.coverage.rows:
        yield Section(
            "coverage",
            "Who looks after accounts",
            (_coverage(board),),
            "Accounts and ARR on the closing day by who covers them",
        )


def _plan(board: Board) -> Table:
    heads = ("Plan", "Attained", "Still missing", "At this pace", "Standing")
    columns = (Column("What", False), *(Column(name) for name in heads), Column("Owner", False))
    rows = tuple(_plan_row(line, board) for line in board.plan)
    return Table("plan", "What was planned and what was attained", columns, (RowGroup(rows),))


def _plan_row(line: PlanLine, board: Board) -> tuple[Cell, ...]:
    target, reading = line.target, line.reading
    unit = METRICS[target.metric].unit

    def shown(value: float | None) -> Cell:
        if value is None:
            return Cell(ABSENT, tone=Tone.THIN)
        return Cell(format_value(value, unit, currency=board.run.currency))

    what = f"{METRICS[target.metric].title}, {groups_label(target.groups, board.names)}"
    owners = ", ".join((target.owner, *target.co_owners))
    return (
        Cell(f"{what}, {format_words(target.period.value)}"),
        shown(line.planned),
        figure_cell(reading.figure, board.run),
        shown(line.gap),
        shown(line.pace),
        Cell(
            reading.standing.value,
            note=reading.reason,
            tone=_TONES.get(reading.standing, Tone.PLAIN),
        ),
        Cell(owners),
    )


def _portfolio(board: Board) -> Iterator[Block]:
    held = board.portfolio
    columns = (Column("Figure", False), Column("Value"), Column("Of"))
    rows = tuple(
        (
            Cell(titled(figure.metric, figure.parameters), note=METRICS[figure.metric].meaning),
            figure_cell(figure, board.run),
            Cell("" if figure.unit == Unit.COUNT else _counted(figure)),
        )
        for figure in held.numbers
    )
    if rows:
        yield Table("portfolio", "The whole portfolio", columns, (RowGroup(rows),))
    if held.partners:
        yield Sentence(OVERLAP, Tone.CAUTION)
        yield _partners(board)
    if held.idle:
        named = ", ".join(held.idle[:MOST_IDLE])
        more = len(held.idle) - MOST_IDLE
        rest = f" and {format_count(more)} more" if more > 0 else ""
        yield Sentence(f"Signed, but serving no account with ARR: {named}{rest}.")


def _counted(figure: Figure) -> str:
    return f"{format_count(figure.n)} {counted_noun(figure)}"


def _partners(board: Board) -> Table:
    columns = (
        Column("Partner", False),
        Column("Kinds", False, optional=True),
        Column("Accounts"),
        Column("ARR exposed"),
        Column("With no other partner"),
        Column("Renewals in the next year"),
        Column("Last seen at work", optional=True),
    )
    rows = tuple(_partner_row(partner, board) for partner in board.portfolio.partners)
    folded = board.portfolio.folded
    more = f"; {format_count(folded)} more are in the run's table portfolio" if folded else ""
    caption = f"Partners by the ARR of accounts that they serve{more}"
    return Table("exposed", caption, columns, (RowGroup(rows),))


def _partner_row(partner: PartnerRow, board: Board) -> tuple[Cell, ...]:
    standing = "" if partner.signed else "has left"
    quiet = "" if partner.active or not partner.signed else "not active lately"
    seen = partner.last_activity_on
    return (
        Cell(partner.name, note=standing or quiet),
        Cell(", ".join(format_words(kind) for kind in partner.kinds)),
        Cell(format_count(partner.accounts)),
        figure_cell(partner.arr, board.run),
        figure_cell(partner.alone, board.run),
        figure_cell(partner.renewals, board.run),
        Cell(format_date(seen) if seen else ABSENT),
    )


def _coverage(board: Board) -> Table:
    columns = (
        Column("Accounts", False),
        *(Column(title) for title in CELLS.values()),
        Column("Share of accounts nobody covers"),
        Column("Share of ARR nobody covers"),
    )
    rows = tuple(_coverage_row(row, board) for row in board.coverage.rows)
    caption = "Accounts in each cell, whose ARR is in its note"
    return Table("coverage", caption, columns, (RowGroup(rows),))


def _coverage_row(row: CoverageRow, board: Board) -> tuple[Cell, ...]:
    label = group_label(BY, row.value) if row.value else "All accounts"
    cells = (
        Cell(
            format_count(row.accounts.get(cell, 0)),
            note=format_money(row.arr_minor.get(cell, 0), board.run.currency),
        )
        for cell in CELLS
    )
    return (
        Cell(label),
        *cells,
        figure_cell(row.uncovered, board.run),
        figure_cell(row.uncovered_arr, board.run),
    )
