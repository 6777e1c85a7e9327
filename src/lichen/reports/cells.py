"""Figures as cells: the text, where it leads, and what is said about it."""

from __future__ import annotations

from lichen.reports.document import Cell, Range, Tone
from lichen.reports.format import (
    ABSENT,
    format_count,
    format_figure,
    format_interval,
    format_money_exact,
    format_value,
)
from lichen.scorecards.headlines import counted_noun, needed
from lichen.scorecards.run_facts import RunFacts
from lichen.vocabulary.figure import Figure, Verdict
from lichen.vocabulary.metrics import Unit

SAID_ONCE = frozenset({"not_like_for_like"})
"""Codes of whole splits, whose sentence stands beside the table."""

_WITHHELD: dict[str, str] = {
    Verdict.NOT_READABLE: "not readable",
    Verdict.NOT_FOLLOWED: "too short",
    Verdict.NOT_REACHED: "not reached",
}
"""What stands in a cell whose figure is withheld for another reason than too little data."""


def figure_cell(figure: Figure | None, run: RunFacts, drawn: Range | None = None) -> Cell:
    """A figure in a table: its value, or `n = 12`, `uneven` or `not readable` without one."""
    if figure is None:
        note = "none in its base, so this run publishes no such figure"
        return Cell(ABSENT, note=note, tone=Tone.THIN)
    if figure.value is None:
        needs = needed(figure, run)
        uneven = needs is not None and figure.n >= needs
        text = "uneven" if uneven else f"n = {format_count(figure.n)}"
        text = _WITHHELD.get(figure.verdict, text)
        note = whole_text(figure, run)
        return Cell(text, figure.figure_id, note, Tone.THIN, flags=flags_of(figure))
    shown = format_value(
        figure.value,
        figure.unit,
        low=figure.low,
        high=figure.high,
        currency=run.currency,
        full=True,
    )
    note = _note(figure, run)
    return Cell(shown, figure.figure_id, note, range=drawn, flags=flags_of(figure))


def flags_of(figure: Figure) -> tuple[str, ...]:
    """Findings of this figure that not every figure of its group carries."""
    return tuple(code for code in figure.findings if code not in SAID_ONCE)


def interval_cell(figure: Figure, run: RunFacts) -> Cell:
    """The interval of a figure in a column of its own."""
    shown = format_interval(figure.low, figure.high, figure.unit, currency=run.currency, full=True)
    return Cell(shown or ABSENT, tone=Tone.PLAIN if shown else Tone.THIN)


def exact_cell(figure: Figure, run: RunFacts) -> Cell:
    """A figure to its last digit, for tables that must add up."""
    if figure.value is None or figure.unit != Unit.MONEY:
        return figure_cell(figure, run)
    return Cell(format_money_exact(round(figure.value), run.currency), figure.figure_id)


def whole_text(figure: Figure, run: RunFacts) -> str:
    """Value and interval, or why there is none, as one text."""
    return format_figure(
        figure.value,
        figure.unit,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        verdict=figure.verdict,
        needs=needed(figure, run),
        currency=run.currency,
        full=True,
    )


def value_text(figure: Figure, run: RunFacts) -> str:
    """The value alone, or why there is none."""
    if figure.value is None:
        return whole_text(figure, run)
    return format_value(
        figure.value, figure.unit, low=figure.low, high=figure.high, currency=run.currency
    )


def _note(figure: Figure, run: RunFacts) -> str:
    interval = format_interval(figure.low, figure.high, figure.unit, currency=run.currency)
    if figure.unit == Unit.COUNT:
        return ""
    counted = f"{format_count(figure.n)} {counted_noun(figure)}"
    return f"between {interval.replace(' to ', ' and ')}; {counted}" if interval else counted
