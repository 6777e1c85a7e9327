"""One document model: what a page says, before anyone decides how it looks.

Doors render the same document as a terminal page, HTML, PDF or slides. Text is plain text
everywhere; renderers escape it. A `figure_id` on a cell leads to the entry of that figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lichen.kernel.errors import LichenError

FLAG = "\N{DAGGER}"
"""Stands behind a figure that a finding touches."""

EVERYTHING = "all figures"
"""What a finding concerns that names no metric and no group."""


class Tone(StrEnum):
    """What a piece of text means; always beside a word or a shape, never colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    THIN = "thin"
    CAUTION = "caution"
    LEAD = "lead"


@dataclass(frozen=True)
class Range:
    """An interval drawn inside a cell, on the scale that its column shares.

    `value`, `low` and `high` may be None; `yardstick` is the value of the whole base.
    """

    value: float | None
    low: float | None
    high: float | None
    yardstick: float | None
    scale: tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """One cell: its text, where it leads, what is said about it, and a swatch before it.

    `flags` are codes of findings that touch this figure more than its neighbours. `verdict` is the
    word that stands before the text, marked by the tone.
    """

    text: str
    figure_id: str = ""
    note: str = ""
    tone: Tone = Tone.PLAIN
    swatch: str = ""
    range: Range | None = None
    flags: tuple[str, ...] = ()
    verdict: str = ""


@dataclass(frozen=True)
class Column:
    """A column head; `family` names the span of columns it belongs to.

    `optional` columns may be left out where there is no room, if the reader is told.
    """

    title: str
    numeric: bool = True
    family: str = ""
    optional: bool = False


@dataclass(frozen=True)
class RowGroup:
    """Rows under one heading; an empty title is no heading."""

    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table with row groups; the first column heads its rows.

    Ranges drawn in its cells share the scale of their column, or with `row_scales` of their row;
    `yardstick` names their upright line.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    row_scales: bool = False
    yardstick: str = "all accounts"


@dataclass(frozen=True)
class Picture:
    """A chart as data: `kind` picks the drawing, `rows` feed it, `table` says the same in rows.

    The title states the finding; `subtitle` names metric, unit and window; `description` is the
    long text alternative.
    """

    name: str
    kind: str
    title: str
    subtitle: str
    description: str
    rows: Sequence[Mapping[str, Any]]
    table: Table
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Multiples:
    """Small pictures of one shape side by side, each with its own unit and scale."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Sentence:
    """A paragraph of plain text."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Headline:
    """A headline figure: name, value, interval in small, target, trend and one sentence."""

    title: str
    scope: str
    value: Cell
    interval: str
    target: str
    standing: str
    reason: str
    tone: Tone
    trend: Picture | None
    sentence: str


@dataclass(frozen=True)
class Headlines:
    """Headline figures side by side."""

    cards: tuple[Headline, ...]


@dataclass(frozen=True)
class FindingNote:
    """What a reader should know about the facts behind the figures."""

    severity: str
    sentence: str
    count: int
    code: str
    concerns: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """Findings beside the figures they touch; `none` is said when there are none."""

    items: tuple[FindingNote, ...]
    none: str


@dataclass(frozen=True)
class Command:
    """What to do next: a phrase and the command that does it."""

    phrase: str
    line: str


@dataclass(frozen=True)
class Commands:
    """Next steps, in order."""

    items: tuple[Command, ...]


@dataclass(frozen=True)
class Claim:
    """A sentence with the verdict it rests on: a word and a shape, and the reasons for it."""

    text: str
    verdict: str
    tone: Tone
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One thing that was checked: its name, what was found, and what that means."""

    title: str
    value: str
    note: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Facts:
    """Facts side by side."""

    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Abreast:
    """Two columns of blocks where there is room, else one beneath the other; for pages only."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True)
class Fold:
    """Blocks under a line that opens them; terminals show only those that say so.

    `is_open` folds stand open on the page until somebody closes them.
    """

    title: str
    note: str
    blocks: tuple[Block, ...]
    in_terminal: bool = False
    is_open: bool = False


Block = (
    Sentence
    | Headlines
    | Picture
    | Multiples
    | Table
    | Findings
    | Commands
    | Claim
    | Facts
    | Abreast
    | Fold
)


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; `half` sections may stand two abreast where there is room."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    half: bool = False


@dataclass(frozen=True)
class Entry:
    """All there is to say about one figure: facts as name and text, then the accounts behind it."""

    figure_id: str
    metric: str
    title: str
    value: str
    window: str
    facts: tuple[tuple[str, str], ...]
    accounts: Table | None
    command: str


@dataclass(frozen=True)
class MetricNote:
    """What is true of every figure of a metric: said once above its entries."""

    metric: str
    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Document:
    """A whole report: where it comes from, its sections, and an entry per figure shown."""

    title: str
    workspace: str
    origin: tuple[str, ...]
    lead: str
    sections: tuple[Section, ...]
    metrics: tuple[MetricNote, ...]
    entries: tuple[Entry, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the document, sparklines included."""
        return tuple(_pictures(block for section in self.sections for block in section.blocks))


def _pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        match block:
            case Picture():
                yield block
            case Multiples():
                yield from block.pictures
            case Headlines():
                yield from (card.trend for card in block.cards if card.trend)
            case Abreast():
                yield from _pictures((*block.left, *block.right))
            case Fold():
                yield from _pictures(block.blocks)


class ReportsMissing(LichenError):
    """The optional packages that draw reports are not installed."""

    def __init__(self, package: str) -> None:
        self.package = package
        super().__init__(
            f"The package '{package}' draws the pictures of reports, but it is not installed.",
            "Install it with: pip install 'lichen[reports]'.",
        )
