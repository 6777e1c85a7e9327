"""The one plain sentence that goes with a verdict, never stronger than it."""

from __future__ import annotations

from dataclasses import dataclass

from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.format import format_count, format_difference, format_value


@dataclass(frozen=True)
class Told:
    """The facts that the sentence is made of; means, difference and interval in `unit`."""

    title: str
    who: str
    similar: str
    horizon: int
    unit: str
    exposed_mean: float | None
    control_mean: float | None
    difference: float | None
    low99: float | None
    high99: float | None
    matched: int
    verdict: Verdict
    reasons: tuple[str, ...]


def sentence(told: Told) -> str:
    """What was seen, against whom, how sure, and on how many accounts."""
    what = within(told.title)
    if told.verdict is Verdict.NOT_ENOUGH_DATA:
        return f"Not enough data to compare {what} {told.who}: {'; '.join(told.reasons)}."
    if told.verdict is Verdict.NOT_COMPARABLE:
        return f"{_capital(what)} {told.who} is not comparable: {'; '.join(told.reasons)}."
    if told.verdict is Verdict.NO_CLEAR_EFFECT:
        return f"No clear effect on {what} {told.who}: {_figures(told)}."
    if told.verdict is Verdict.MEASURED:
        return f"{_capital(what)} {told.who}, without a verdict: {_figures(told)}."
    way = "higher" if (told.difference or 0) > 0 else "lower"
    return f"{_capital(what)} is {way} {told.who}: {_figures(told)}."


def _figures(told: Told) -> str:
    values = (told.exposed_mean, told.control_mean, told.difference, told.low99, told.high99)
    if any(value is None for value in values):
        return f"{format_count(told.matched)} accounts"
    mean, other, difference, low, high = (float(value or 0) for value in values)
    months = f"{told.horizon} months"
    return (
        f"{format_value(mean, told.unit)} over the next {months} against "
        f"{format_value(other, told.unit)} {told.similar}, "
        f"{format_difference(difference, told.unit)} "
        f"(99% interval {format_difference(low, told.unit).removesuffix(' points')} to "
        f"{format_difference(high, told.unit)}; {format_count(told.matched)} accounts)"
    )


def within(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it begins with an acronym."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
