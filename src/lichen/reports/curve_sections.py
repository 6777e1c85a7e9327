"""How long customers stay, on the page: curves by route and the cohort heat map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.reports.document import (
    Block,
    Cell,
    Column,
    Picture,
    RowGroup,
    Section,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.format import format_count, format_money_exact
from lichen.scorecards.board import Board
from lichen.scorecards.curves import CohortCell, Curve, RetentionCurves
from lichen.scorecards.funnel import Funnel, Stage
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE

AGES = (0, 3, 6, 9, 12, 18, 24, 36, 48, 60)
"""Ages in months that the heat map shows; the run's table holds every one."""

COHORTS = 16
"""Start cohorts drawn, the newest; the picture's table holds the others too."""


def curve_sections(board: Board) -> Iterator[Section]:
    """Curves and cohorts side by side; a section is left out where the run keeps no table."""
    if board.curves.curves:
        blocks: list[Block] = [curves_picture(board.curves)]
        if len(board.curves.curves) > 1:
            blocks.append(Sentence(NOT_LIKE_FOR_LIKE, Tone.CAUTION))
        yield Section("staying", "How long customers stay", tuple(blocks), half=True)
    if board.funnel is not None:
        yield Section("funnel", "From start to value", (funnel_picture(board.funnel),), half=True)
    if board.cohorts:
        yield Section(
            "cohorts",
            "Start cohorts",
            (cohort_picture(board.cohorts, board.run.currency),),
            half=True,
        )


def curves_picture(held: RetentionCurves) -> Picture:
    """Survival by route, each curve named at its end."""
    lowest = min(point.low for curve in held.curves for point in curve.points)
    until = max(curve.points[-1].month for curve in held.curves)
    return Picture(
        name="curves",
        kind="curves",
        title=held.title,
        subtitle="Share still customers by months since the first contract; interval shaded",
        description="; ".join(_told(curve) for curve in held.curves),
        rows=[
            {
                "series": curve.label,
                "at": point.month,
                "value": point.share,
                "low": point.low,
                "high": point.high,
            }
            for curve in held.curves
            for point in curve.points
        ],
        table=_curves_table(held),
        options={
            "scale": (max(0.0, lowest - 0.03), 1.0),
            "until": until,
            "unit": "months",
            "labels": [_label(curve) for curve in held.curves],
        },
    )


def funnel_picture(held: Funnel) -> Picture:
    """New accounts as bars: all that started, those that came to each milestone, those lost."""
    subtitle = "Accounts by how far they have come since their first contract"
    rows = tuple(
        (
            Cell(stage.title),
            Cell(format_count(stage.accounts)),
            Cell(f"{stage.share:.1%}"),
            Cell("" if stage.days is None else f"{stage.days:.0f}"),
        )
        for stage in held.stages
    )
    columns = (Column("Stage", False), Column("Accounts"), Column("Share"), Column("Mean days"))
    return Picture(
        name="funnel",
        kind="bars",
        title=held.title,
        subtitle=subtitle,
        description="; ".join(f"{stage.title}: {stage.accounts:,}" for stage in held.stages),
        rows=[
            {"title": stage.title, "value": stage.accounts, "shown": _reached(stage)}
            for stage in held.stages
        ],
        table=Table("funnel", subtitle, columns, (RowGroup(rows),)),
        options={},
    )


def _reached(stage: Stage) -> str:
    share = f"{format_count(stage.accounts)} ({stage.share:.0%})"
    return share if stage.days is None else f"{share}, {stage.days:.0f} days"


def _label(curve: Curve) -> dict[str, object]:
    last = curve.points[-1]
    return {
        "series": curve.label,
        "at": last.month,
        "value": last.share,
        "text": f"{curve.label} {last.share:.0%}",
        "colour": curve.value,
    }


def _told(curve: Curve) -> str:
    last = curve.points[-1]
    return (
        f"{curve.label}: {last.share:.1%} left after {last.month} months "
        f"({last.low:.1%} to {last.high:.1%}), {format_count(last.at_risk)} watched"
    )


def _curves_table(held: RetentionCurves) -> Table:
    groups = tuple(
        RowGroup(
            tuple(
                (
                    Cell(str(point.month)),
                    Cell(f"{point.share:.1%}"),
                    Cell(f"{point.low:.1%} to {point.high:.1%}"),
                    Cell(format_count(point.at_risk)),
                )
                for point in curve.points
            ),
            curve.label,
        )
        for curve in held.curves
    )
    columns = (
        Column("Months since start", False),
        Column("Still customers"),
        Column("Interval"),
        Column("Watched"),
    )
    return Table(
        "curves", "Share still customers by months since the first contract", columns, groups
    )


def cohort_picture(cells: Sequence[CohortCell], currency: str) -> Picture:
    """ARR left of each start cohort by age, as a share of what it started with."""
    newest = sorted({cell.cohort for cell in cells})[-COHORTS:]
    drawn = [
        cell
        for cell in cells
        if cell.cohort in newest and cell.age_months in AGES and cell.arr_share is not None
    ]
    return Picture(
        name="cohorts",
        kind="heat",
        title=_cohort_title(drawn),
        subtitle="ARR of each start cohort by age in months, as a share of its first ARR",
        description="; ".join(
            f"{cell.cohort} after {cell.age_months} months: {_share(cell):.0%}" for cell in drawn
        ),
        rows=[
            {
                "cohort": cell.cohort,
                "age": str(cell.age_months),
                "place": cell.age_months,
                "value": _share(cell),
                "shown": f"{_share(cell) * 100:.0f}",
            }
            for cell in drawn
        ],
        table=_cohort_table(cells, currency),
        options={},
    )


def _share(cell: CohortCell) -> float:
    assert cell.arr_share is not None
    return cell.arr_share


def _cohort_title(cells: Sequence[CohortCell]) -> str:
    year = [cell for cell in cells if cell.age_months == 12]
    if not year:
        return "Start cohorts are not yet a year old"
    above = sum(_share(cell) >= 1 for cell in year)
    return f"{above} of {len(year)} start cohorts had at least their first ARR after a year"


def _cohort_table(cells: Sequence[CohortCell], currency: str) -> Table:
    cohorts: dict[str, list[CohortCell]] = {}
    for cell in cells:
        cohorts.setdefault(cell.cohort, []).append(cell)
    groups = tuple(
        RowGroup(tuple(_cohort_row(cell, currency) for cell in held), cohort)
        for cohort, held in cohorts.items()
    )
    columns = (
        Column("Age in months", False),
        Column("Accounts at start"),
        Column("Still customers"),
        Column("First ARR"),
        Column("ARR then"),
    )
    return Table("cohorts", "Start cohorts by age", columns, groups)


def _cohort_row(cell: CohortCell, currency: str) -> tuple[Cell, ...]:
    return (
        Cell(str(cell.age_months)),
        Cell(format_count(cell.accounts)),
        Cell(format_count(cell.retained)),
        Cell(format_money_exact(cell.arr_opening_minor, currency)),
        Cell(format_money_exact(cell.arr_now_minor, currency)),
    )
