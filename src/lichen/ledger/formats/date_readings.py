"""The ways in which a column of dates can be read, and the words that declare them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lichen.ledger.formats.date_shapes import MILLIS, SECONDS, SERIAL
from lichen.vocabulary.entities import Kind

ISO_DAY, DAY_FIRST, MONTH_FIRST = "YYYY-MM-DD", "DD-MM-YYYY", "MM-DD-YYYY"
EXCEL, EPOCH_S, EPOCH_MS = "excel", "epoch_s", "epoch_ms"
DAY_OF = "day"
"""Declares: decide from the cells as ever, and take the day of those that are moments."""

INSTANT_WORD = "instant"
"""Declares that a column of dates holds ISO moments, whose day as written counts."""

FITS: Mapping[str, tuple[str, ...]] = {
    ISO_DAY: ("year first",),
    DAY_FIRST: ("day first", "same", "unclear"),
    MONTH_FIRST: ("month first", "same", "unclear"),
    "DD-MM-YY": ("short year",),
    "MM-DD-YY": ("short year",),
    "YY-MM-DD": ("short year",),
    "YYYYMMDD": ("digits",),
    "DD Mon YYYY": ("named month",),
    "Mon DD, YYYY": ("named month first",),
    "DD Mon YY": ("named month, short year",),
    EXCEL: (SERIAL,),
    EPOCH_S: (SECONDS,),
    EPOCH_MS: (MILLIS,),
    "MM-YYYY": ("month and year",),
    "YYYYMM": ("month digits",),
    "Mon YYYY": ("month name",),
    "Mon YY": ("month name, short year",),
}
"""Shapes that a reading gives a day to."""

OF_MONTHS = ("MM-YYYY", "YYYYMM", "Mon YYYY", "Mon YY")
COUNTED_READINGS = (EXCEL, EPOCH_S, EPOCH_MS)

FAMILIES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (ISO_DAY,): ("year first",),
    (DAY_FIRST, MONTH_FIRST): ("day first", "month first", "same", "unclear"),
    ("DD-MM-YY", "MM-DD-YY", "YY-MM-DD"): ("short year",),
    **{
        (reading,): shapes
        for reading, shapes in FITS.items()
        if reading not in (ISO_DAY, DAY_FIRST, MONTH_FIRST) and shapes != ("short year",)
    },
}
"""Shapes that belong together, by the readings that come into question for them."""

SHORT_YEARS = ("DD-MM-YY", "MM-DD-YY", "YY-MM-DD", "DD Mon YY", "Mon YY")
"""The century is not in the text, so these are read only where they are declared."""

_TIME = re.compile(r"[T, ]+h{1,2}:mm.*$", re.IGNORECASE)


def known_words(kind: Kind) -> list[str]:
    """The words that may be declared for a column of this kind."""
    words = [word for word in FITS if kind is Kind.MONTH or word not in OF_MONTHS]
    if kind is Kind.MONTH:
        words.append("YYYY-MM")
    return words if kind is Kind.INSTANT else [*words, INSTANT_WORD, DAY_OF]


def takes_day(declared: str | None, kind: Kind) -> bool:
    """Whether the declared word leaves the form open and asks for the day of moments."""
    return kind is not Kind.INSTANT and (declared or "").strip().lower() == DAY_OF


def parse_date_word(declared: str, kind: Kind) -> tuple[str, bool] | None:
    """The reading that a declared word means, and whether it speaks of a time of day.

    Any separator, any case and any number of letters per part are taken: `d/m/yyyy`.
    """
    word, timed = _TIME.sub("", declared.strip()), bool(_TIME.search(declared.strip()))
    known = {_key(name): name for name in known_words(kind)}
    found = known.get(_key(word))
    if found == INSTANT_WORD:
        return ISO_DAY, True
    if found == "YYYY-MM":
        return ISO_DAY, timed
    return None if found is None else (found, timed or found in COUNTED_READINGS)


def _key(word: str) -> str:
    """A word without what does not matter in it: case, kind of separator, single letters."""
    key = re.sub(r"[^a-z_]+", "-", word.lower()).strip("-")
    key = re.sub(r"\bmonth\b|m{3,4}", "mon", key)
    return re.sub(r"\bd\b", "dd", re.sub(r"\bm\b", "mm", key))
