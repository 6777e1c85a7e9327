"""A mapping file with mistakes, without the entries that are wrong, so that the rest is checked."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from lichen.vocabulary.problems import KeyPath


def without(content: dict[str, Any], refused: Iterable[KeyPath]) -> dict[str, Any]:
    """The content less its refused entries; a refused row of `map` keeps its place, empty."""
    kept = deepcopy(content)
    for key in refused:
        _remove(kept, key)
    rows = kept.get("map")
    if isinstance(rows, list):
        kept["map"] = [{} if row is None else row for row in rows]
    swept: dict[str, Any] = _swept(kept)
    return swept


def _remove(content: Any, key: KeyPath) -> None:
    """Remove the entry at a place, or the one above it that is no table."""
    inside = content
    for place, part in enumerate(key):
        last = place == len(key) - 1
        if isinstance(inside, list):
            if last or not isinstance(inside[int(part)], dict | list):
                inside[int(part)] = None
                return
            inside = inside[int(part)]
        elif last or not isinstance(inside.get(part), dict | list):
            inside.pop(part, None)
            return
        else:
            inside = inside[part]


def _swept(value: Any) -> Any:
    """The value without removed items of lists, which kept their places until now."""
    if isinstance(value, dict):
        return {key: _swept(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_swept(each) for each in value if each is not None]
    return value
