"""The document in a terminal: 80 columns are enough, and so is a stream without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from lichen.reports import terminal_pictures
from lichen.reports.document import (
    EVERYTHING,
    FLAG,
    Abreast,
    Block,
    Cell,
    Claim,
    Column,
    Commands,
    Document,
    Facts,
    Findings,
    Fold,
    Headlines,
    Multiples,
    Picture,
    Section,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.terminal_pictures import spark

ROOMY = 100
"""Columns of a terminal that shows optional columns of tables."""

NARROW = 60
"""Columns below which headlines go without their small trend line."""

_FEW = 5
"""Tables of more columns keep their first one tight."""

_BETWEEN, _LABEL = 2, 14
"""Space between columns, and the least width at which labels still read well."""

_STYLES = {
    Tone.GOOD: "green",
    Tone.BAD: "red",
    Tone.THIN: "dim",
    Tone.CAUTION: "yellow",
    Tone.LEAD: "bold",
    Tone.PLAIN: "",
}
_ASCII = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        FLAG: "+",
        "\N{EN DASH}": "-",
        "\N{MIDDLE DOT}": "-",
        "\N{NO-BREAK SPACE}": " ",
    }
)


def render(document: Document, console: Console | None = None) -> None:
    """Print the document, to stdout unless told otherwise.

    Figure ids stand in the next steps; the entries of figures stay for `lichen explain`.
    """
    console = console or Console()
    console.print(_text(f"{document.workspace} · {document.title}", console, "bold"))
    for line in document.origin:
        console.print(_text(line, console, "dim"), soft_wrap=False)
    console.print()
    console.print(_text(document.lead, console))
    for section in document.sections:
        console.print()
        _section(section, console)


def render_sections(sections: Iterable[Section], console: Console | None = None) -> None:
    """Print these sections alone, each with the line that says what it is about."""
    console = console or Console()
    for place, section in enumerate(sections):
        if place:
            console.print()
        _section(section, console, said=section.subtitle)


def _section(section: Section, console: Console, said: str = "") -> None:
    console.print(_text(section.title, console, "bold"))
    if said:
        console.print(_text(said, console, "dim"))
    for block in section.blocks:
        if not _repeated(block, section):
            console.print(_block(block, console))


def _repeated(block: Block, section: Section) -> bool:
    """A caution stands beside each picture of a page; in a stream once, with the profile."""
    caution = isinstance(block, Sentence) and block.tone is Tone.CAUTION
    return caution and section.half


def _block(block: Block, console: Console) -> RenderableType:
    match block:
        case Sentence():
            return _text(block.text, console, _STYLES[block.tone])
        case Headlines():
            return _headlines(block, console)
        case Picture():
            return Group(*_picture(block, console))
        case Multiples():
            return Group(*(line for each in block.pictures for line in _picture(each, console)))
        case Table():
            return _table(block, console)
        case Findings():
            return Group(*_findings(block, console))
        case Commands():
            return Group(*_commands(block, console))
        case Claim():
            return _claim(block, console)
        case Facts():
            return Group(*_facts(block, console))
        case Abreast():
            return Group()
        case Fold():
            told = block.blocks if block.in_terminal else ()
            return Group(*(_block(each, console) for each in told))


def _claim(claim: Claim, console: Console) -> RenderableType:
    word = _text(claim.verdict, console, _STYLES[claim.tone] or "bold")
    return Text.assemble(word, ": ", _text(claim.text, console))


def _facts(block: Facts, console: Console) -> Iterator[RenderableType]:
    for fact in block.items:
        yield Padding(
            Text.assemble(
                _text(f"{fact.title}: ", console, "dim"),
                _text(fact.value, console, _STYLES[fact.tone]),
                _text(f" ({fact.note})", console, "dim"),
            ),
            (0, 0, 0, 2),
        )


def _headlines(block: Headlines, console: Console) -> RenderableType:
    table = RichTable(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(ratio=2, overflow="fold")
    for _ in range(4):
        table.add_column(overflow="fold")
    drawn = console.width >= NARROW and not _plain(console)
    for card in block.cards:
        trend = [row["value"] for row in card.trend.rows] if card.trend else []
        standing = f"{card.target}: {card.standing}" if card.target else ""
        table.add_row(
            _text(f"{card.title}, {card.scope}", console),
            _text(card.value.text, console, "bold"),
            _text(card.interval, console, "dim"),
            spark(trend) if drawn else "",
            _text(standing, console, _STYLES[card.tone]),
        )
    sentences = (
        Padding(_text(f"{card.title}, {card.scope}: {card.reason}", console, "dim"), (0, 0, 0, 2))
        for card in block.cards
        if card.reason
    )
    return Group(table, *sentences)


def _picture(picture: Picture, console: Console) -> Iterator[RenderableType]:
    yield _text(picture.title, console)
    yield _text(picture.subtitle, console, "dim")
    lines = terminal_pictures.lines(picture, ascii_only=_plain(console))
    for label, drawn, shown in lines:
        yield _text(f"  {label:<16.16} {drawn} {shown}".rstrip(), console)


def _table(table: Table, console: Console) -> RenderableType:
    roomy = console.width >= ROOMY
    kept = [place for place, column in enumerate(table.columns) if roomy or not column.optional]
    drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=False)
    for place in kept:
        _column(drawn, table.columns[place], console, tight=place == 0 and len(kept) > _FEW)
    for group in table.groups:
        if group.title:
            drawn.add_row(_text(group.title, console, "bold"))
        for row in group.rows:
            drawn.add_row(*(_cell(row[place], console) for place in kept))
    notes = [_text(table.caption, console, "dim")]
    left_out = [column.title for column in table.columns if column.optional and not roomy]
    if left_out:
        named = " and ".join(left_out)
        said = f"{named}: in a terminal of {ROOMY} columns."
        notes.append(_text(said, console, "dim"))
    if any(cell.flags for group in table.groups for row in group.rows for cell in row):
        notes.append(_text(f"{FLAG}: a finding touches this figure.", console, "dim"))
    if _least_width(table, kept) > console.width:
        return Group(*notes, *_stacked(table, console))
    return Group(*notes, drawn)


def _least_width(table: Table, kept: Sequence[int]) -> int:
    """Columns of the terminal below which figures would be cut, or labels beyond reading."""
    rows = [row for group in table.groups for row in group.rows]
    width = _BETWEEN
    for place in kept:
        column = table.columns[place]
        longest = max(len(text) for text in [column.title, *(row[place].text for row in rows)])
        width += _BETWEEN + (longest if column.numeric else min(longest, _LABEL))
    return width


def _stacked(table: Table, console: Console) -> Iterator[RenderableType]:
    """Rows beneath each other with every figure named, where columns would be cut."""
    for group in table.groups:
        if group.title:
            yield _text(group.title, console, "bold")
        for row in group.rows:
            named = zip(table.columns[1:], row[1:], strict=True)
            figures = [f"{column.title} {cell.text}" for column, cell in named if cell.text]
            yield Padding(_cell(row[0], console), (0, 0, 0, 2))
            yield Padding(_text(" · ".join(figures), console, "dim"), (0, 0, 0, 4))


def _column(drawn: RichTable, column: Column, console: Console, *, tight: bool) -> None:
    drawn.add_column(
        _text(column.title, console),
        justify="right" if column.numeric else "left",
        no_wrap=column.numeric,
        overflow="ellipsis" if column.numeric else "fold",
        max_width=22 if tight else None,
    )


def _cell(cell: Cell, console: Console) -> Text:
    text = f"{cell.text}{FLAG}" if cell.flags else cell.text
    text = " ".join(part for part in (cell.verdict, text) if part)
    return _text(text, console, _STYLES[cell.tone])


def _findings(block: Findings, console: Console) -> Iterator[RenderableType]:
    if not block.items:
        yield _text(block.none, console, "dim")
    for item in block.items:
        style = {"error": "red", "warning": "yellow"}.get(item.severity, "")
        yield Text.assemble(
            _text(f"{item.severity}: ", console, style), _text(item.sentence, console)
        )
        if item.severity != "note" and item.concerns != EVERYTHING:
            touched = _text(f"Touches {item.concerns}.", console, "dim")
            yield Padding(touched, (0, 0, 0, 2))


def _commands(block: Commands, console: Console) -> Iterator[RenderableType]:
    for item in block.items:
        yield _text(f"{item.phrase}:", console)
        yield Padding(_text(item.line, console, "bold"), (0, 0, 0, 2))


def _text(text: str, console: Console, style: str = "") -> Text:
    """Text as it is: names of accounts never turn into markup or control codes."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return Text(shown.translate(_ASCII) if _plain(console) else shown, style=style)


def _plain(console: Console) -> bool:
    return console.options.ascii_only
