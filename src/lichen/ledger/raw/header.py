"""Names of the columns of a raw table: as in the file, each once."""

from __future__ import annotations

from collections.abc import Sequence

RESERVED = ("_file", "_row", "record")


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Trimmed names; a second `x` becomes `x_2`, a nameless third one `column_3`.

    Names are told apart whatever their case, as the engine does.
    """
    names: list[str] = []
    taken = set(RESERVED)
    for place, told in enumerate(header, start=1):
        wanted = " ".join(told.replace("\ufeff", "").split()) or f"column_{place}"
        name, again = wanted, 2
        while name.lower() in taken:
            name, again = f"{wanted}_{again}", again + 1
        taken.add(name.lower())
        names.append(name)
    return tuple(names)
