"""The canonical ids once chosen, kept in `decisions/ids.csv` so that they stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from lichen.ledger.identity.decisions import ENTITIES
from lichen.ledger.identity.strict_csv import (
    Mistake,
    ReviewUnusable,
    read_records,
    write_records,
)

COLUMNS = ("entity", "member_id", "canonical_id")

Registered = Mapping[str, Mapping[str, str]]
"""By entity: the canonical id of each member."""


def read_ids(path: Path, shown: str = "decisions/ids.csv") -> dict[str, dict[str, str]]:
    """The registered ids by entity; no file: none.

    Raises:
        ReviewUnusable: a row is incomplete, or one member has two canonical ids.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    if not path.exists():
        return found
    mistakes = []
    first: dict[tuple[str, str], int] = {}
    for place, cells in read_records(path, shown, COLUMNS):
        entity, member, canonical = (
            cells["entity"].lower(),
            cells["member_id"],
            cells["canonical_id"],
        )
        if entity not in ENTITIES:
            step = "Remove the row; Lichen writes this file itself."
            mistakes.append(Mistake(place, "entity", f"'{entity}'", " or ".join(ENTITIES), step))
        mistakes += [
            Mistake(place, name, "nothing", "an id", "Remove the row.")
            for name in COLUMNS[1:]
            if not cells[name]
        ]
        if found[entity].get(member, canonical) != canonical:
            told = (
                f"'{canonical}' beside '{found[entity][member]}' in record {first[entity, member]}"
            )
            step = "Remove one of the two rows."
            mistakes.append(Mistake(place, "canonical_id", told, "one id for a member", step))
        found[entity][member] = canonical
        first.setdefault((entity, member), place)
    if mistakes:
        raise ReviewUnusable(shown, mistakes)
    return found


def write_ids(path: Path, registered: Registered) -> None:
    """Write the registered ids, sorted; nothing is touched where they are there already."""
    records = [
        (entity, member, canonical)
        for entity in sorted(registered)
        for member, canonical in sorted(registered[entity].items())
    ]
    if records or path.exists():
        write_records(path, COLUMNS, records)
