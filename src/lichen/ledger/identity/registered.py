"""The canonical ids once chosen, kept in `decisions/ids.csv` so that they stay.

Each row names the load that gave the id. To that same load its own rows are no news: what it
registered gives the same ids once more. So they are no part of the name of its ledger, and a load
of unchanged feeds finds the ledger that it made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lichen.ledger.identity.decisions import ENTITIES
from lichen.ledger.identity.strict_csv import (
    Mistake,
    Record,
    ReviewUnusable,
    read_records,
    write_records,
)

FILE = "decisions/ids.csv"
COLUMNS = ("entity", "member_id", "canonical_id", "given_by")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS[:3]])

Canonical = Mapping[str, Mapping[str, str]]
"""By entity: the canonical id of each member."""


@dataclass(frozen=True)
class GivenIds:
    """The registered ids; `given_by` names the load that gave each (entity, member)."""

    canonical: Canonical = field(default_factory=dict)
    given_by: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The rows of the file, sorted."""
        return [
            (entity, member, canonical, self.given_by.get((entity, member), ""))
            for entity in sorted(self.canonical)
            for member, canonical in sorted(self.canonical[entity].items())
        ]

    def given_before(self, load: str) -> list[list[str]]:
        """Members and canonical ids that other loads than this one gave."""
        return [list(row[:3]) for row in self.rows() if row[3] != load]

    def renewed(self, canonical: Canonical, load: str) -> GivenIds:
        """What holds after a load: ids that it changed or added are given by it."""
        given_by = {
            (entity, member): self.given_by.get((entity, member), "")
            if self.canonical.get(entity, {}).get(member) == one
            else load
            for entity, of_entity in canonical.items()
            for member, one in of_entity.items()
        }
        return GivenIds(canonical, given_by)


def read_ids(root: Path) -> GivenIds:
    """The registered ids of a workspace; none where there is no file.

    Raises:
        ReviewUnusable: a row is incomplete, or one member has two canonical ids.
    """
    path = root / FILE
    records = read_records(path, FILE, COLUMNS) if path.exists() else []
    canonical: dict[str, dict[str, str]] = defaultdict(dict)
    given_by: dict[tuple[str, str], str] = {}
    mistakes: list[Mistake] = []
    for record in records:
        mistakes += _faults(record, canonical)
        entity, member, one, load = (record[1][name] for name in COLUMNS)
        canonical[entity][member] = one
        given_by[entity, member] = load
    if mistakes:
        raise ReviewUnusable(FILE, mistakes)
    return GivenIds(dict(canonical), given_by)


def write_ids(root: Path, ids: GivenIds) -> None:
    """Write the registered ids whole, or not at all."""
    write_records(root / FILE, COLUMNS, ids.rows())


def as_table(canonical: Canonical) -> pa.Table:
    """The canonical ids as a ledger keeps them."""
    rows = GivenIds(canonical).rows()
    columns = [[row[place] for row in rows] for place in range(3)]
    return pa.table(dict(zip(SCHEMA.names, columns, strict=True)), schema=SCHEMA)


def from_table(table: pa.Table) -> Canonical:
    """The canonical ids that a ledger keeps."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    columns = (table[name].to_pylist() for name in SCHEMA.names)
    for entity, member, canonical in zip(*columns, strict=True):
        found[entity][member] = canonical
    return dict(found)


def _faults(record: Record, before: Canonical) -> list[Mistake]:
    place, cells = record
    entity, member, canonical = (cells[name] for name in COLUMNS[:3])
    found = []
    if entity not in ENTITIES:
        step = "Remove the row; Lichen writes this file itself."
        found.append(Mistake(place, "entity", f"'{entity}'", " or ".join(ENTITIES), step))
    found += [
        Mistake(place, name, "nothing", "an id", "Remove the row.")
        for name in COLUMNS[1:3]
        if not cells[name]
    ]
    other = before.get(entity, {}).get(member, canonical)
    if other != canonical:
        told = f"'{canonical}' beside '{other}' of an earlier record"
        step = "Remove one of the two rows."
        found.append(Mistake(place, "canonical_id", told, "one id for a member", step))
    return found
