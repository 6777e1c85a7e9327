"""On which line of a TOML file a key stands, so that a problem can be pointed at."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from lichen.vocabulary.problems import KeyPath


def lines_of_keys(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table header and key of a valid TOML text.

    Keys inside an inline table share the line on which its statement begins.
    """
    found: dict[KeyPath, int] = {}
    rows: dict[KeyPath, int] = {}
    header: KeyPath = ()
    for line, content, is_header in _statements(text):
        if is_header:
            header = _placed(content, rows)
            found.setdefault(header, line)
        else:
            for path in _paths(content):
                found.setdefault((*header, *path), line)
    return found


def line_of(key: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of the key, else of the nearest table around it."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Each header and each `key = value` with its first line, parsed alone.

    A value that spans lines is a statement as soon as the lines read so far parse; as the whole
    text is valid, that is exactly where it ends.
    """
    pending: list[str] = []
    begun = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not pending:
            begun = number
        pending.append(line)
        try:
            content = tomllib.loads("\n".join(pending))
        except tomllib.TOMLDecodeError:
            continue
        if content:
            yield begun, content, pending[0].lstrip().startswith("[")
        pending = []


def _placed(header: Mapping[str, Any], rows: dict[KeyPath, int]) -> KeyPath:
    """The key path of a table header; the n-th `[[target]]` ends in n - 1."""
    path: KeyPath = ()
    inside: Any = header
    while inside:
        if isinstance(inside, list):
            rows[path] = rows.get(path, -1) + 1
            path, inside = (*path, rows[path]), inside[0]
        else:
            name, inside = next(iter(inside.items()))
            path = (*path, name)
            # `[target.groups]` after `[[target]]` speaks of the newest row.
            if path in rows and not isinstance(inside, list):
                path = (*path, rows[path])
    return path


def _paths(content: Mapping[str, Any]) -> Iterator[KeyPath]:
    for name, value in content.items():
        yield (name,)
        if isinstance(value, Mapping):
            for path in _paths(value):
                yield (name, *path)
