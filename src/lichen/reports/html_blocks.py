"""Blocks of the document as HTML."""

from __future__ import annotations

from lichen.reports.charts import NARROW, WIDE, svg
from lichen.reports.document import (
    Abreast,
    Block,
    Claim,
    Commands,
    Entry,
    Fact,
    Facts,
    FindingNote,
    Findings,
    Fold,
    Headline,
    Headlines,
    MetricNote,
    Multiples,
    Picture,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.html_table import figure_link, table_html, verdict_html
from lichen.reports.markup import Markup, element, join

_SPARK = 124

_SHOWN = 3
"""Warnings shown before the rest is folded and counted; errors are never folded."""


def block_html(block: Block) -> Markup:
    """One block; every kind of the document model has a case here."""
    match block:
        case Sentence():
            return element("p", block.text, class_=_tone(block.tone))
        case Headlines():
            return element("div", *map(_card, block.cards), class_="cards")
        case Picture():
            return _picture(block)
        case Multiples():
            return element("div", *map(_small, block.pictures), class_="multiples")
        case Table():
            return table_html(block)
        case Findings():
            return _findings(block)
        case Commands():
            items = (
                element("li", f"{item.phrase}: ", element("code", item.line))
                for item in block.items
            )
            return element("ul", *items, class_="commands")
        case Claim():
            return _claim(block)
        case Facts():
            return element("ul", *map(_fact, block.items), class_="facts")
        case Abreast():
            left = element("div", *map(block_html, block.left))
            right = element("div", *map(_beside, block.right))
            return element("div", left, right, class_="abreast")
        case Fold():
            return _fold(block)


def entry_html(entry: Entry) -> Markup:
    """One figure's entry; opens by itself when a link leads to it."""
    facts = [("Window", entry.window), *entry.facts]
    pairs = [join(element("dt", name), element("dd", text)) for name, text in facts]
    command = join(
        element("dt", "Accounts behind it"), element("dd", element("code", entry.command))
    )
    inner = element(
        "div",
        element("dl", *pairs, command),
        table_html(entry.accounts) if entry.accounts else None,
        id=f"figure-{entry.figure_id}",
        class_="entry",
    )
    summary = element(
        "summary",
        element("span", entry.title, class_="name"),
        element("span", entry.value, class_="value"),
        element("span", entry.window, class_="note"),
    )
    return element("details", summary, inner)


def metric_html(note: MetricNote, entries: list[Entry]) -> Markup:
    """A metric's own definition, then an entry per figure of it."""
    pairs = [join(element("dt", name), element("dd", text)) for name, text in note.facts]
    return join(
        element("h3", note.title, id=f"metric-{note.metric}"),
        element("dl", *pairs, class_="metric"),
        element(
            "details",
            element("summary", f"{len(entries):,} {'figure' if len(entries) == 1 else 'figures'}"),
            *map(entry_html, entries),
            class_="of-metric",
        ),
    )


def _card(card: Headline) -> Markup:
    spark = element("div", Markup(svg(card.trend, _SPARK)), class_="spark") if card.trend else None
    target = None
    if card.target:
        target = element("p", card.target, " ", _standing(card), class_="target")
    return element(
        "article",
        element(
            "div",
            element("h3", card.title, element("span", f" · {card.scope}", class_="scope")),
            element("p", figure_link(card.value), class_=f"value {card.value.tone}"),
            class_="number-side",
        ),
        spark,
        element("p", card.interval, class_="note") if card.interval else None,
        target,
        element("p", card.sentence, class_="says"),
        _as_table(card.trend) if card.trend else None,
        class_="card",
    )


def _standing(card: Headline) -> Markup | None:
    """The verdict as a word and a shape; its reason shows on hover and on focus."""
    if not card.standing:
        return None
    mark = element("span", class_=f"shape {card.tone}", aria_hidden="true")
    return element(
        "span",
        mark,
        card.standing,
        element("span", ": ", class_="hidden"),
        element("span", card.reason, class_="reason"),
        class_=f"standing {card.tone}",
        tabindex=0,
    )


def _picture(picture: Picture) -> Markup:
    drawings = (
        element("div", Markup(svg(picture, width)), class_=name)
        for name, width in (("at-wide", WIDE), ("at-narrow", NARROW))
    )
    return join(element("figure", _caption(picture), *drawings), _as_table(picture))


def _caption(picture: Picture) -> Markup:
    return element(
        "figcaption",
        element("p", picture.title, class_="finding"),
        element("p", picture.subtitle, class_="note"),
    )


def _beside(block: Block) -> Markup:
    """A block in the smaller column: its pictures are drawn once, for that width."""
    if not isinstance(block, Picture):
        return block_html(block)
    drawing = element("div", Markup(svg(block, NARROW)), class_="beside")
    return join(element("figure", _caption(block), drawing), _as_table(block))


def _small(picture: Picture) -> Markup:
    """A picture among its like: one drawing, the same in every width of the page."""
    caption = element(
        "figcaption",
        element("p", picture.title, class_="small-finding"),
        element("p", picture.subtitle, class_="note"),
    )
    drawing = element("div", Markup(svg(picture, NARROW)))
    return element("div", element("figure", caption, drawing), _as_table(picture))


def _as_table(picture: Picture) -> Markup:
    return element(
        "details", element("summary", "Show as table"), table_html(picture.table), class_="as-table"
    )


def _claim(claim: Claim) -> Markup:
    reasons = "; ".join(claim.reasons)
    return element(
        "p",
        claim.text,
        " ",
        verdict_html(claim.verdict, claim.tone),
        element("span", f" {reasons}", class_="note")
        if reasons and reasons not in claim.text
        else None,
        class_="claim",
    )


def _fact(fact: Fact) -> Markup:
    return element(
        "li",
        element("span", fact.title, class_="note"),
        element("strong", fact.value, class_=_tone(fact.tone)),
        element("span", fact.note, class_="note"),
    )


def _fold(fold: Fold) -> Markup:
    summary = element(
        "summary",
        element("span", fold.title, class_="name"),
        element("span", fold.note, class_="note"),
    )
    inner = element("div", *map(block_html, fold.blocks), class_="inside")
    return element("details", summary, inner, class_="fold", open=fold.is_open)


def _findings(findings: Findings) -> Markup:
    if not findings.items:
        return element("p", findings.none, class_="note")
    warned = [note for note in findings.items if note.severity != "note"]
    errors = sum(note.severity == "error" for note in warned)
    grave = warned[: max(_SHOWN, errors)]
    notes = findings.items[len(grave) :]
    listed = element("ul", *map(_finding, grave), class_="findings") if grave else None
    if not notes:
        return join(listed)
    summary = element(
        "summary",
        _besides(len(warned) - len(grave), len(findings.items) - len(warned))
        if grave
        else f"{_counted(len(notes), 'note')}, no warnings",
    )
    folded = element("ul", *map(_finding, notes), class_="findings")
    return join(listed, element("details", summary, folded, class_="notes", open=not grave))


def _besides(warnings: int, notes: int) -> str:
    counts = ((warnings, "warning"), (notes, "note"))
    return " and ".join(_counted(count, noun) for count, noun in counts if count) + " besides"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _finding(note: FindingNote) -> Markup:
    detail = f"Touches {note.concerns}."
    if note.examples:
        detail += f" For example {'; '.join(note.examples)}."
    code = element("code", note.code, title="the code of this finding")
    return element(
        "li",
        element("p", element("strong", note.severity), " · ", note.sentence),
        element("p", detail, " ", code, class_="note"),
        class_=f"is-{note.severity}",
    )


def _tone(tone: Tone) -> str | None:
    return None if tone is Tone.PLAIN else str(tone)
