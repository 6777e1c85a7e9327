"""SQL that rewrites numbers and amounts as plain decimals, without ever computing with them."""

from __future__ import annotations

from lichen.engines.text import literal, matches
from lichen.ledger.formats.number_patterns import EXPONENT, fits
from lichen.ledger.formats.number_readings import FITS, POINT_DECIMALS, WORDS
from lichen.ledger.formats.number_shapes import PLAIN, core_of
from lichen.ledger.formats.outcome import Format
from lichen.vocabulary.entities import Kind

NEGATIVE = "^[^0-9]*[-−(]|-$"


def canonical_number(cell: str, format: Format) -> str:
    """SQL of a cell's plain decimal text, or of the cell where it does not fit."""
    word = next(word for word in WORDS if word == format.reading)
    fitting = fits(cell, format.kind, FITS[word])
    sign = f"CASE WHEN regexp_matches({cell}, {literal(NEGATIVE)}) THEN '-' ELSE '' END"
    digits = _digits(cell, word)
    if format.percent == "all":
        digits = _hundredth(digits)
    elif format.percent == "marked":
        digits = f"CASE WHEN contains({cell}, '%') THEN {_hundredth(digits)} ELSE {digits} END"
    found = f"WHEN {fitting} THEN {sign} || {digits} ELSE {cell} END"
    if word == POINT_DECIMALS and format.percent != "all":
        exponent = f"(?:{EXPONENT})?" if format.kind is Kind.NUMBER else ""
        return f"CASE WHEN {matches(cell, PLAIN + exponent)} THEN {cell} {found}"
    return f"CASE {found}"


def _digits(cell: str, word: str) -> str:
    """SQL of the digits of a cell with a point before its decimals."""
    core = core_of(cell)
    if word == POINT_DECIMALS:
        return f"regexp_replace({core}, '[^-0-9.eE+]', '', 'g')"
    return f"replace(regexp_replace({core}, '[^-0-9,eE+]', '', 'g'), ',', '.')"


def _hundredth(digits: str) -> str:
    """SQL of a number divided by a hundred, by moving the point in its text."""
    whole, decimals = f"split_part({digits}, '.', 1)", f"split_part({digits}, '.', 2)"
    padded = f"lpad({whole}, CAST(greatest(3, length({whole})) AS INTEGER), '0')"
    moved = f"left({padded}, -2) || '.' || right({padded}, 2) || {decimals}"
    divided = f"CAST(try_cast({digits} AS DOUBLE) / 100 AS VARCHAR)"
    return f"CASE WHEN contains(lower({digits}), 'e') THEN {divided} ELSE {moved} END"
