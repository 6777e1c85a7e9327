"""Names of the columns of a raw table: as in the file, each once."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.ledger.raw.refusal import refused

RESERVED = ("_file", "_row", "_copy", "_rule", "record")
"""Names that the ledger gives to columns of its own beside those of the file."""

MOST_COLUMNS = 4_096
LONGEST_NAME = 1_000


def column_names(header: Sequence[str], where: str) -> tuple[str, ...]:
    """Trimmed names; a second `x` becomes `x_2`, a nameless third one `column_3`.

    Names are told apart whatever their case, as the engine does.

    Raises:
        FeedsUnusable: there are more columns than any export has, or names that are none.
    """
    if len(header) > MOST_COLUMNS:
        found = f"has {len(header):,} columns; at most {MOST_COLUMNS:,} are read."
        raise refused(where, found, "Export the columns that are needed.")
    if any(len(name) > LONGEST_NAME for name in header):
        found = f"has a header with a name of over {LONGEST_NAME:,} characters."
        raise refused(where, found, "Declare header_line in the mapping, or export it again.")
    names: list[str] = []
    taken = set(RESERVED)
    for place, told in enumerate(header, start=1):
        wanted = " ".join(_printable(told).split()) or f"column_{place}"
        name, again = wanted, 2
        while name.lower() in taken:
            name, again = f"{wanted}_{again}", again + 1
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def _printable(text: str) -> str:
    """A name without control characters, byte order marks and halves of characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text.replace("\ufeff", ""))
