"""A change in one plain sentence, the same at every door."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from lichen.scorecards.diff.changes import Appearance, FigureChange, Move
from lichen.scorecards.diff.questions import LEVEL, MONTH
from lichen.scorecards.headlines import titled
from lichen.scorecards.labels import groups_phrase
from lichen.scorecards.published import months
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.format import (
    MINUS,
    format_absence,
    format_date,
    format_difference,
    format_figure,
    format_value,
    format_words,
)
from lichen.vocabulary.metrics import Base

Names = Mapping[str, str]
POINTS = " points"


def change_sentence(change: FigureChange, currency: str = "USD", names: Names | None = None) -> str:
    """`NRR of all accounts rose 1.2 points, from 98.1% to 99.3%: +0.9 later date, +0.4 new facts,
    −0.1 corrected facts; within noise.`
    """
    subject = _subject(change.after, change.question.window, change.question.parameters, names)
    now = _value(change.after, currency)
    if not change.moved:
        return f"{subject} stayed at {now}."
    unit = change.after.unit
    shown = format_difference(float(change.change), unit, currency=currency)
    size = shown.lstrip("+").lstrip(MINUS)
    if not _has_digits(size):
        return f"{subject} moved by less than is shown, at {now}{_parts(change, currency)}."
    word = "rose" if change.change > 0 else "fell"
    was = _value(change.before, currency)
    told = f"{subject} {word} {size}, from {was} to {now}"
    return f"{told}{_parts(change, currency)}{_weight(change)}."


def appearance_sentence(each: Appearance, currencies: tuple[str, str], names: Names | None) -> str:
    """`NRR of accounts with segment SMB became readable: 98.0% (94.0 to 102.0); before: not enough
    data (n = 12).`
    """
    figure = each.after or each.before
    assert figure is not None
    subject = _subject(figure, each.question.window, each.question.parameters, names)
    was, now = (
        _shown(held, currency)
        for held, currency in zip((each.before, each.after), currencies, strict=True)
    )
    match each.move:
        case Move.APPEARED:
            return f"{subject} appeared: {now}."
        case Move.DISAPPEARED:
            return f"{subject} disappeared; it was: {was}."
        case Move.OTHER_UNIT:
            return f"{subject} {each.move}, so no difference is told: {was}, then {now}."
        case _:
            return f"{subject} {each.move}: {now}; before: {was}."


def _subject(figure: Figure, window: str, parameters: str, names: Names | None) -> str:
    groups, span = parse_groups(figure.groups), _span(figure, window)
    if figure.metric == "accounts":
        return f"Number of {groups_phrase(groups, names)}{span}"
    named = titled(figure.metric, parameters)
    if figure.base == Base.PARTNERS and not groups:
        return f"{named}{span}"
    return f"{named} of {groups_phrase(groups, names)}{span}"


def _span(figure: Figure, window: str) -> str:
    if window in ("12m", LEVEL):
        return ""
    closes = format_date(figure.window_to)
    if window == MONTH:
        return f" in the month to {closes}"
    return f" in the {format_words(window)} to {closes}"


def _value(figure: Figure, currency: str) -> str:
    assert figure.value is not None
    return format_value(figure.value, figure.unit, currency=currency)


def _shown(figure: Figure | None, currency: str) -> str:
    if figure is None:
        return ""
    if figure.value is None:
        return format_absence(figure.verdict, figure.n)
    return format_figure(
        figure.value, figure.unit, low=figure.low, high=figure.high, currency=currency
    )


def _parts(change: FigureChange, currency: str) -> str:
    if change.whole_because:
        return ", not split"
    felt = [part for part in change.parts if part.change]
    if len(felt) == 1:
        return f": all {felt[0].cause}"
    largest_first = sorted(felt, key=lambda part: -abs(part.change))
    told = [(_signed(part.change, change.after.unit, currency), part) for part in largest_first]
    seen = [f"{shown} {part.cause}" for shown, part in told if _has_digits(shown)]
    return f": {', '.join(seen)}" if seen else ""


def _signed(amount: Fraction, unit: str, currency: str) -> str:
    return format_difference(float(amount), unit, currency=currency).removesuffix(POINTS)


def _weight(change: FigureChange) -> str:
    if not change.like_for_like:
        was, now = months(change.before), months(change.after)
        return f"; not like for like, its window has {now} months after {was}"
    if change.noise is not None:
        return "; beyond noise" if change.beyond_noise else "; within noise"
    if not change.noise_is_known:
        return "; its noise is not known"
    if change.share is None:
        return ""
    return f"; {change.share * 100:+,.1f}%".replace("-", MINUS)


def _has_digits(shown: str) -> bool:
    return any(digit in "123456789" for digit in shown)
