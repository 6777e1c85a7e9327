"""How a comparison is written: differences, intervals, verdicts, and why there is no number."""

from __future__ import annotations

from lichen.reports.document import Tone
from lichen.reports.format import format_difference, format_words, ratio_decimals
from lichen.scorecards.similar import READABLE
from lichen.value.comparison.result import Comparison, Effect
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.metrics import Unit

_MEASURES = {Unit.RATIO: " points", Unit.DAYS: " days", Unit.MONTHS: " months"}
"""What stands behind a difference of these units; an interval says it once or not at all."""

_CAPITALS = {"arr": "ARR", "nps": "NPS", "smb": "SMB"}

TONES = {Verdict.HELPS: Tone.GOOD, Verdict.HURTS: Tone.BAD}
"""Tones of claims; every other verdict is thin."""


def tone_of(verdict: Verdict) -> Tone:
    """The tone of a verdict."""
    return TONES.get(verdict, Tone.THIN)


def verdict_word(verdict: Verdict) -> str:
    """The verdict as a reader sees it."""
    return "without a verdict" if verdict is Verdict.MEASURED else format_words(verdict)


def is_readable(comparison: Comparison) -> bool:
    """Whether the difference may be shown as a number."""
    return comparison.verdict in READABLE and comparison.matched.value is not None


def difference(value: float | None, unit: str, currency: str, width: float | None = None) -> str:
    """`+5.0 points`, `−8 days`; whole points where the interval is wider than it bears."""
    if value is None:
        return ""
    return format_difference(
        value, unit, currency=currency, decimals=ratio_decimals(0.0, width or 0.0)
    )


def bare(value: float | None, unit: str, currency: str, width: float | None = None) -> str:
    """The difference without its measure: `+5.0`, for columns that name it."""
    return difference(value, unit, currency, width).removesuffix(measure(unit))


def measure(unit: str) -> str:
    """What stands behind a difference of this unit, with the space before; empty for many."""
    return _MEASURES.get(Unit(unit), "")


def span(low: float | None, high: float | None, unit: str, currency: str) -> str:
    """`1.9 to 8.1`, without the measure; empty without an interval."""
    if low is None or high is None:
        return ""
    ends = [bare(end, unit, currency, high - low).removeprefix("+") for end in (low, high)]
    return " to ".join(ends)


def matched_text(comparison: Comparison, currency: str, *, named: bool = True) -> str:
    """The difference between matched accounts with its 99% interval, or the verdict without.

    `named` says whether it carries its measure.
    """
    held = comparison
    if not is_readable(held):
        return verdict_word(held.verdict)
    low, high = interval99(held)
    width = None if low is None or high is None else high - low
    said = (difference if named else bare)(held.matched.value, held.unit, currency, width)
    inside = span(low, high, held.unit, currency)
    return f"{said} ({inside})" if inside else said


def interval99(comparison: Comparison) -> tuple[float | None, float | None]:
    """The interval at which a claim is made."""
    return comparison.low99, comparison.high99


def effect_text(effect: Effect, unit: str, currency: str) -> str:
    """An estimate with its 95% interval; empty where there is none."""
    if effect.value is None:
        return ""
    known = effect.low is not None and effect.high is not None
    width = effect.high - effect.low if known else None  # type: ignore[operator]
    said = difference(effect.value, unit, currency, width)
    inside = span(effect.low, effect.high, unit, currency)
    return f"{said} ({inside})" if inside else said


def covariate_words(covariate: str) -> str:
    """A covariate as a phrase that begins a line: `ARR trend`, `Segment: SMB`."""
    words = [_CAPITALS.get(word, word) for word in format_words(covariate).split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def reason_words(reason: str) -> str:
    """A reason for leaving accounts out, as a phrase that begins a line."""
    return covariate_words(reason)
