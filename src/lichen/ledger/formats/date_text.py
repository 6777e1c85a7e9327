"""SQL that rewrites dates, months and moments as the text that the ledger's readers accept."""

from __future__ import annotations

from dataclasses import dataclass

from lichen.engines.text import literal, matches, only_if
from lichen.ledger.formats.date_patterns import DAYS, MIDNIGHT, MONTHS_ONLY, TIME
from lichen.ledger.formats.date_readings import (
    COUNTED_READINGS,
    DAY_FIRST,
    EPOCH_MS,
    EPOCH_S,
    EXCEL,
    FITS,
    ISO_DAY,
    MONTH_FIRST,
)
from lichen.ledger.formats.date_shapes import ISO
from lichen.ledger.formats.outcome import Format
from lichen.vocabulary.entities import Kind

_NUMBERS = r"^(\d{1,2})\D(\d{1,2})\D"
REWRITTEN: dict[str, tuple[str, str]] = {
    ISO_DAY: (r"^(\d{4})\D(\d{1,2})\D(\d{1,2}).*$", r"\1-\2-\3"),
    DAY_FIRST: (_NUMBERS + r"(\d{4}).*$", r"\3-\2-\1"),
    MONTH_FIRST: (_NUMBERS + r"(\d{4}).*$", r"\3-\1-\2"),
    "DD-MM-YY": (_NUMBERS + r"(\d{2}).*$", r"\3-\2-\1"),
    "MM-DD-YY": (_NUMBERS + r"(\d{2}).*$", r"\3-\1-\2"),
    "YY-MM-DD": (_NUMBERS + r"(\d{2}).*$", r"\1-\2-\3"),
    "YYYYMMDD": (r"^(\d{4})(\d{2})(\d{2}).*$", r"\1-\2-\3"),
    "MM-YYYY": (r"^(\d{1,2})\D(\d{4})$", r"\2-\1-1"),
    "YYYYMM": (r"^(\d{4})(\d{2})$", r"\1-\2-1"),
}
"""Where year, month and day stand in a cell that fits."""

_FIRST_LETTERS = "janfebmaraprmayjunjulaugsepoctnovdec"


def canonical_date(cell: str, format: Format) -> str:
    """SQL of a cell's ISO text, or of the cell where it does not fit or there is no such day."""
    if format.reading in COUNTED_READINGS:
        found = _counted(cell, format)
    else:
        day = _day(cell, format.reading, format.kind)
        date = f"CAST(try_cast({day} AS DATE) AS VARCHAR)"
        found = only_if(_fits(cell, format), _shown(date, cell, format.kind))
    ready = matches(cell, ISO[format.kind])
    return f"CASE WHEN {ready} THEN {cell} ELSE coalesce({found}, {cell}) END"


def _shown(date: str, cell: str, kind: Kind) -> str:
    if kind is Kind.MONTH:
        return f"left({date}, 7)"
    return date if kind is Kind.DATE else f"{date} || {_clock(cell)}"


def _fits(cell: str, format: Format) -> str:
    patterns = [DAYS[name] + TIME for name in FITS[format.reading] if name in DAYS]
    if format.kind is Kind.MONTH:
        patterns += [MONTHS_ONLY[name] for name in FITS[format.reading] if name in MONTHS_ONLY]
    fits = matches(cell, "|".join(patterns))
    if format.kind is Kind.INSTANT or format.any_time:
        return fits
    midnight = f"regexp_matches({cell}, {literal(MIDNIGHT)})"
    return f"{fits} AND (NOT contains({cell}, ':') OR {midnight})"


def _day(cell: str, reading: str, kind: Kind) -> str:
    """SQL of year-month-day in digits."""
    if "Mon" in reading:
        return _named_day(cell, reading)
    pattern, order = REWRITTEN[reading]
    found = f"regexp_replace({cell}, {literal(pattern)}, {literal(order)})"
    if reading == ISO_DAY and kind is Kind.MONTH:
        return rf"regexp_replace({found}, '^(\d{{4}})\D(\d{{1,2}})$', '\1-\2-1')"
    return found if "YYYY" in reading else f"{_century(f'left({found}, 2)')} || {found}"


def _named_day(cell: str, reading: str) -> str:
    letters = f"lower(regexp_extract({cell}, '[A-Za-z]{{3}}'))"
    month = f"((instr('{_FIRST_LETTERS}', {letters}) + 2) // 3)"
    day = rf"regexp_extract({cell}, '\d{{1,2}}')" if "DD" in reading else "'1'"
    year = rf"regexp_extract({cell}, '\d{{4}}')"
    if "YYYY" not in reading:
        short = rf"regexp_extract({cell}, '[A-Za-z][-/., '']*(\d{{2}})', 1)"
        year = f"({_century(short)} || {short})"
    return f"{year} || '-' || {month} || '-' || {day}"


def _century(year: str) -> str:
    return f"CASE WHEN {year} < '69' THEN '20' ELSE '19' END"


def _clock(cell: str) -> str:
    """SQL of the time of day and zone of a cell as ISO 8601; empty where there is none."""
    hour = rf"CAST(regexp_extract({cell}, '(\d{{1,2}}):', 1) AS INTEGER)"
    half = rf"lower(regexp_extract({cell}, '\d[ \x{{a0}}\x{{2009}}\x{{202f}}]?([AaPp])\.?[Mm]', 1))"
    full = f"CASE {half} WHEN 'a' THEN {hour} % 12 WHEN 'p' THEN {hour} % 12 + 12 ELSE {hour} END"
    rest = rf"replace(regexp_extract({cell}, ':\d\d(?::\d\d(?:[.,]\d+)?)?'), ',', '.')"
    seconds = rf"CASE WHEN length({rest}) = 3 THEN {rest} || ':00' ELSE {rest} END"
    zone = rf"regexp_extract({cell}, ':.*?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$', 1)"
    iso_zone = (
        f"CASE WHEN {zone} IN ('Z', 'z', 'UTC', 'GMT') THEN 'Z' "
        rf"ELSE regexp_replace({zone}, '^(.\d\d)(\d\d)$', '\1:\2') END"
    )
    return (
        f"CASE WHEN contains({cell}, ':') THEN 'T' || lpad(CAST({full} AS VARCHAR), 2, '0') || "
        f"{seconds} || {iso_zone} ELSE '' END"
    )


@dataclass(frozen=True)
class Count:
    """Numbers that count units of so many milliseconds from a day: least, and first too large."""

    start: str
    milliseconds: int
    least: int
    end: int
    zone: str


COUNTS = {
    EXCEL: Count("1899-12-30", 86_400_000, 61, 2_958_466, ""),
    EPOCH_S: Count("1970-01-01", 1000, -62_135_596_800, 253_402_300_800, "Z"),
    EPOCH_MS: Count("1970-01-01", 1, -62_135_596_800_000, 253_402_300_800_000, "Z"),
}
"""Excel takes 1900 for a leap year, so its numbers are days only from 61, 1900-03-01, on."""


def _counted(cell: str, format: Format) -> str:
    """SQL of the day or moment that a cell counts to, null where it is no such number.

    Moments are good to the millisecond, which is what Excel keeps in the fraction of a day.
    """
    count = COUNTS[format.reading]
    number = f"try_cast({cell} AS DOUBLE)"
    micros = f"CAST(round({number} * {count.milliseconds}) AS BIGINT) * 1000"
    moment = f"(TIMESTAMP '{count.start}' + to_microseconds({micros}))"
    text = f"CAST(CAST({moment} AS DATE) AS VARCHAR)"
    if format.kind is Kind.INSTANT:
        text = f"replace(CAST({moment} AS VARCHAR), ' ', 'T') || '{count.zone}'"
    elif not format.any_time:
        text = only_if(f"{moment} = date_trunc('day', {moment})", text)
    text = f"left({text}, 7)" if format.kind is Kind.MONTH else text
    # The engine may test the parts of an AND in any order, so what could overflow stands inside.
    inside = only_if(f"{number} >= {count.least} AND {number} < {count.end}", text)
    return only_if(matches(cell, r"-?\d{1,15}(?:\.\d+)?"), inside)
