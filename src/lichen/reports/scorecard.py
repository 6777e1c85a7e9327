"""The scorecard as a document: the board's sections in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.reports.cells import figure_cell
from lichen.reports.comparison_section import comparison_section
from lichen.reports.cost_section import cost_section
from lichen.reports.curve_sections import curve_sections
from lichen.reports.document import (
    Block,
    Cell,
    Column,
    Command,
    Commands,
    Document,
    Headline,
    Headlines,
    RowGroup,
    Section,
    Sentence,
    Table,
    Tone,
)
from lichen.reports.entries import entries, metric_notes
from lichen.reports.finding_notes import findings_block
from lichen.reports.format import (
    format_absence,
    format_count,
    format_date,
    format_interval,
    format_money_exact,
    format_value,
)
from lichen.reports.outcome_section import outcome_sections
from lichen.reports.pictures import (
    bridge_picture,
    dots_picture,
    rolling_picture,
    rolling_scales,
    trend_picture,
)
from lichen.reports.portfolio_sections import portfolio_sections
from lichen.reports.profile_table import profile_table
from lichen.scorecards import headlines as heads
from lichen.scorecards.board import Board
from lichen.scorecards.labels import dimension_title
from lichen.scorecards.profile import ProfileTable
from lichen.scorecards.reconciliation import ReconciliationLine
from lichen.scorecards.targets import Standing, target_phrase
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import Verdict

_TONES = {
    Standing.MET: Tone.GOOD,
    Standing.MISSED: Tone.BAD,
    Standing.ON_THE_WAY: Tone.PLAIN,
    Standing.NOT_MEASURED: Tone.THIN,
}


def scorecard_document(board: Board) -> Document:
    """The board as a document that every door can render."""
    sections = tuple(_empty(board) if board.is_empty else _sections(board))
    shown = entries(board, sections)
    return Document(
        title="Scorecard",
        workspace=board.run.workspace,
        origin=_origin(board),
        lead=board.sentence,
        sections=sections,
        metrics=metric_notes(shown, board),
        entries=shown,
    )


def _origin(board: Board) -> tuple[str, ...]:
    run = board.run
    as_of = f"as of {format_date(run.as_of)}" if run.as_of else "no day"
    version = run.definitions_version or "unknown"
    return (as_of, f"run {run.run_id or 'unknown'}", f"definitions {version}, {run.signature}")


def _sections(board: Board) -> Iterator[Section]:
    yield Section("headlines", "Headlines", (Sentence(_basis(board), Tone.THIN), _headlines(board)))
    yield from _route_sections(board)
    yield _bridge_section(board)
    yield Section(
        "findings",
        "What the data can bear",
        (findings_block(board),),
        "Findings that touch these figures",
        half=True,
    )
    yield comparison_section(board)
    yield from outcome_sections(board)
    yield from curve_sections(board)
    yield from cost_section(board)
    yield from portfolio_sections(board)
    yield _profile_section(board)
    yield from _dots_sections(board)
    yield _families(board)
    yield _next_steps(board)


def _basis(board: Board) -> str:
    """What all figures share, so that each need not repeat it."""
    closes = board.published.closes_on
    span = f"the 12 months to {format_date(closes)}" if closes else "12 months"
    confidence = f"{board.run.rules.confidence:.0%}"
    return (
        f"Rates are of {span} unless another window is named; ranges are {confidence} intervals. "
        "Trends show the rolling 12 months at each month end."
    )


def _headlines(board: Board) -> Headlines:
    cards = [_card(headline, place, board) for place, headline in enumerate(board.headlines)]
    cards += [_unmeasured(reading_index, board) for reading_index in _without_figure(board)]
    return Headlines(tuple(cards))


def _card(headline: heads.Headline, place: int, board: Board) -> Headline:
    run, figure = board.run, headline.figure
    cell = figure_cell(figure, run)
    if figure.value is not None:
        shown = format_value(
            figure.value, figure.unit, low=figure.low, high=figure.high, currency=run.currency
        )
        cell = Cell(shown, figure.figure_id, cell.note)
    else:
        shown = format_absence(figure.verdict, figure.n, heads.needed(figure, run))
        unreadable = figure.verdict == Verdict.NOT_READABLE
        text = "not readable" if unreadable else "not enough data"
        cell = Cell(text, figure.figure_id, shown, Tone.THIN)
    interval = format_interval(figure.low, figure.high, figure.unit, currency=run.currency)
    counted = f"{format_count(figure.n)} {heads.counted_noun(figure)}"
    window = heads.window_phrase(figure, run)
    reading = headline.target
    return Headline(
        title=headline.title,
        scope=headline.scope,
        value=cell,
        interval=" · ".join(part for part in (interval, counted, window) if part),
        target=f"target {target_phrase(reading.target, run.currency)}" if reading else "",
        standing=reading.standing.value if reading else "",
        reason=reading.reason if reading else "",
        tone=_TONES[reading.standing] if reading else Tone.PLAIN,
        trend=trend_picture(headline, place, run),
        sentence=headline.sentence,
    )


def _without_figure(board: Board) -> list[int]:
    return [place for place, reading in enumerate(board.targets) if reading.figure is None]


def _unmeasured(place: int, board: Board) -> Headline:
    reading = board.targets[place]
    scope = ", ".join(
        f"{dimension_title(key)}: {value}" for key, value in sorted(reading.target.groups.items())
    )
    return Headline(
        title=heads.metric_short(reading.target.metric),
        scope=scope or "All accounts",
        value=Cell("not measured", tone=Tone.THIN),
        interval="",
        target=f"target {target_phrase(reading.target, board.run.currency)}",
        standing=reading.standing.value,
        reason=reading.reason,
        tone=Tone.THIN,
        trend=None,
        sentence=f"{reading.reason} Owner: {reading.target.owner}.",
    )


def _route_sections(board: Board) -> Iterator[Section]:
    drawn = [routes for routes in board.routes if routes.series]
    if not drawn:
        yield Section(
            "routes",
            "Retention by route",
            (
                Sentence(
                    "No figures by route: involvement and csm_key are not mapped, so no account "
                    "has a route. Add feeds/involvement.csv, then run again.",
                    Tone.THIN,
                ),
            ),
        )
        return
    scales = rolling_scales(drawn)
    for routes in drawn:
        blocks: list[Block] = [Sentence(f"{routes.title}.", Tone.THIN)]
        if routes.measured:
            blocks = [rolling_picture(routes, scales[routes.metric], board.run)]
        if routes.is_split:
            blocks.append(Sentence(NOT_LIKE_FOR_LIKE, Tone.CAUTION))
        title = f"{heads.metric_short(routes.metric)} by route"
        yield Section(f"routes-{routes.metric}", title, tuple(blocks), half=True)


def _bridge_section(board: Board) -> Section:
    if not board.bridge.lines:
        return Section(
            "bridge", "ARR bridge", (Sentence(board.bridge.sentence, Tone.THIN),), half=True
        )
    blocks: list[Block] = [bridge_picture(board.bridge, board.run), Sentence(board.bridge.sentence)]
    if round(board.bridge.difference):
        amount = format_money_exact(round(board.bridge.difference), board.run.currency)
        blocks.append(Sentence(f"The lines miss the closing by {amount}.", Tone.BAD))
    return Section("bridge", "ARR bridge", tuple(blocks), half=True)


def _profile_section(board: Board) -> Section:
    table = profile_table(board)
    cautions = {each.caution for each in board.profile if each.caution}
    notes = [Sentence(caution, Tone.CAUTION) for caution in sorted(cautions)]
    return Section(
        "profile",
        "Profile",
        (*notes, table),
        "Accounts and ARR by group on the closing day; rates by group at the opening of the window",
    )


def _dots_sections(board: Board) -> Iterator[Section]:
    for table in board.profile:
        metric = _telling(table) if table.dimension in ("partner_kind", "partner") else None
        if metric is None:
            continue
        picture = dots_picture(table, metric, board.total.figures.get(metric), board.run)
        title = f"{heads.metric_short(metric)} by {table.title.lower()}"
        yield Section(
            f"by-{table.dimension}",
            title,
            (picture, Sentence(table.caution, Tone.CAUTION)),
            half=True,
        )


def _telling(table: ProfileTable) -> str | None:
    """The first metric that most groups of the table have enough data for, else that two have."""
    known = {
        metric: sum(
            row.figures[metric].value is not None for row in table.rows if metric in row.figures
        )
        for metric in ("nrr", "grr", "logo_retention", "renewal_rate")
    }
    most = [metric for metric, count in known.items() if count >= max(2, len(table.rows) / 2)]
    some = [metric for metric, count in known.items() if count >= 2]
    return next(iter(most or some), None)


def _families(board: Board) -> Section:
    found = board.reconciliation
    rows = [
        (
            Cell(heads.metric_short(figure.metric)),
            figure_cell(figure, board.run),
            Cell(format_interval(figure.low, figure.high, figure.unit)),
            Cell(f"{format_count(figure.n)} {heads.counted_noun(figure)}"),
        )
        for figure in (*found.cohort, *found.renewals)
    ]
    split = len(found.cohort)
    columns = (Column("Rate", False), Column("Value"), Column("Interval"), Column("Counted"))
    groups = tuple(
        RowGroup(tuple(of_family), title)
        for of_family, title in (
            (rows[:split], "Retention: of what had ARR at the opening of the window"),
            (rows[split:], "Renewal rates: of renewals due in the window and decided"),
        )
        if of_family
    )
    both = len(groups) > 1
    caption = f"{'Both retention families' if both else 'One retention family'}, all accounts"
    blocks: list[Block] = [Sentence(found.sentence), Table("families", caption, columns, groups)]
    if both and found.steps:
        blocks.append(_reconciling(board))
    title = "Two retention families, reconciled" if both else "Retention family"
    return Section("families", title, tuple(blocks))


def _reconciling(board: Board) -> Table:
    groups = tuple(
        RowGroup(tuple(_step(line, board.run.currency) for line in steps.lines), steps.title)
        for steps in board.reconciliation.steps
    )
    columns = (Column("Line", False), Column("Amount"), Column("Accounts"))
    return Table("reconciliation", "From one family to the other, line by line", columns, groups)


def _step(line: ReconciliationLine, currency: str) -> tuple[Cell, ...]:
    tone = Tone.LEAD if line.is_sum else Tone.PLAIN
    amount = format_money_exact(line.amount_minor, currency)
    return (
        Cell(line.title, tone=tone),
        Cell(amount, tone=tone),
        Cell(format_count(line.accounts), tone=tone),
    )


def _next_steps(board: Board) -> Section:
    folder = board.run.folder
    first = board.headlines[0].figure.figure_id
    return Section(
        "next",
        "Next steps",
        (
            Commands(
                (
                    Command(
                        "What stands behind a figure", f"lichen explain {folder} {first} --accounts"
                    ),
                    Command(
                        "Every partner, not only the largest",
                        f"lichen measure {folder} --by partner",
                    ),
                    Command("What was read, and what was set aside", f"lichen instrument {folder}"),
                )
            ),
        ),
    )


def _empty(board: Board) -> Iterator[Section]:
    folder = board.run.folder
    yield Section(
        "headlines",
        "No figures yet",
        (
            Sentence(board.sentence, Tone.THIN),
            Commands(
                (
                    Command(
                        "See what was read, and what was set aside", f"lichen instrument {folder}"
                    ),
                    Command("Measure again", f"lichen run {folder}"),
                )
            ),
        ),
    )
    if board.findings:
        yield Section("findings", "What the data can bear", (findings_block(board),))
