"""A file with mistakes, as far as it can be understood, so that its meaning is checked as well."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lichen.vocabulary.definitions import Definitions, Pilot, Target
from lichen.vocabulary.problems import KeyPath

STAND_INS = {"metric": "", "value": 1.0, "owner": "nobody"}
"""What a target is checked with where its own entry is missing or wrong, so that the rest of the
row is checked too."""

ANY_GROUP = "unknown"
"""What stands in for a refused group: every dimension has it, so that the name is still checked."""

_GONE = object()


@dataclass(frozen=True)
class Draft:
    """Definitions without their refused entries, and what can be read of rows and pairs.

    `targets`, `pilots` and `pairs` keep the place that each has in the file. A pair holds the names
    that could be read of it, so one or three where two were expected. A pilot with a refused entry
    is left out whole.
    """

    definitions: Definitions
    targets: tuple[tuple[int, Target], ...]
    pairs: tuple[tuple[int, tuple[str, ...]], ...]
    pilots: tuple[tuple[int, Pilot], ...]
    refused: frozenset[KeyPath]

    def as_written(self, *key: str | int) -> bool:
        """Whether nothing was refused at this place, above it or inside it."""
        return not any(
            all(one == other for one, other in zip(key, refused, strict=False))
            for refused in self.refused
        )


def draft_of(content: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> Draft:
    """The content of a parsed file without the entries that `errors` (of pydantic) refuse."""
    kept = deepcopy(dict(content))
    if not isinstance(kept.get("target", []), list):
        kept.pop("target")
    refused: frozenset[KeyPath] = frozenset(tuple(error["loc"]) for error in errors)
    for key in refused:
        if key[0] == "pilot":
            _remove(kept, key[:2])
        elif key[0] != "target":
            _remove(kept, key)
        elif len(key) > 2:
            _mend(kept["target"][int(key[1])], key[2:])
    rows = kept.pop("target", [])
    readable = [(row, rows[row]) for row in range(len(rows)) if ("target", row) not in refused]
    read = _read({**kept, "target": [row for _, row in readable]})
    places = [place for place, _ in readable]
    targets = tuple(zip(places, read.target, strict=True))
    whole = [row for row in range(len(kept.get("pilot", ()))) if kept["pilot"][row] is not _GONE]
    pilots = tuple(zip(whole, read.pilot, strict=True))
    return Draft(read, targets, tuple(_pairs(content, read)), pilots, refused)


def _read(content: Mapping[str, Any]) -> Definitions:
    swept = json.dumps(_swept(content), default=str)
    return Definitions.model_validate_json(swept, strict=True)


def _mend(row: dict[str, Any], key: KeyPath) -> None:
    """Put a row of the targets right without its refused entry."""
    name = str(key[0])
    groups = row.get(name)
    if name == "groups" and len(key) > 1 and isinstance(groups, dict):
        groups[str(key[1])] = ANY_GROUP
        return
    row.pop(name, None)
    if name in STAND_INS:
        row[name] = STAND_INS[name]


def _remove(content: dict[str, Any], key: KeyPath) -> None:
    """Remove the key, or the item of a list that holds it."""
    inside: Any = content
    for place, part in enumerate(key):
        if isinstance(inside, list):
            inside[int(part)] = _GONE
            return
        if place == len(key) - 1 or not isinstance(inside.get(part), dict | list):
            inside.pop(part, None)
            return
        inside = inside[part]


def _swept(value: Any) -> Any:
    """The value without the refused items of its lists, which kept their places until now."""
    if isinstance(value, Mapping):
        return {key: _swept(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_swept(each) for each in value if each is not _GONE]
    return value


def _pairs(content: Mapping[str, Any], read: Definitions) -> Sequence[tuple[int, tuple[str, ...]]]:
    """The pairs by place, as written or as the default has them."""
    table = content.get("scorecard")
    written = table.get("pairs") if isinstance(table, Mapping) else None
    if not isinstance(written, list):
        return tuple(enumerate(read.scorecard.pairs))
    return [
        (place, tuple(name for name in pair if isinstance(name, str)))
        for place, pair in enumerate(written)
        if isinstance(pair, list)
    ]
