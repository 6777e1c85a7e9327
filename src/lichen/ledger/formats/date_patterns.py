"""The forms in which exports write dates, months and times, as regular expressions."""

from __future__ import annotations

from collections.abc import Mapping

YEAR = r"[1-9]\d{3}"
LOW, HIGH = r"(?:0?[1-9]|1[0-2])", r"(?:1[3-9]|2\d|3[01])"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"

MONTHS = (
    "january february march april may june july august september october november december".split()
)

NAME = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)

SPACE = r"[ \x{a0}\x{2009}\x{202f}]"
ZONE = r"(?:Z|z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
CLOCK_24 = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?"
CLOCK_12 = rf"(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d(?:[.,]\d{{1,9}})?)?{SPACE}?(?i:[ap]\.?m\.?)"
TIME = rf"(?:(?:T|,?{SPACE})(?:{CLOCK_24}|{CLOCK_12})(?:{SPACE}?{ZONE})?)?"

MIDNIGHT = (
    rf"(?:(?:00?:00(?::00(?:[.,]0+)?)?)|12:00(?::00(?:[.,]0+)?)?{SPACE}?(?i:a\.?m\.?))"
    rf"(?:{SPACE}?{ZONE})?$"
)
"""How a cell ends whose time of day is midnight."""


def _separated(*parts: str) -> str:
    """The parts with one and the same separator between all of them."""
    return "(?:" + "|".join(separator.join(parts) for separator in ("-", "/", r"\.", " ")) + ")"


_SAME = "|".join(
    _separated(f"0?{part}" if part < 10 else str(part), f"0?{part}" if part < 10 else str(part), "")
    for part in range(1, 13)
)

DAYS: Mapping[str, str] = {
    "year first": _separated(YEAR, LOW, DAY),
    "day first": _separated(HIGH, LOW, YEAR),
    "month first": _separated(LOW, HIGH, YEAR),
    "same": f"(?:{_SAME}){YEAR}",
    "unclear": _separated(LOW, LOW, YEAR),
    "digits": r"(?:19|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    "named month": rf"{DAY}(?:(?:st|nd|rd|th) |[-/. ]{{0,2}}){NAME}[-/., ]{{0,2}}{YEAR}",
    "named month first": rf"{NAME}[-/ ]?{DAY}(?:st|nd|rd|th)?[-/, ]{{1,2}}{YEAR}",
    "short year": _separated(r"\d{1,2}", r"\d{1,2}", r"\d{2}"),
    "named month, short year": rf"{DAY}[-/. ]{{0,2}}{NAME}[-/., ]{{1,2}}\d{{2}}",
}
"""Patterns of a day by the name of their shape, the first that fits counts."""

MONTHS_ONLY: Mapping[str, str] = {
    "year first": _separated(YEAR, LOW),
    "month and year": _separated(LOW, YEAR),
    "month digits": r"(?:19|20|21)\d{2}(?:0[1-9]|1[0-2])",
    "month name": rf"{NAME}[-/, ]{{0,2}}{YEAR}",
    "month name, short year": rf"{NAME}[-/, ]{{0,2}}'?\d{{2}}",
}
"""Patterns of a month without a day, for columns that hold months."""
