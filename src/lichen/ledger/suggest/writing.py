"""A proposal as the text of a mapping file: sure lines active, all others as comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lichen.kernel.visible import visible
from lichen.ledger.mapping.meaning import SYSTEM
from lichen.ledger.suggest.suggestion import ColumnSuggestion, MapSuggestion, Suggestion

HEAD = """\
# A mapping proposed from the names and values of {tables} by `lichen instrument DIR --suggest`.
# Nothing here is certain. On the left stand columns of an entity, on the right how these files
# tell them; behind each stands how sure it is, why, and what the column holds. Lines and maps that
# begin with "# " are not read: complete them and take the two characters away. TODO marks what is
# required and was not found. Then: lichen instrument DIR --explain
"""
WIDTH = 44
LISTED = 24


def written(suggestion: Suggestion) -> str:
    """The text of the file."""
    tables = {row.table for row in suggestion.maps} | {each.table for each in suggestion.unmapped}
    count = "1 table" if len(tables) == 1 else f"{len(tables)} tables"
    blocks = [HEAD.format(tables=count)]
    if SYSTEM.fullmatch(suggestion.source):
        blocks[0] += f"system = {text(suggestion.source)}\n"
    blocks += ["\n".join(_block(row)) + "\n" for row in suggestion.maps]
    if suggestion.unmapped:
        blocks.append("\n".join(_left_out(suggestion)) + "\n")
    return "\n".join(blocks)


def text(value: str) -> str:
    """A TOML string, safe whatever it holds."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(str(value))


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else text(name)


def _comment(words: str) -> str:
    return f"# {visible(words)}"


def _block(row: MapSuggestion) -> Iterator[str]:
    """One map: what it rests on, then its lines, as comments where it cannot be loaded yet."""
    yield _comment(f"{row.table} as {row.entity} ({row.confidence.value}): {row.reason}.")
    for note in row.notes:
        yield _comment(note)
    if row.unmapped:
        more = f" and {len(row.unmapped) - LISTED} more" if len(row.unmapped) > LISTED else ""
        yield _comment(f"Not used: {', '.join(row.unmapped[:LISTED])}{more}.")
    for line in _lines(row):
        yield line if row.is_active else f"# {line}".rstrip()


def _lines(row: MapSuggestion) -> Iterator[str]:
    yield "[[map]]"
    yield f"entity = {text(row.entity)}"
    if row.name is not None:
        yield f"name = {text(row.name)}"
    if row.sql is None:
        yield f"from = {text(row.table)}"
    else:
        yield f"driving = {text(row.table)}"
        yield from f'sql = """\n{_multiline(row.sql)}"""'.split("\n")
    yield "[map.columns]"
    for name, need in row.missing.items():
        if row.column(name) is None:
            # In a map that is itself a comment, this line must still be one after it is read.
            yield f"# {name} = {text('?')}".ljust(WIDTH) + f"  # TODO required: {need}"
    for column in row.columns:
        yield _line(column, row.missing.get(column.column))
    if row.where:
        yield "[map.where]"
        for name, rule in row.where.items():
            yield f"{text(name)} = {toml(rule)}"


def _multiline(sql: str) -> str:
    """The SQL between three quotation marks; line breaks stay, all else is escaped."""
    return "\n".join(text(line)[1:-1].replace('\\"', '"') for line in sql.split("\n")).replace(
        '"""', '""\\"'
    )


def _line(column: ColumnSuggestion, need: str | None) -> str:
    how = column.how
    told = text(str(how["column"])) if list(how) == ["column"] else toml(how)
    line = f"{column.column} = {told}"
    if not column.is_active:
        line = f"# {line}"
    parts: Sequence[str] = [
        f"TODO required: {need}" if need else "",
        f"{column.confidence.value}: {column.reason}",
        f"e.g. {column.samples}" if column.samples else "",
        f"or {', or '.join(column.others)}" if column.others else "",
    ]
    return f"{line.ljust(WIDTH)}  {_comment('; '.join(filter(None, parts)))}"


def _left_out(suggestion: Suggestion) -> Iterator[str]:
    yield "# Tables without a map"
    for each in suggestion.unmapped:
        size = f"{each.rows:,} rows, {each.columns} columns"
        yield _comment(f"{each.table} ({size}): {each.reason}.")
