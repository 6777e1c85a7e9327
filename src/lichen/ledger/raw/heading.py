"""Which row of a table is its header: below titles, whether or not those are padded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

TITLES = 20
VALUE = re.compile(r"[-+(]?\s*[$€£¥]?\s*[\d.]|(true|false|yes|no)$", re.IGNORECASE)


def usual_width(widths: Sequence[int], *, is_text: bool) -> int:
    """The width that most rows have; of several such widths the largest.

    Where most are of one cell, a table of three columns or more may stand among titles and notes:
    in text where all its lines are of one width and next to each other, so that commas in a text
    are no table; in a sheet where a fifth of the rows are so wide.
    """
    counts = Counter(widths)
    usual = max(counts, key=lambda size: (counts[size], size), default=0)
    wide = [place for place, width in enumerate(widths) if width > 1]
    if usual > 1 or len(wide) < 2:
        return usual
    inside = set(widths[wide[0] : wide[-1] + 1])
    if is_text:
        return max(inside) if len(inside) == 1 and max(inside) > 2 else usual
    fifth = sorted(widths, reverse=True)[len(widths) // 5]
    return fifth if fifth > 2 else usual


def header_place(rows: Sequence[Sequence[str]], *, is_text: bool = True) -> int:
    """The first row that is as wide as most; the first filled one unless all above are titles.

    Width is counted to the last filled cell, since some exports pad every line to the same width.
    """
    widths = [_width(row) for row in rows]
    filled = [place for place, width in enumerate(widths) if width]
    if not filled:
        return 0
    usual = usual_width([widths[place] for place in filled], is_text=is_text)
    if usual == 1 and is_text:
        usual = usual_width([len(rows[place]) for place in filled], is_text=True)
    found = next((place for place in filled if widths[place] >= usual), filled[0])
    above = [rows[place] for place in filled if place < found]
    if usual == 1 or len(above) > TITLES:
        return filled[0]
    # A row of one field is a title for certain. One that could be a header with nameless columns
    # is a title only where the row below it could not be a row of values.
    if all(len(row) == 1 for row in above):
        return found
    are_titles = all(sum(map(bool, row)) <= (1 if len(row) >= usual else 2) for row in above)
    return found if are_titles and could_be_names(rows[found]) else filled[0]


def _width(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def could_be_names(row: Sequence[str]) -> bool:
    """Whether the cells are words, each once."""
    cells = [cell for cell in row if cell]
    return len(set(cells)) == len(cells) and not any(VALUE.match(cell) for cell in cells)
