"""Which reading the evidence of a column of numbers allows, or why none."""

from __future__ import annotations

from typing import Literal

from lichen.kernel.errors import did_you_mean
from lichen.kernel.money import currency_digits
from lichen.ledger.formats.evidence import FLAGGED, Evidence
from lichen.ledger.formats.marks import possible_currencies
from lichen.ledger.formats.number_readings import (
    COMMA_DECIMALS,
    DECISIVE,
    FITS,
    POINT_DECIMALS,
    UNDECIDED,
    WORDS,
    Reading,
    parse_number_word,
)
from lichen.ledger.formats.outcome import Format, Refusal
from lichen.ledger.formats.sentences import as_it_stands, note, say_format, such_as, values
from lichen.vocabulary.entities import Kind

Percent = Literal["none", "marked", "all"]


def decide_numbers(evidence: Evidence, declared: str | None) -> Format | Refusal:
    """How a column of numbers or amounts is read."""
    word, percent = None, _percent(evidence)
    if declared is not None:
        known = parse_number_word(declared, evidence.kind)
        if known is None:
            return Refusal(f'"{declared}" is not a format of a number.', _known(declared, evidence))
        word, all_percent = known
        percent = "all" if all_percent else percent
    elif isinstance(mixture := _percent_mixture(evidence), Refusal):
        return mixture
    reading = _chosen(evidence) if word is None else _declared(evidence, word, str(declared))
    return reading if isinstance(reading, Refusal) else _format(evidence, reading, percent)


def _known(declared: str, evidence: Evidence) -> str:
    return did_you_mean(declared, [*WORDS, *(["percent"] if evidence.kind is Kind.NUMBER else [])])


def with_flags(shapes: tuple[str, ...]) -> list[str]:
    """These shapes, with and without a percent sign."""
    return [name + flag for name in shapes for flag in ("", FLAGGED)]


def _percent(evidence: Evidence) -> Percent:
    return "marked" if any(name.endswith(FLAGGED) for name in evidence.shapes) else "none"


def _percent_mixture(evidence: Evidence) -> Refusal | None:
    every = {name for shapes in FITS.values() for name in shapes}
    marked = [name + FLAGGED for name in every]
    if not evidence.count(marked) or not evidence.count(every):
        return None
    return Refusal(
        f"A percent sign stands in {values(evidence.count(marked))}, {such_as(evidence, marked)}, "
        f"and none in {evidence.count(every)} more, {such_as(evidence, every)}.",
        say_format(
            ["percent", POINT_DECIMALS],
            "the first takes all for hundredths, the second only those with the sign",
        ),
    )


def _chosen(evidence: Evidence) -> Reading | Refusal:
    """The only reading that decisive cells allow; without any, what the kind allows."""
    point, comma = (with_flags(DECISIVE[word]) for word in (POINT_DECIMALS, COMMA_DECIMALS))
    if evidence.count(point) and evidence.count(comma):
        return Refusal(
            f"{values(evidence.count(point))} can only be read as {POINT_DECIMALS}, "
            f"{such_as(evidence, point)}, and {evidence.count(comma)} only as {COMMA_DECIMALS}, "
            f"{such_as(evidence, comma)}.",
            say_format(WORDS, "those that do not fit are then put aside"),
        )
    if evidence.count(comma):
        return COMMA_DECIMALS
    if evidence.count(point):
        return POINT_DECIMALS
    return _undecided(evidence)


def _undecided(evidence: Evidence) -> Reading | Refusal:
    """Where every separator stands before a group of three, it may be of either sort."""
    points = evidence.count(with_flags(("point and three", "point and zeros")))
    zeros = evidence.count(with_flags(("point and zeros",)))
    commas = evidence.count(with_flags(("comma and three",)))
    kind = evidence.kind
    if not points and not commas:
        return POINT_DECIMALS
    if not points and (
        kind is Kind.INTEGER or (kind is Kind.AMOUNT and not _thousandths(evidence))
    ):
        return POINT_DECIMALS
    if not commas and kind is Kind.RATE:
        return POINT_DECIMALS
    if not commas and kind is Kind.INTEGER and zeros < points:
        return COMMA_DECIMALS
    shapes = with_flags(UNDECIDED)
    return Refusal(
        f"Ambiguous: in {values(points + commas)} the separator may stand before thousands or "
        f"before decimals, {such_as(evidence, shapes)}, and no value decides.",
        say_format(WORDS),
    )


def _thousandths(evidence: Evidence) -> bool:
    """Whether a currency that has three decimals stands beside the amounts."""
    return any(
        currency_digits(code) > 2 for mark in evidence.marks for code in possible_currencies(mark)
    )


def _declared(
    evidence: Evidence, word: Reading | Literal["by evidence"], declared: str
) -> Reading | Refusal:
    if word == "by evidence":
        return _chosen(evidence)
    other: Reading = COMMA_DECIMALS if word == POINT_DECIMALS else POINT_DECIMALS
    wrong = with_flags(DECISIVE[other])
    if evidence.count(wrong) and not evidence.count(with_flags(DECISIVE[word])):
        return Refusal(
            f'The format is declared as "{declared}", but {values(evidence.count(wrong))} can only '
            f"be {other}, {such_as(evidence, wrong)}, and none only as declared.",
            say_format([other]),
        )
    if evidence.telling and not evidence.count(with_flags(FITS[word])):
        every = list(evidence.shapes)
        return Refusal(
            f'None of {values(evidence.telling)} fits the declared format "{declared}", '
            f"{such_as(evidence, every)}.",
            "Correct the format of this column in the mapping, or leave it out.",
        )
    return word


def _format(evidence: Evidence, reading: Reading, percent: Percent) -> Format:
    accepted = evidence.count(with_flags(FITS[reading]))
    if not accepted:
        return as_it_stands(evidence, "number")
    told = note(evidence, reading, accepted)
    if evidence.count(with_flags(UNDECIDED)) and not evidence.count(with_flags(DECISIVE[reading])):
        told += "; every separator stands before three digits"
    plain = reading == POINT_DECIMALS and accepted == evidence.canonical
    return Format(
        evidence.kind,
        reading,
        untouched=plain and percent == "none" and not evidence.placeholders,
        placeholders=evidence.placeholders > 0,
        percent=percent,
        note=told,
    )
