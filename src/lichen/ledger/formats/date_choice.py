"""Which reading the evidence of a column of dates allows, or why none."""

from __future__ import annotations

from lichen.kernel.errors import did_you_mean
from lichen.ledger.formats.date_readings import (
    COUNTED_READINGS,
    DAY_FIRST,
    DAY_OF,
    FAMILIES,
    FITS,
    ISO_DAY,
    MONTH_FIRST,
    SHORT_YEARS,
    known_words,
    parse_date_word,
    takes_day,
)
from lichen.ledger.formats.evidence import FLAGGED, OTHER, Evidence
from lichen.ledger.formats.outcome import Format, Refusal
from lichen.ledger.formats.sentences import as_it_stands, note, say_format, such_as, values
from lichen.vocabulary.entities import Kind

GOOD_SHARE = 5
"""A second form refuses the column when it holds at least one in five of the dates."""

NOUNS = {Kind.DATE: "date", Kind.MONTH: "month", Kind.INSTANT: "moment"}

Family = tuple[str, ...]


def decide_dates(evidence: Evidence, declared: str | None) -> Format | Refusal:
    """How a column of dates, months or moments is read."""
    of_moments = takes_day(declared, evidence.kind)
    if declared is not None and not of_moments:
        return _declared(evidence, declared)
    counts = {family: evidence.count(with_flags(FAMILIES[family])) for family in FAMILIES}
    main = max(counts, key=lambda family: counts[family])
    if not counts[main]:
        return as_it_stands(evidence, NOUNS[evidence.kind])
    rivals = [
        family
        for family, count in counts.items()
        if family != main and count * GOOD_SHARE >= sum(counts.values())
    ]
    if rivals:
        return _mixed(evidence, [main, *rivals])
    if not of_moments and _is_timed(evidence, main):
        return _time_of_day(evidence, main)
    chosen = _of_family(evidence, main)
    if not of_moments or isinstance(chosen, Refusal):
        return chosen
    return _format(evidence, chosen.reading, any_time=True)


def with_flags(shapes: tuple[str, ...]) -> list[str]:
    """These shapes, with and without a time of day."""
    return [name + flag for name in shapes for flag in ("", FLAGGED)]


def _is_timed(evidence: Evidence, family: Family) -> bool:
    shapes = FAMILIES[family]
    timed = evidence.count(name + FLAGGED for name in shapes)
    return timed * GOOD_SHARE >= evidence.count(with_flags(shapes))


def _of_family(evidence: Evidence, family: Family) -> Format | Refusal:
    shapes = FAMILIES[family]
    if DAY_FIRST in family:
        return _day_or_month_first(evidence)
    if family[0] in SHORT_YEARS:
        return Refusal(
            f"The year has two digits in {values(evidence.count(with_flags(shapes)))}, "
            f"{such_as(evidence, with_flags(shapes))}; they do not tell the century.",
            say_format(family, "00 to 68 are then 2000 to 2068, 69 to 99 are 1969 to 1999"),
        )
    fitting = evidence.count(with_flags(shapes))
    if family[0] in COUNTED_READINGS and fitting < evidence.telling:
        rest = [name for name in evidence.shapes if name not in with_flags(shapes)]
        return Refusal(
            f"The reading {family[0]} fits {fitting} of "
            f"{values(evidence.telling)}, {such_as(evidence, with_flags(shapes))}, "
            f"but not the others, {such_as(evidence, rest)}.",
            say_format(family),
        )
    return _format(evidence, family[0])


def _day_or_month_first(evidence: Evidence) -> Format | Refusal:
    day, month, unclear = (with_flags((name,)) for name in ("day first", "month first", "unclear"))
    both = (DAY_FIRST, MONTH_FIRST)
    if evidence.count(day) and evidence.count(month):
        return Refusal(
            f"{values(evidence.count(day))} can only be {DAY_FIRST}, {such_as(evidence, day)}, "
            f"and {evidence.count(month)} can only be {MONTH_FIRST}, {such_as(evidence, month)}.",
            say_format(both, "those that do not fit are then put aside"),
        )
    if evidence.count(day) or not (evidence.count(month) or evidence.count(unclear)):
        return _format(evidence, DAY_FIRST)
    if evidence.count(month):
        return _format(evidence, MONTH_FIRST)
    same = evidence.count(with_flags(("same",)))
    of_all = evidence.count(unclear) + same
    return Refusal(
        f"Ambiguous: {DAY_FIRST} and {MONTH_FIRST} both fit "
        f"{'the only date' if of_all == 1 else f'all {of_all} dates'}, "
        f"{such_as(evidence, unclear)}.",
        say_format(both),
    )


def _mixed(evidence: Evidence, families: list[Family]) -> Refusal:
    parts = [
        f"{' or '.join(family)} fits {values(evidence.count(with_flags(FAMILIES[family])))}, "
        f"{such_as(evidence, with_flags(FAMILIES[family]))}"
        for family in families
    ]
    return Refusal(
        f"The column mixes forms: {'; '.join(parts)}.",
        say_format(
            [word for family in families for word in family],
            "those that do not fit are then put aside",
        ),
    )


def _time_of_day(evidence: Evidence, family: Family) -> Refusal:
    shapes = [name + FLAGGED for name in FAMILIES[family]]
    words = [word if word in COUNTED_READINGS else f"{word} hh:mm" for word in family]
    return Refusal(
        f"A time of day stands in {values(evidence.count(shapes))}, {such_as(evidence, shapes)}, "
        f"where a {NOUNS[evidence.kind]} is wanted.",
        say_format(
            [*words, DAY_OF], "the day as it is written, or in UTC for epochs, is then taken"
        ),
    )


def _declared(evidence: Evidence, declared: str) -> Format | Refusal:
    noun = NOUNS[evidence.kind]
    known = parse_date_word(declared, evidence.kind)
    if known is None:
        return Refusal(
            f'"{declared}" is not a format of a {noun}.',
            did_you_mean(declared, known_words(evidence.kind)),
        )
    reading, any_time = known
    shapes = FITS[reading]
    fitting = evidence.count(with_flags(shapes) if any_time else shapes)
    if reading in COUNTED_READINGS:
        fitting += evidence.count([OTHER])
    if evidence.telling and not fitting + evidence.canonical:
        return _fits_nothing(evidence, declared)
    only, never = {
        DAY_FIRST: ("day first", "month first"),
        MONTH_FIRST: ("month first", "day first"),
    }.get(reading, ("", ""))
    wrong = with_flags((never,))
    if evidence.count(wrong) and not evidence.count(with_flags((only,))):
        return Refusal(
            f'The format is declared as "{declared}", but {evidence.count(wrong)} dates can only '
            f"be the other way round, {such_as(evidence, wrong)}, and none only this way.",
            say_format([MONTH_FIRST if reading == DAY_FIRST else DAY_FIRST]),
        )
    return _format(evidence, reading, any_time)


def _fits_nothing(evidence: Evidence, declared: str) -> Refusal:
    timed = [name for name in evidence.shapes if name.endswith(FLAGGED)]
    hint = ' Add " hh:mm" to the format to take the day of a moment.' if timed else ""
    every = list(evidence.shapes)
    return Refusal(
        f'None of {values(evidence.telling)} fits the declared format "{declared}", '
        f"{such_as(evidence, every)}.",
        f"Correct the format of this column in the mapping, or leave it out.{hint}",
    )


def _format(evidence: Evidence, reading: str, any_time: bool = False) -> Format:
    fits = FITS[reading]
    fitting = evidence.count(with_flags(fits) if any_time else fits)
    accepted = fitting if reading == ISO_DAY else fitting + evidence.canonical
    return Format(
        evidence.kind,
        reading,
        untouched=accepted == evidence.canonical and not evidence.placeholders,
        placeholders=evidence.placeholders > 0,
        any_time=any_time,
        note=note(evidence, reading, accepted),
    )
