"""A file with mistakes, as far as it can be understood, so that its meaning is checked as well."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lichen.vocabulary.definitions import Definitions, Target
from lichen.vocabulary.problems import KeyPath

STAND_INS = {"value": 1.0, "owner": "nobody"}
"""What a target is checked with where its own entry is missing or wrong, so that the rest of the
row is checked too."""

IDENTIFYING = ("metric", "groups", "period")
"""Entries that say which figure a target speaks of: without one there is nothing to check."""


@dataclass(frozen=True)
class Draft:
    """Definitions without their refused entries, and the targets that can be read, by row."""

    definitions: Definitions
    targets: tuple[tuple[int, Target], ...]


def draft_of(content: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> Draft:
    """The content of a parsed file without the entries that `errors` (of pydantic) refuse."""
    kept = deepcopy(dict(content))
    if not isinstance(kept.get("target", []), list):
        kept.pop("target")
    refused_rows: set[int] = set()
    for error in errors:
        key: KeyPath = tuple(error["loc"])
        if key[0] != "target":
            _remove(kept, key)
        elif len(key) > 1 and not _mended(kept["target"], key):
            refused_rows.add(int(key[1]))
    rows = kept.pop("target", [])
    readable = [(row, rows[row]) for row in range(len(rows)) if row not in refused_rows]
    read = _read({**kept, "target": [row for _, row in readable]})
    places = [place for place, _ in readable]
    return Draft(read, tuple(zip(places, read.target, strict=True)))


def _read(content: Mapping[str, Any]) -> Definitions:
    return Definitions.model_validate_json(json.dumps(content, default=str), strict=True)


def _mended(rows: list[Any], key: KeyPath) -> bool:
    """Put a row right without its refused entry; False where the row cannot be checked then."""
    if len(key) == 2 or key[2] in IDENTIFYING:
        return False
    row = rows[int(key[1])]
    row.pop(key[2], None)
    if key[2] in STAND_INS:
        row[key[2]] = STAND_INS[key[2]]
    return True


def _remove(content: dict[str, Any], key: KeyPath) -> None:
    """Remove the key, or the list that holds the refused item."""
    inside: Any = content
    for part in key[:-1]:
        following = inside.get(part) if isinstance(part, str) else None
        if not isinstance(following, dict):
            inside.pop(part, None)
            return
        inside = following
    inside.pop(key[-1], None)
