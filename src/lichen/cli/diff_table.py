"""The comparison of two runs for a person: why, a table by cause, and the first in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lichen.kernel.visible import visible
from lichen.scorecards.diff import FigureChange
from lichen.scorecards.diff.questions import LEVEL
from lichen.scorecards.diff.sentences import POINTS
from lichen.scorecards.headlines import titled
from lichen.scorecards.labels import groups_label
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.format import format_difference, format_value
from lichen.workspace.differences import RunDiff

SHOWN_ROWS = 20
SHOWN_APPEARANCES = 10
FIGURE_WIDTH = 18


def print_diff(found: RunDiff, *, every: bool = False) -> None:
    """Print it to stdout; `every` shows all changes, else the first of those beyond noise."""
    console = Console()
    _say(console, found.title)
    if found.unchanged:
        _say(console, "Nothing changed.", *found.cautions)
        return
    _say(console, *(f"  {line}" for line in found.why()), found.count)
    asked = found.changes if every else found.beyond_noise
    shown = asked if every else asked[:SHOWN_ROWS]
    if shown:
        console.print(_table(found, shown))
    _say(console, *(found.sentence(each) for each in found.changes if each.rank == 0))
    appeared = found.appearances if every else found.appearances[:SHOWN_APPEARANCES]
    _say(console, *map(found.told, appeared))
    hidden = len(found.changes) - len(shown) + len(found.appearances) - len(appeared)
    if hidden:
        _say(console, f"{hidden:,} more; --all shows them, --format json or csv too.")


def _table(found: RunDiff, shown: tuple[FigureChange, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("figure", overflow="fold", min_width=FIGURE_WIDTH)
    causes = list(dict.fromkeys(part.cause for each in shown for part in each.parts))
    for title in ("before", "after", "change", *map(_short, causes), "noise"):
        table.add_column(title, justify="right", no_wrap=True)
    for each in shown:
        table.add_row(*(Text(visible(cell)) for cell in _cells(found, each, causes)))
    return table


def _cells(found: RunDiff, each: FigureChange, causes: list[str]) -> list[str]:
    unit, currency = each.after.unit, found.after.currency
    values = [
        format_value(value, unit, currency=currency)
        for value in (each.before.value, each.after.value)
        if value is not None
    ]
    parts = {part.cause: part.change for part in each.parts}
    moves = [each.change, *(parts.get(cause) for cause in causes)]
    noise = "" if each.noise is None else f"{abs(float(each.change)) / each.noise:.1f} x"
    told = [_signed(move, unit, currency) for move in moves]
    return [_named(each, found.partner_names), *values, *told, noise if each.noise else ""]


def _signed(move: Fraction | None, unit: str, currency: str) -> str:
    if move is None:
        return "not split"
    if not move:
        return "0"
    return format_difference(float(move), unit, currency=currency).removesuffix(POINTS)


def _short(cause: str) -> str:
    """A cause as the title of a narrow column: `corrected`, `new`, `revenue`, `later`."""
    words = cause.replace("definition ", "").replace(" facts", "").replace(" date", "")
    return words.replace(" and ", "+")


def _named(each: FigureChange, names: Mapping[str, str]) -> str:
    question = each.question
    groups = parse_groups(question.groups)
    told = [
        *([groups_label(groups, names)] if groups else []),
        *([] if question.window in ("12m", LEVEL) else [question.window]),
    ]
    return ", ".join([titled(question.metric, question.parameters), *told])


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        # Who reads a pipe breaks lines as they like.
        console.print(Text(visible(line)), soft_wrap=not console.is_terminal)
