"""Headline figures: those with a target, then those every board looks at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lichen.scorecards.labels import groups_label, groups_phrase
from lichen.scorecards.outcomes import parameters_phrase
from lichen.scorecards.published import ROLLING_MONTHS, Published, months
from lichen.scorecards.run_facts import RunFacts
from lichen.scorecards.targets import TargetReading
from lichen.vocabulary.figure import Figure, Verdict, groups_text, parse_groups
from lichen.vocabulary.format import (
    format_absence,
    format_count,
    format_date,
    format_difference,
    format_interval,
    format_month,
    format_value,
)
from lichen.vocabulary.metrics import METRICS, Base, Unit

ALWAYS: tuple[tuple[str, str], ...] = (
    ("arr", ""),
    ("nrr", ""),
    ("grr", ""),
    ("renewal_rate", ""),
    ("nrr", "served_via=partner"),
    ("logo_retention", ""),
)
"""Metric and groups shown on every board that has them, in this order."""

_COUNTED = {
    Base.RENEWALS_DUE.value: "renewals",
    Base.PARTNERS.value: "partners",
    Base.OPPORTUNITIES.value: "opportunities",
    Base.GROUPS.value: "groups",
}

_SHORT = {"nrr": "NRR", "grr": "GRR", "arr": "ARR"}


@dataclass(frozen=True)
class Headline:
    """One figure at the top: its target where it has one, its trend and one sentence.

    `trend` is oldest first and ends with the figure itself; empty where it does not.
    """

    title: str
    scope: str
    figure: Figure
    trend: tuple[Figure, ...]
    target: TargetReading | None
    sentence: str


def headlines(
    published: Published,
    readings: Sequence[TargetReading],
    run: RunFacts,
    names: Mapping[str, str],
) -> tuple[Headline, ...]:
    """What every board shows, with targets; then further targets in the order of the file."""
    by_figure = {reading.figure.figure_id: reading for reading in readings if reading.figure}
    wanted = [published.figure(metric, groups) for metric, groups in ALWAYS]
    wanted += [reading.figure for reading in readings]
    seen = {figure.figure_id: figure for figure in wanted if figure is not None}
    return tuple(
        _headline(figure, published, by_figure.get(identity), run, names)
        for identity, figure in seen.items()
    )


def _headline(
    figure: Figure,
    published: Published,
    target: TargetReading | None,
    run: RunFacts,
    names: Mapping[str, str],
) -> Headline:
    groups = parse_groups(figure.groups)
    rolling = published.series(figure.metric, figure.groups, figure.parameters)
    # A quarter's figure is no point of the twelve-month line, so the line would belie it.
    trend = rolling if rolling and rolling[-1].figure_id == figure.figure_id else ()
    return Headline(
        title=titled(figure.metric, figure.parameters),
        scope=groups_label(groups, names),
        figure=figure,
        trend=trend,
        target=target,
        sentence=figure_sentence(figure, trend, run, names),
    )


def metric_short(name: str) -> str:
    """The metric's everyday name: NRR, GRR, ARR, else its title."""
    if name in _SHORT:
        return _SHORT[name]
    return METRICS[name].title if name in METRICS else name


def titled(metric: str, parameters: str) -> str:
    """The metric's everyday name, with what it was asked: `Usage trend, 12 months`."""
    words = parameters_phrase(parameters)
    return f"{metric_short(metric)}, {words}" if words else metric_short(metric)


def figure_sentence(
    figure: Figure, trend: Sequence[Figure], run: RunFacts, names: Mapping[str, str]
) -> str:
    """`NRR of accounts served by partners: 112.0%, between 107.0 and 117.0, up 3.1 points since
    Nov 2025; 184 accounts.`

    The change is the last value of the trend less the first, both published; nothing else is
    computed, and a change smaller than half the interval is said to be within it.
    """
    phrase = groups_phrase(parse_groups(figure.groups), names)
    subject = f"{titled(figure.metric, figure.parameters)} of {phrase}"
    if figure.value is None:
        needs = needed(figure, run)
        return f"{subject}: {format_absence(figure.verdict, figure.n, needs)}."
    parts = [_value(figure, run.currency)]
    if change := _change(figure, trend, run.currency):
        parts.append(change)
    return f"{subject}: {', '.join(parts)}{_counted(figure)}."


def needed(figure: Figure, run: RunFacts) -> float | None:
    """What `not enough data` fell short of, by how the figure's interval is made."""
    metric = METRICS.get(figure.metric)
    if metric is None or figure.verdict != Verdict.NOT_ENOUGH_DATA:
        return None
    effective = metric.interval.needs_effective
    return run.rules.minimum_effective if effective else run.rules.minimum_count


def window_phrase(figure: Figure, run: RunFacts) -> str:
    """The figure's window where it is not the twelve months that close with the run."""
    length = months(figure)
    if figure.base == Base.ACCOUNTS or (length == ROLLING_MONTHS and figure.window_to == run.as_of):
        return ""
    return f"{length} {'month' if length == 1 else 'months'} to {format_date(figure.window_to)}"


def counted_noun(figure: Figure) -> str:
    """What `n` counts: accounts, unless the base is one of other things."""
    return _COUNTED.get(figure.base, "accounts")


def _value(figure: Figure, currency: str) -> str:
    assert figure.value is not None
    shown = format_value(
        figure.value, figure.unit, low=figure.low, high=figure.high, currency=currency
    )
    interval = format_interval(figure.low, figure.high, figure.unit, currency=currency)
    return f"{shown}, between {interval.replace(' to ', ' and ')}" if interval else shown


def _change(figure: Figure, trend: Sequence[Figure], currency: str) -> str:
    known = [point for point in trend if point.value is not None]
    if figure.value is None or len(known) < 2 or known[-1].figure_id != figure.figure_id:
        return ""
    assert known[0].value is not None
    difference = figure.value - known[0].value
    since = f"since {format_month(known[0].window_to)}"
    shown = format_difference(difference, figure.unit, currency=currency)
    if shown.lstrip("+\N{MINUS SIGN}").split()[0] in ("0", "0.0"):
        return f"unchanged {since}"
    word = "up" if difference > 0 else "down"
    within = ", within its interval" if _within(difference, figure) else ""
    return f"{word} {shown.lstrip('+').lstrip(chr(0x2212))} {since}{within}"


def _within(difference: float, figure: Figure) -> bool:
    if figure.unit != Unit.RATIO or figure.low is None or figure.high is None:
        return False
    return abs(difference) < (figure.high - figure.low) / 2


def _counted(figure: Figure) -> str:
    if figure.unit == Unit.COUNT:
        return ""
    return f"; {format_count(figure.n)} {counted_noun(figure)}"


def target_groups(reading: TargetReading) -> str:
    """The groups text a target speaks of."""
    return groups_text(reading.target.groups)
