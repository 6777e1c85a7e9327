"""Targets read against published figures: met, missed, on the way, or not to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lichen.kernel.money import to_minor
from lichen.kernel.periods import Window, WindowKind, window_ending
from lichen.scorecards.published import Published
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import Figure, Verdict, groups_text
from lichen.vocabulary.format import format_interval, format_value
from lichen.vocabulary.metrics import METRICS, Base, Unit

YEAR = 12

FLOWS = frozenset({"new_arr", "expansion_arr", "partners_joined", "partners_left"})
"""Metrics that add up month by month over a window, so that a plan can be set on them."""


class Standing(StrEnum):
    """Where a figure stands against its target.

    ON_THE_WAY: not met, but nearer than at the first point of the trend; for a flow of a fiscal
    year that is not over, met by its end at the pace so far. NOT_MEASURED: the run has no such
    figure, or not enough data for it.
    """

    MET = "met"
    MISSED = "missed"
    ON_THE_WAY = "on the way"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class TargetReading:
    """A target, the figure it speaks of, where that stands and why, in a sentence.

    `chance`: the interval holds the target, so the standing may be chance. `pace`: where a flow of
    an unfinished fiscal year would end if every month brought as much as those so far.
    """

    target: Target
    figure: Figure | None
    standing: Standing
    reason: str
    chance: bool = False
    pace: float | None = None


def read_target(
    target: Target, published: Published, fiscal_year_start: int, currency: str
) -> TargetReading:
    """Read one target against the window of its period that closes with the run."""
    figure = _figure(target, published, fiscal_year_start)
    if figure is None or figure.value is None:
        reason = _why_not(figure, published.all_parameters(target.metric))
        return TargetReading(target, figure, Standing.NOT_MEASURED, reason)
    asked = groups_text(target.groups), published.parameters(target.metric, target.parameters)
    trend = published.series(target.metric, *asked)
    wanted, pace = promised(target, currency), pace_of(target, figure)
    if pace is None:
        standing = _standing(target, wanted, figure.value, trend)
    else:
        standing = _standing_at_pace(wanted, figure.value, pace)
    reason = _reason(target, figure, standing, currency, pace)
    return TargetReading(target, figure, standing, reason, _spans(wanted, figure), pace)


def _why_not(figure: Figure | None, parameters: Sequence[str]) -> str:
    if figure is None:
        told = f" It has figures for {'; '.join(parameters)}." if parameters else ""
        return f"This run publishes no such figure.{told}"
    unreadable = figure.verdict == Verdict.NOT_READABLE
    return "Not readable, see its findings." if unreadable else "Not enough data."


def target_phrase(target: Target, currency: str) -> str:
    """`at least 88.0%`, `at most 10.0%`."""
    side = "at least" if target.direction == "at_least" else "at most"
    return f"{side} {target_value(target, currency)}"


def target_value(target: Target, currency: str) -> str:
    """The promised value as figures are written. Money targets are in whole units of currency."""
    unit = _unit(target.metric)
    return format_value(promised(target, currency), unit, currency=currency)


def _figure(target: Target, published: Published, fiscal_year_start: int) -> Figure | None:
    if published.closes_on is None or target.metric not in METRICS:
        return None
    window = window_ending(published.closes_on, target.period, fiscal_year_start)
    parameters = published.parameters(target.metric, target.parameters)
    exact = published.in_window(target.metric, target.groups, window, parameters)
    if exact is None and (target.period is WindowKind.ROLLING_12M or _is_level(target.metric)):
        return published.figure(target.metric, target.groups, parameters)
    return exact


def _is_level(metric: str) -> bool:
    """Whether the metric tells of the closing day, so that the window's length says nothing."""
    return METRICS[metric].base in (Base.ACCOUNTS, Base.PARTNERS) and metric not in FLOWS


def pace_of(target: Target, figure: Figure) -> float | None:
    """Where a flow would end with its fiscal year, along a straight line; None where that is over.

    Only for flows of which more is wanted: nothing else grows with every month.
    """
    elapsed = Window(figure.window_from, figure.window_to).months
    is_plan = target.metric in FLOWS and target.direction == "at_least"
    if not is_plan or target.period is not WindowKind.FISCAL_YEAR or elapsed >= YEAR:
        return None
    return None if figure.value is None else figure.value * YEAR / elapsed


def _standing_at_pace(wanted: float, value: float, pace: float) -> Standing:
    if value >= wanted:
        return Standing.MET
    return Standing.ON_THE_WAY if pace >= wanted else Standing.MISSED


def _standing(target: Target, wanted: float, value: float, trend: Sequence[Figure]) -> Standing:
    met = value >= wanted if target.direction == "at_least" else value <= wanted
    if met:
        return Standing.MET
    first = next((point.value for point in trend if point.value is not None), None)
    rolling = target.period is WindowKind.ROLLING_12M
    if rolling and first is not None and abs(wanted - value) < abs(wanted - first):
        return Standing.ON_THE_WAY
    return Standing.MISSED


def _reason(
    target: Target, figure: Figure, standing: Standing, currency: str, pace: float | None
) -> str:
    sentence = f"Target {target_phrase(target, currency)}"
    if pace is not None:
        ends = format_value(pace, figure.unit, currency=currency)
        sentence += f"; at the pace so far {ends} by the end of the fiscal year, a straight line"
    elif standing is Standing.ON_THE_WAY:
        sentence += "; not met, but nearer than when the trend begins"
    if _spans(promised(target, currency), figure):
        shown = format_interval(figure.low, figure.high, figure.unit, currency=currency)
        sentence += f"; the interval ({shown}) holds the target, so chance may decide"
    return f"{sentence}. Owner: {target.owner}."


def _spans(wanted: float, figure: Figure) -> bool:
    if figure.low is None or figure.high is None:
        return False
    return figure.low < wanted < figure.high


def _unit(name: str) -> Unit:
    return METRICS[name].unit if name in METRICS else Unit.RATIO


def promised(target: Target, currency: str) -> float:
    """The target in the unit of its figure: people write money in whole units, figures in minor."""
    if _unit(target.metric) is Unit.MONEY:
        return float(to_minor(Decimal(str(target.value)), currency))
    return target.value
