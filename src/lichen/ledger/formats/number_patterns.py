"""The forms in which exports write numbers and amounts, as regular expressions."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.engines.text import matches
from lichen.ledger.formats.marks import LETTERS, known_marks
from lichen.vocabulary.entities import Kind

BLANK = r"[ \x{a0}\x{2009}\x{202f}]"
GAP = r"[ \x{a0}\x{2009}\x{202f}'’]"
_LEAD = r"[1-9]\d{0,2}"

CORES: Mapping[str, str] = {
    "whole": r"\d+",
    "point and zeros": rf"{_LEAD}\.000",
    "point and three": rf"{_LEAD}\.\d{{3}}",
    "comma and three": rf"{_LEAD},\d{{3}}",
    "point": r"\d+\.\d*",
    "comma": r"\d+,\d+",
    "points": rf"{_LEAD}(?:\.\d{{3}}){{2,}}",
    "commas": rf"{_LEAD}(?:,\d{{3}}){{2,}}|[1-9]\d?(?:,\d{{2}})+,\d{{3}}",
    "commas, point": rf"{_LEAD}(?:,\d{{2,3}})*,\d{{3}}\.\d*",
    "points, comma": rf"{_LEAD}(?:\.\d{{3}})+,\d+",
    "gaps": rf"{_LEAD}(?:{GAP}\d{{3}})+",
    "gaps, point": rf"{_LEAD}(?:{GAP}\d{{3}})+\.\d*",
    "gaps, comma": rf"{_LEAD}(?:{GAP}\d{{3}})+,\d+",
}
"""Digits and separators by the name of their shape, the first that fits counts."""

BARE: Mapping[str, str] = {"point": r"\.\d+", "comma": r",\d+"}
"""What else a shape may be where no mark stands beside the number."""

EXPONENT = r"[eE][+-]?\d+"
WITH_EXPONENT = ("whole", "point", "comma")
"""An exponent makes the three digits of `1.234e5` decimals."""

DIGITS = rf"\d(?:(?:[\d.,]|{GAP})*\d)?\.?"
CORE = rf"(?:{DIGITS}|[.,]\d+)(?:{EXPONENT})?"
"""The first run of digits and separators of a cell."""

SIGN = "[-+−]"

MARKED = frozenset({Kind.AMOUNT, Kind.NUMBER})
"""Kinds whose cells may carry a sign or code of a currency."""


def core_pattern(name: str, kind: Kind) -> str:
    """A core of this shape where no mark stands beside it; numbers may have an exponent."""
    bare = f"|{BARE[name]}" if name in BARE else ""
    exponent = f"(?:{EXPONENT})?" if kind is Kind.NUMBER and name in WITH_EXPONENT else ""
    return f"(?:(?:{CORES[name]}{bare}){exponent})"


def bare_pattern(kind: Kind, names: tuple[str, ...]) -> str:
    """A cell with nothing but a sign beside its core."""
    return f"{SIGN}?{BLANK}?(?:{'|'.join(core_pattern(name, kind) for name in names)})"


def dressed_pattern(kind: Kind, names: tuple[str, ...]) -> str:
    """A cell with at most one sign or a pair of parentheses, letters for marks, a percent sign."""
    core = "(?:" + "|".join(CORES[name] for name in names) + ")"
    before, after = "", ""
    if kind in MARKED:
        # Without a blank the point of `kr.5` could be one of the number.
        before = rf"(?:{LETTERS}(?:{BLANK}?|\.{BLANK}))?"
        after = rf"(?:{BLANK}?{LETTERS}\.?)?"
    if kind is Kind.NUMBER:
        after += f"(?:{BLANK}?%)?"
    number = f"{before}{core}{after}"
    return (
        f"{SIGN}?{BLANK}?{number}|{number}{BLANK}?-|{before}{SIGN}{core}{after}|"
        rf"\({BLANK}?{number}{BLANK}?\)|{before}\({core}\){after}"
    )


def fits(cell: str, kind: Kind, names: tuple[str, ...]) -> str:
    """SQL of whether a cell is a number of one of these shapes, with no mark but known ones."""
    known = known_marks(cell) if kind in MARKED else "true"
    return (
        f"CASE WHEN {matches(cell, bare_pattern(kind, names))} THEN true "
        f"WHEN {matches(cell, dressed_pattern(kind, names))} THEN {known} ELSE false END"
    )
