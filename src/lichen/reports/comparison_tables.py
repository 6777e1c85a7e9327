"""Tables of comparisons: every estimator, balance, overlap, counts, partners, and the matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lichen.reports.comparison_words import (
    bare,
    covariate_words,
    difference,
    effect_text,
    interval99,
    is_readable,
    matched_text,
    measure,
    span,
    tone_of,
    verdict_word,
)
from lichen.reports.document import Cell, Column, Range, RowGroup, Table, Tone
from lichen.reports.format import ABSENT, format_count, format_number, format_value, format_words
from lichen.scorecards.labels import group_label
from lichen.scorecards.similar import READABLE, ExposureView, Similar, outcome_title
from lichen.value.comparison.ranking import CLAIM
from lichen.value.comparison.result import BalanceRow, Comparison, Effect, PartnerRank

_ESTIMATES = (
    Column("Outcome", False),
    Column("Verdict", False),
    Column("With the partner"),
    Column("Similar accounts"),
    Column("Plain split"),
    Column("Like for like"),
    Column("99% interval"),
    Column("Weighted"),
    Column("Doubly robust"),
    Column("p, adjusted"),
    Column("Measured"),
    Column("Similar"),
    Column("Effective"),
)


def estimates_table(view: ExposureView, comparisons: Sequence[Comparison], currency: str) -> Table:
    """Every estimator of these outcomes; a number only where the verdict lets it be read."""
    scales = {
        unit: _scale([each for each in comparisons if each.unit == unit])
        for unit in {each.unit for each in comparisons}
    }
    rows = tuple(_estimates(each, currency, scales[each.unit]) for each in comparisons)
    return Table(
        f"estimates-{view.name}",
        f"{view.title}, {view.horizon} months: estimates with 95% intervals, like for like with "
        "99% too. p is adjusted over the primary outcomes (Holm).",
        _ESTIMATES,
        (RowGroup(rows),),
        row_scales=True,
        yardstick="no difference",
    )


def _scale(comparisons: Sequence[Comparison]) -> tuple[float, float]:
    """One scale for outcomes of one unit, zero on it."""
    ends = [0.0]
    for each in comparisons:
        if is_readable(each):
            ends += [end for end in (*interval99(each), each.matched.value) if end is not None]
    return min(ends), max(ends)


def short_table(view: ExposureView, currency: str) -> Table:
    """One row an outcome with what decides: plain, like for like, doubly robust, count, verdict."""
    columns = (
        Column("Outcome", False),
        Column("Plain"),
        Column("Like for like (99%)"),
        Column("Doubly robust"),
        Column("n"),
        Column("Verdict", False),
    )
    return Table(
        f"short-{view.name}",
        "Plain: all accounts split in two. n: accounts with the partner that found a similar one",
        columns,
        (RowGroup(tuple(_short(each, currency) for each in view.comparisons)),),
    )


def _short(held: Comparison, currency: str) -> tuple[Cell, ...]:
    readable = is_readable(held)
    robust = bare(held.doubly_robust.value, held.unit, currency) if readable else ""
    return (
        Cell(_measured(held.outcome, held.unit)),
        _text(bare(held.naive.value, held.unit, currency)),
        _text(matched_text(held, currency, named=False) if readable else ""),
        _text(robust),
        Cell(format_count(held.counts.matched)),
        _verdict_cell(held),
    )


def _measured(outcome: str, unit: str) -> str:
    """`Renewal rate, points`: what the column or row beside it is in."""
    named = measure(unit).strip()
    return outcome_title(outcome) + (f", {named}" if named else "")


def matrix_table(similar: Similar, currency: str) -> Table:
    """Every exposure by outcome: the verdict as a word, with the difference where it is one."""
    units = {each.outcome: each.unit for view in similar.views for each in view.comparisons}
    columns = (
        Column("Exposure", False),
        Column("Accounts"),
        *(Column(_measured(outcome, units[outcome]), False) for outcome in similar.outcomes),
    )
    rows = tuple(
        (
            Cell(view.title),
            Cell(format_count(view.widest.counts.matched)),
            *(_verdict(view.of(outcome), currency) for outcome in similar.outcomes),
        )
        for view in similar.views
    )
    caption = "Difference from similar accounts with its 99% interval, or why there is none"
    return Table("similar-matrix", caption, columns, (RowGroup(rows),))


def balance_table(view: ExposureView) -> Table:
    """Every covariate before and after matching."""
    held = view.widest.balance
    most = max((abs(each or 0.0) for row in held for each in (row.before, row.after)), default=1.0)
    columns = (
        Column("Covariate", False),
        Column("Before"),
        Column("After"),
        Column("Limit"),
        Column("Variance ratio"),
        Column("Largest distance of shares"),
        Column("Within the limit", False),
    )
    rows = tuple(
        (
            Cell(covariate_words(row.covariate)),
            _number(row.before),
            replace(_number(row.after), range=_distance(row, most)),
            _number(row.limit),
            _number(row.variance_ratio),
            _number(row.ecdf),
            Cell("yes" if row.passes else "no", tone=Tone.PLAIN if row.passes else Tone.BAD),
        )
        for row in held
    )
    return Table(
        f"balance-{view.name}",
        "Standardised mean differences, on the standard deviation of unmatched accounts.",
        columns,
        (RowGroup(rows),),
        yardstick="the limit",
    )


def _distance(row: BalanceRow, most: float) -> Range | None:
    if row.after is None:
        return None
    return Range(abs(row.after), None, None, row.limit, (0.0, max(most, row.limit)))


def overlap_table(view: ExposureView) -> Table:
    """Accounts by estimated chance of having the partner."""
    held = view.widest.overlap
    assert held is not None, "an overlap is drawn only where one was estimated"
    bins = len(held.exposed)
    columns = (
        Column("Chance", False),
        Column("With the partner"),
        Column("of them measured"),
        Column("Comparable"),
    )
    rows = tuple(
        (
            Cell(f"{place / bins:.0%} to {(place + 1) / bins:.0%}"),
            *(Cell(f"{count:,.0f}") for count in (exposed, matched, controls)),
        )
        for place, (exposed, controls, matched) in enumerate(
            zip(held.exposed, held.controls, held.matched, strict=True)
        )
    )
    return Table(
        f"overlap-{view.name}", "Accounts and quarters, weighted", columns, (RowGroup(rows),)
    )


def counts_table(view: ExposureView, parts: Mapping[str, int]) -> Table:
    """Every account seen with the partner, and the similar ones beside them."""
    counts = view.widest.counts
    seen = tuple((Cell(name), Cell(format_count(count))) for name, count in parts.items())
    beside = (
        (Cell("Similar accounts used"), Cell(format_count(counts.controls))),
        (Cell("Comparable accounts"), Cell(format_count(counts.pool))),
        (Cell("Effective number of similar accounts"), Cell(f"{counts.ess:,.1f}")),
    )
    columns = (Column("Accounts", False), Column("Count"))
    groups = (RowGroup(seen, "Seen with the partner"), RowGroup(beside, "Without"))
    return Table(f"counts-{view.name}", "Who is in the comparison, and who is not", columns, groups)


def ranks_table(
    ranks: Sequence[PartnerRank], unit: str, currency: str, names: Mapping[str, str]
) -> Table:
    """Every partner that was compared; no number with too little data."""
    columns = (
        Column("Partner", False),
        Column("Kind", False),
        Column("Verdict", False),
        Column("Accounts"),
        Column("Measured"),
        Column("Own accounts alone"),
        Column("Drawn in"),
        Column("p, adjusted"),
    )
    rows = tuple(_rank(rank, unit, currency, names) for rank in ranks)
    caption = f"Partners by the drawn-in estimate; false discoveries held to {CLAIM:.0%}"
    return Table(f"partners-{ranks[0].outcome}", caption, columns, (RowGroup(rows),))


def counted(count: int, noun: str) -> str:
    """`1 account`, `1,204 accounts`."""
    return f"{format_count(count)} {noun if count == 1 else noun + 's'}"


def _estimates(held: Comparison, currency: str, scale: tuple[float, float]) -> tuple[Cell, ...]:
    readable = is_readable(held)

    def shown(effect: Effect) -> Cell:
        return _text(effect_text(effect, held.unit, currency) if readable else "")

    means = (_mean(held, value, currency) for value in (held.exposed_mean, held.control_mean))
    interval = span(*interval99(held), held.unit, currency) if readable else ""
    matched = _text("")
    if readable:
        drawn = Range(held.matched.value, *interval99(held), 0.0, scale)
        matched = Cell(difference(held.matched.value, held.unit, currency), range=drawn)
    return (
        Cell(outcome_title(held.outcome), note="" if held.primary else "not a primary outcome"),
        _verdict_cell(held),
        *means,
        _text(effect_text(held.naive, held.unit, currency)),
        matched,
        _text(interval),
        shown(held.weighted),
        shown(held.doubly_robust),
        _text(_p(held.adjusted_p) if readable else ""),
        Cell(format_count(held.counts.matched)),
        Cell(format_count(held.counts.controls)),
        Cell(f"{held.counts.ess:,.0f}"),
    )


def _mean(held: Comparison, value: float | None, currency: str) -> Cell:
    if value is None or not is_readable(held):
        return _text("")
    return Cell(format_value(value, held.unit, currency=currency))


def _verdict(held: Comparison | None, currency: str) -> Cell:
    if held is None:
        return Cell(ABSENT, tone=Tone.THIN)
    value = matched_text(held, currency, named=False) if is_readable(held) else ""
    return Cell(
        value,
        note="; ".join(held.reasons),
        tone=tone_of(held.verdict),
        verdict=verdict_word(held.verdict),
    )


def _verdict_cell(held: Comparison) -> Cell:
    return Cell(
        "",
        note="; ".join(held.reasons),
        tone=tone_of(held.verdict),
        verdict=verdict_word(held.verdict),
    )


def _rank(
    rank: PartnerRank, unit: str, currency: str, names: Mapping[str, str]
) -> tuple[Cell, ...]:
    readable = rank.verdict in READABLE
    own = Effect(rank.value, rank.low, rank.high, None, rank.matched)
    drawn = Effect(rank.shrunk, rank.shrunk_low, rank.shrunk_high, None, rank.matched)
    texts = (effect_text(each, unit, currency) if readable else "" for each in (own, drawn))
    return (
        Cell(group_label("partner", rank.partner_id, names)),
        Cell(format_words(rank.kind)),
        Cell("", tone=tone_of(rank.verdict), verdict=verdict_word(rank.verdict)),
        Cell(format_count(rank.exposed)),
        Cell(format_count(rank.matched)),
        *map(_text, texts),
        _text(_p(rank.adjusted_p) if readable else ""),
    )


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _number(value: float | None) -> Cell:
    return _text("" if value is None else format_number(value, 2))


def _text(text: str) -> Cell:
    return Cell(text) if text else Cell(ABSENT, tone=Tone.THIN)


def words_of(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Each finding of these comparisons once."""
    yield from dict.fromkeys(finding for each in comparisons for finding in each.findings)
