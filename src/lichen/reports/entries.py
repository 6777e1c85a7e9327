"""An entry per figure shown: definition, formula, counts, findings, accounts, citation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lichen.reports.cells import whole_text
from lichen.reports.document import (
    Block,
    Cell,
    Column,
    Entry,
    Headlines,
    MetricNote,
    Multiples,
    Picture,
    RowGroup,
    Section,
    Table,
)
from lichen.reports.format import format_count, format_date, format_money_exact
from lichen.scorecards.board import Board
from lichen.scorecards.headlines import counted_noun, metric_short
from lichen.scorecards.labels import groups_label
from lichen.scorecards.profile import base_phrase
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import Figure, Verdict, parse_groups
from lichen.vocabulary.metrics import METRICS, Base, Interval, Metric

_SAID = {"not_like_for_like": NOT_LIKE_FOR_LIKE}
"""Codes that stand on figures without a finding of the run, in words."""


def entries(board: Board, sections: Iterable[Section]) -> tuple[Entry, ...]:
    """Entries of every figure that the sections show, by metric in the order of the catalogue."""
    known = _known_figures(board)
    shown = dict.fromkeys(identity for identity in _shown(sections) if identity in known)
    order = list(METRICS)
    figures = sorted(
        (known[identity] for identity in shown),
        key=lambda figure: (
            order.index(figure.metric) if figure.metric in METRICS else len(order),
            figure.groups,
            figure.parameters,
            -figure.window_to.toordinal(),
        ),
    )
    return tuple(_entry(figure, board) for figure in figures)


def metric_notes(shown: Iterable[Entry], board: Board) -> tuple[MetricNote, ...]:
    """What is true of all figures of a metric, for the metrics that have entries."""
    names = dict.fromkeys(entry.metric for entry in shown)
    return tuple(_note(METRICS[name], board) for name in names if name in METRICS)


def _entry(figure: Figure, board: Board) -> Entry:
    run = board.run
    parameters = parse_groups(figure.parameters)
    line = parameters.get("line")
    name = metric_short(figure.metric) + (f", {line}" if line else "")
    return Entry(
        figure_id=figure.figure_id,
        metric=figure.metric,
        title=f"{name}, {groups_label(parse_groups(figure.groups), board.names)}",
        value=whole_text(figure, run),
        window=f"{format_date(figure.window_from)} to {format_date(figure.window_to)}",
        facts=tuple(_facts(figure, board)),
        accounts=_accounts(figure, board),
        command=f"lichen explain {run.folder} {figure.figure_id} --accounts",
    )


def _facts(figure: Figure, board: Board) -> Iterator[tuple[str, str]]:
    metric = METRICS.get(figure.metric)
    if metric is not None:
        yield "Definition", metric.meaning
        yield "Formula", _formula(metric, figure, board.run.currency)
    yield "Counted", f"n = {format_count(figure.n)} {counted_noun(figure)}"
    yield "Verdict", figure.verdict.replace("_", " ")
    findings = board.findings_of(figure)
    unknown = set(figure.findings) - {finding.code for finding in findings}
    said = [finding.sentence for finding in findings]
    said += [_SAID.get(code, code) for code in sorted(unknown)]
    yield "Findings", " ".join(said) if said else "none that this figure names"
    yield "Definition hash", figure.definition
    yield "Cite as", f"{figure.run_id}/{figure.figure_id}"


def _formula(metric: Metric, figure: Figure, currency: str) -> str:
    if not metric.denominator:
        return metric.numerator
    numerator = _amount(figure.numerator, metric.counts, currency)
    denominator = _amount(figure.denominator, metric.counts or metric.mixed, currency)
    return f"{numerator}{metric.numerator} / {denominator}{metric.denominator}"


def _amount(amount: int | None, counts: bool, currency: str) -> str:
    if amount is None:
        return ""
    shown = format_count(amount) if counts else format_money_exact(amount, currency)
    return f"{shown} "


def _note(metric: Metric, board: Board) -> MetricNote:
    base = base_phrase(metric.name) or metric.base.phrase
    confidence = f"{board.run.rules.confidence:.0%}"
    method = metric.interval.phrase
    if metric.interval is not Interval.NONE:
        method = f"{confidence}, {method}"
    facts = (
        ("Meaning", metric.meaning),
        ("Base", base),
        ("Interval", method),
        ("Algorithm", f"docs/algorithms/{metric.page}.md"),
    )
    return MetricNote(metric.name, metric.title, facts)


def _accounts(figure: Figure, board: Board) -> Table | None:
    newest = board.published.figure(figure.metric, figure.groups, figure.parameters)
    if newest is None or newest.figure_id != figure.figure_id:
        return None
    lines = board.accounts.top(figure.metric, figure.groups)
    if not lines or figure.verdict == Verdict.NOT_COMPARABLE:
        return None
    currency = board.run.currency
    rows = tuple(
        (
            Cell(line.name, note=line.account_id),
            Cell(format_money_exact(line.before_minor, currency)),
            Cell(format_money_exact(line.after_minor, currency)),
        )
        for line in lines
    )
    renewals = figure.base == Base.RENEWALS_DUE
    heads = ("Due and decided", "Renewed") if renewals else ("Opening ARR", "Closing ARR")
    columns = (Column("Account", False), *map(Column, heads))
    return Table(
        f"accounts-{figure.figure_id}", "Largest accounts behind it", columns, (RowGroup(rows),)
    )


def _known_figures(board: Board) -> dict[str, Figure]:
    figures = list(board.published.latest.values())
    figures += [point for routes in board.routes for each in routes.series for point in each.points]
    figures += [point for headline in board.headlines for point in headline.trend]
    figures += [headline.figure for headline in board.headlines]
    outcomes = (each for group in board.outcomes for each in group.outcomes)
    figures += [each.before for each in outcomes if each.before]
    figures += [reading.figure for reading in board.targets if reading.figure]
    return {figure.figure_id: figure for figure in figures}


def _shown(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        for block in section.blocks:
            yield from _shown_in(block)


def _shown_in(block: Block) -> Iterator[str]:
    if isinstance(block, Headlines):
        for card in block.cards:
            yield card.value.figure_id
            if card.trend:
                yield from _shown_in(card.trend)
    elif isinstance(block, Picture):
        yield from _shown_in(block.table)
    elif isinstance(block, Multiples):
        for picture in block.pictures:
            yield from _shown_in(picture.table)
    elif isinstance(block, Table):
        for group in block.groups:
            for row in group.rows:
                yield from (cell.figure_id for cell in row if cell.figure_id)
