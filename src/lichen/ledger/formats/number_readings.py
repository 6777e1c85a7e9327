"""The two ways in which separators of numbers can be read, and the words that declare them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from lichen.vocabulary.entities import Kind

Reading = Literal["1,234.50", "1.234,50"]

POINT_DECIMALS: Final = "1,234.50"
COMMA_DECIMALS: Final = "1.234,50"
WORDS: tuple[Reading, ...] = (POINT_DECIMALS, COMMA_DECIMALS)

UNDECIDED = ("point and zeros", "point and three", "comma and three")

DECISIVE: Mapping[Reading, tuple[str, ...]] = {
    POINT_DECIMALS: ("point", "commas", "commas, point", "gaps, point"),
    COMMA_DECIMALS: ("comma", "points", "points, comma", "gaps, comma"),
}
"""Shapes that only one reading explains."""

FITS: Mapping[Reading, tuple[str, ...]] = {
    word: ("whole", "gaps", *UNDECIDED, *DECISIVE[word]) for word in WORDS
}
"""Shapes that a reading gives a number to; `1,234` is one in both, but not the same."""

_EXAMPLE = re.compile(r"\d+(?:[ '’.,]\d{3})*([.,])\d{1,2}")


def parse_number_word(
    declared: str, kind: Kind
) -> tuple[Reading | Literal["by evidence"], bool] | None:
    """The reading that a declared example means, and whether every number is a percentage.

    An example has one or two decimals, so that its last separator is the decimal one.
    """
    text = declared.strip().lower()
    words = re.sub(r"percent|%", "", text).strip()
    percent = words != text
    if percent and kind is not Kind.NUMBER:
        return None
    if percent and not words:
        return "by evidence", True
    found = _EXAMPLE.fullmatch(words)
    if found is None:
        return None
    return (POINT_DECIMALS if found[1] == "." else COMMA_DECIMALS), percent
