"""Which row of a table is its header: below titles, whether or not those are padded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

TITLES = 20
VALUE = re.compile(r"[-+(]?\s*[$€£¥]?\s*[\d.]|(true|false|yes|no)$", re.IGNORECASE)


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """The first row that is as wide as most; the first filled one unless all above are titles.

    Width is counted to the last filled cell, since some exports pad every line to the same width.
    """
    widths = [_width(row) for row in rows]
    filled = [place for place, width in enumerate(widths) if width]
    if not filled:
        return 0
    counts = Counter(widths[place] for place in filled)
    usual = max(counts, key=lambda size: (counts[size], size))
    found = next(place for place in filled if widths[place] >= usual)
    above = [rows[place] for place in filled if place < found]
    if usual == 1 or len(above) > TITLES:
        return filled[0]
    # A row of one field is a title for certain. One that could be a header with nameless columns
    # is a title only where the row below it could not be a row of values.
    if all(len(row) == 1 for row in above):
        return found
    are_titles = all(sum(map(bool, row)) <= (1 if len(row) >= usual else 2) for row in above)
    return found if are_titles and _could_be_names(rows[found]) else filled[0]


def _width(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _could_be_names(row: Sequence[str]) -> bool:
    """Whether the cells are words, each once."""
    cells = [cell for cell in row if cell]
    return len(set(cells)) == len(cells) and not any(VALUE.match(cell) for cell in cells)
