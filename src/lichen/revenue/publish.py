"""From sums to figures: value, interval, verdict and findings, one rule for every ratio."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lichen.inference.intervals import (
    effective_movers,
    kish_effective_number,
    ratio_of_moved_sums,
    ratio_of_rare_sums,
    ratio_of_sums,
    reaches_effective_number,
    wilson,
)
from lichen.kernel.periods import Window, month_end
from lichen.revenue.gather import GroupSums, Integers
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.figure import Figure, Verdict, figure_ids, parse_groups
from lichen.vocabulary.metrics import Interval, Metric, metric

Floats = NDArray[np.float64]

MEASURED, NOT_ENOUGH_DATA = Verdict.MEASURED.value, Verdict.NOT_ENOUGH_DATA.value

MOVEMENT = ("x", "y", "kept", "xx", "xy", "yy")
"""The sums that tell how much moved: opening, closing, the lesser of both, and squares."""

NOT_LIKE_FOR_LIKE = "not_like_for_like"


@dataclass(frozen=True)
class RatioSpec:
    """Which sums make a ratio: names in the gathered sums, in the letters of the algorithm page.

    `count` names the n of the base; `squares` are (xx, xy, yy) of denominator and numerator, of
    which Wilson on Kish's number needs the first only and plain Wilson none. `movement` names the
    sums that tell how much moved, where that carries the interval; see `MOVEMENT`.
    """

    metric: str
    numerator: str
    denominator: str
    count: str
    squares: tuple[str, ...] = ()
    movement: tuple[str, ...] = MOVEMENT


@dataclass(frozen=True)
class Estimate:
    """What was read off a curve of `denominator` accounts, of which `numerator` got there."""

    verdict: Verdict
    numerator: int
    denominator: int
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class _Question:
    """What the figures of one metric, group and parameters share, whatever their window.

    `asked` are metric, base, groups and parameters; `rests_on` the definition and the run.
    """

    asked: tuple[str, str, str, str]
    unit: str
    rests_on: tuple[str, str]
    identity: Callable[[Window], str]
    codes: tuple[str, ...]

    def figure(
        self,
        window: Window,
        value: float | None,
        low: float | None,
        high: float | None,
        n: int,
        numerator: int | None,
        denominator: int | None,
        verdict: str,
        findings: tuple[str, ...],
    ) -> Figure:
        """What was found in a window; by place, for names cost as much as the rest together."""
        return Figure(
            *self.asked,
            window.opens_on,
            window.closes_on,
            value,
            self.unit,
            low,
            high,
            n,
            numerator,
            denominator,
            verdict,
            findings,
            *self.rests_on,
            self.identity(window),
        )


@dataclass(frozen=True)
class Publisher:
    """Makes figures of one run; `also` names definitions that they rest on beside the usual."""

    definitions: Definitions
    run_id: str
    also: tuple[str, ...] = ()

    def definition(self, groups: str, also: tuple[str, ...] = ()) -> str:
        """Names and hashes of the definitions that figures of these groups rest on.

        ARR (`revenue`), intervals and thresholds (`scorecard`), when an involvement counts
        (`involvement`) for groups by what partners do, and those that the metric needs `also`. The
        workspace's currency and as-of day are no definition of a figure: its amounts, window and
        run tell them.
        """
        named = {"revenue", "scorecard", *self.also, *also, *_rested_on(groups)}
        if is_partner_side(groups):
            named.add("involvement")
        return ",".join(f"{name}:{self._hashes[name]}" for name in sorted(named))

    @cached_property
    def _hashes(self) -> Mapping[str, str]:
        return self.definitions.hashes()

    def ratios(
        self,
        spec: RatioSpec,
        sums: GroupSums,
        windows: Sequence[Window],
        *,
        parameters: str = "",
        with_interval: bool = True,
        codes: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Iterator[Figure]:
        """One figure for each group and window with a base; the whole base always.

        `windows[k]` belongs to column k of the sums. `codes` are finding codes by group, for the
        last column.
        """
        known = metric(spec.metric)
        value, low, high, enough = self.estimates(known, spec, sums, with_interval)
        shown = [_shown(each, enough) for each in (value, low, high)]
        exact = [sums[name].tolist() for name in (spec.count, spec.numerator, spec.denominator)]
        sure = enough.tolist()
        for row, groups in enumerate(sums.groups):
            asked = self._question(known, groups, parameters)
            told = asked.codes
            extra = codes.get(groups, ()) if codes else ()
            columns = zip(windows, *(each[row] for each in (*shown, *exact, sure)), strict=True)
            for place, (window, middle, least, most, n, over, under, known_well) in enumerate(
                columns, start=1
            ):
                if n == 0 and groups:
                    continue
                verdict = MEASURED if known_well else NOT_ENOUGH_DATA
                findings = (*told, *extra) if place == len(windows) else told
                yield asked.figure(window, middle, least, most, n, over, under, verdict, findings)

    def amount(
        self, name: str, groups: str, window: Window, amount: int, n: int, parameters: str = ""
    ) -> Figure:
        """A level or a movement: an amount or a count with no share and no interval."""
        asked = self._question(metric(name), groups, parameters)
        return asked.figure(
            window, float(amount), None, None, n, amount, None, MEASURED, asked.codes
        )

    def estimate(
        self, name: str, groups: str, window: Window, parameters: str, read: Estimate
    ) -> Figure:
        """A figure that was read off a curve."""
        asked = self._question(metric(name), groups, parameters)
        return asked.figure(
            window,
            _finite(read.value),
            _finite(read.low),
            _finite(read.high),
            read.denominator,
            read.numerator,
            read.denominator,
            read.verdict.value,
            asked.codes,
        )

    def exact(
        self,
        name: str,
        window: Window,
        numerator: int | None,
        denominator: int | None,
        n: int,
        *,
        value: float | None = None,
        parameters: str = "",
    ) -> Figure:
        """A share of the whole base that is counted out, not estimated, so it has no interval."""
        if value is None and numerator is not None and denominator:
            value = numerator / denominator
        verdict = NOT_ENOUGH_DATA if value is None else MEASURED
        asked = self._question(metric(name), "", parameters)
        return asked.figure(
            window, value, None, None, n, numerator, denominator, verdict, asked.codes
        )

    def _question(self, known: Metric, groups: str, parameters: str) -> _Question:
        key = (known.name, groups, parameters)
        if key not in self._questions:
            asked = (known.name, known.base.value, groups, parameters)
            rests_on = (self.definition(groups, known.definitions), self.run_id)
            self._questions[key] = _Question(
                asked, known.unit.value, rests_on, figure_ids(*asked), standing_codes(groups)
            )
        return self._questions[key]

    @cached_property
    def _questions(self) -> dict[tuple[str, str, str], _Question]:
        """What was asked so far: bridges ask one question window by window."""
        return {}

    def estimates(
        self, known: Metric, spec: RatioSpec, sums: GroupSums, with_interval: bool
    ) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Value, low and high of every group and window, and where there is enough data."""
        rules = self.definitions.scorecard
        count, over, under = (
            floats(sums[name]) for name in (spec.count, spec.numerator, spec.denominator)
        )
        value = share(over, under)
        if known.interval is Interval.WILSON:
            enough = count >= rules.minimum_count
            low, high = wilson(value, count, rules.confidence)
        else:
            x, xx = sums[spec.denominator], sums[spec.squares[0]]
            if known.interval.needs_effective:
                enough = reaches_effective_number(x, xx, rules.minimum_effective)
            else:
                enough = count >= rules.minimum_count
            if known.interval in (Interval.WILSON_KISH, Interval.WILSON_ACCOUNTS):
                effective = kish_effective_number(under, floats(xx))
                low, high = wilson(value, effective, rules.confidence)
            else:
                low, high = _on_scale(known, *self._of_ratio(known.interval, spec, sums))
        if not with_interval:
            low = high = np.full_like(value, np.nan)
        return value, low, high, enough & (under > 0)

    def _of_ratio(self, kind: Interval, spec: RatioSpec, sums: GroupSums) -> tuple[Floats, Floats]:
        """The interval of a ratio that may exceed 1."""
        confidence = self.definitions.scorecard.confidence
        x, y = sums[spec.denominator], sums[spec.numerator]
        xx, xy, yy = (sums[name] for name in spec.squares)
        if kind is Interval.MOVED:
            movers = effective_movers(*(sums[name] for name in spec.movement))
            return ratio_of_moved_sums(x, y, xx, xy, yy, movers, confidence)
        if kind is Interval.RARE:
            return ratio_of_rare_sums(x, y, xx, xy, yy, confidence)
        return ratio_of_sums(floats(sums[spec.count]), x, y, xx, xy, yy, confidence)


def _on_scale(known: Metric, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The interval inside the metric's scale; none where every score is the same.

    Equal scores have no spread, but that is no proof that the next will be the same too.
    """
    if known.scale is None:
        return low, high
    least, greatest = known.scale
    spread = low < high
    return (
        np.where(spread, np.maximum(low, least), np.nan),
        np.where(spread, np.minimum(high, greatest), np.nan),
    )


@lru_cache(maxsize=65_536)
def is_partner_side(groups: str) -> bool:
    """Whether any of these groups is made by what partners do."""
    return any(DIMENSIONS[name].partner_side for name in parse_groups(groups) if name in DIMENSIONS)


@lru_cache(maxsize=65_536)
def _rested_on(groups: str) -> frozenset[str]:
    """The definitions that make these groups, beside that of an involvement."""
    known = (DIMENSIONS[name] for name in parse_groups(groups) if name in DIMENSIONS)
    return frozenset(each.definition for each in known if each.definition)


def standing_codes(groups: str) -> tuple[str, ...]:
    """Findings that a group carries in every window: partner-side splits are not like for like."""
    return (NOT_LIKE_FOR_LIKE,) if is_partner_side(groups) else ()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def share(over: Floats, under: Floats) -> Floats:
    """over / under, NaN where under is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under > 0, over / under, np.nan)


def floats(values: Integers) -> Floats:
    """Exact integers as the nearest float64."""
    return values.astype(np.float64)


def windows_of(months: range, length: int) -> list[Window]:
    """Windows of `length` months that end at each of these month ends."""
    return [Window(month_end(month - length), month_end(month)) for month in months]


def _shown(values: Floats, sure: NDArray[np.bool_]) -> list[list[float | None]]:
    """The values by row and column, None where they are unsure or not finite."""
    cells = values.astype(object)
    cells[~(sure & np.isfinite(values))] = None
    rows: list[list[float | None]] = cells.tolist()
    return rows
