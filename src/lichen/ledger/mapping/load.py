"""Read a mapping file, or tell every problem of it at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lichen.ledger.mapping.column_meaning import columns_are_mapped_soundly
from lichen.ledger.mapping.draft import without
from lichen.ledger.mapping.errors import MappingUnusable, error
from lichen.ledger.mapping.meaning import (
    Draft,
    inclusive_ends_are_days,
    maps_have_one_source,
    maps_have_their_own_names,
    maps_name_entities,
    required_columns_are_mapped,
    systems_are_names,
    there_is_a_map,
)
from lichen.ledger.mapping.rule_meaning import (
    contracts_have_something_to_hold,
    filters_ask_one_thing,
    needed_columns_are_named,
)
from lichen.ledger.mapping.spec import Mapping
from lichen.ledger.mapping.sql_meaning import sql_is_harmless
from lichen.vocabulary.lines import line_of, lines_of_keys
from lichen.vocabulary.mistakes import problems_of
from lichen.vocabulary.problems import Problem

RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    there_is_a_map,
    systems_are_names,
    maps_name_entities,
    maps_have_one_source,
    maps_have_their_own_names,
    required_columns_are_mapped,
    inclusive_ends_are_days,
    columns_are_mapped_soundly,
    filters_ask_one_thing,
    contracts_have_something_to_hold,
    needed_columns_are_named,
    sql_is_harmless,
)


def load_mapping(path: Path, shown: str) -> Mapping:
    """The mapping in this file; `shown` is how people call the file.

    Raises:
        MappingUnusable: lists every problem of the file.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        reason = f"cannot be read: {problem.strerror}."
        raise MappingUnusable(shown, [error((), reason)]) from problem
    except UnicodeDecodeError as problem:
        reason = f"is not UTF-8 text (byte {problem.start + 1})."
        raise MappingUnusable(shown, [error((), reason, "Save it again as UTF-8.")]) from problem
    return read_mapping(text, shown)


def read_mapping(text: str, shown: str) -> Mapping:
    """The mapping in this text.

    Raises:
        MappingUnusable: lists every problem of the text.
    """
    text = text.replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingUnusable(shown, [_syntax_problem(problem)]) from problem
    draft, found = _drafted(content)
    for rule in RULES:
        found += rule(draft)
    lines = lines_of_keys(text)
    if found:
        placed = [replace(each, line=line_of(each.key, lines)) for each in found]
        raise MappingUnusable(shown, placed)
    draft.mapping.read_from(shown, lines)
    return draft.mapping


def _drafted(content: dict[str, Any]) -> tuple[Draft, list[Problem]]:
    """As much of the content as the models accept, and what they refuse."""
    _spell_out(content)
    try:
        return Draft(_validated(content), frozenset()), []
    except ValidationError as refusal:
        errors = refusal.errors()
    refused = frozenset(tuple(each["loc"]) for each in errors)
    return Draft(_validated(without(content, refused)), refused), list(_told(errors))


def _spell_out(content: dict[str, Any]) -> None:
    """A column that is a bare text becomes the table that it stands for."""
    rows = content.get("map")
    for row in rows if isinstance(rows, list) else ():
        columns: Any = row.get("columns") if isinstance(row, dict) else None
        if isinstance(columns, dict):
            row["columns"] = {
                name: {"column": how} if isinstance(how, str) else how
                for name, how in columns.items()
            }


def _told(errors: Sequence[Any]) -> Iterator[Problem]:
    for problem in problems_of(errors, Mapping):
        if problem.key == ("map",):
            yield error(("map",), "is not a list of tables.", "Begin each map with [[map]].")
        else:
            yield problem


def _validated(content: dict[str, Any]) -> Mapping:
    # Validated as JSON in strict mode: lists and tables are read, but 24 or true are no text.
    return Mapping.model_validate_json(json.dumps(content, default=str), strict=True)


def _syntax_problem(problem: tomllib.TOMLDecodeError) -> Problem:
    line = re.search(r"at line (\d+)", str(problem))
    hint = "What follows is not checked until this is corrected."
    told = error((), f"is not valid TOML: {problem}.", hint)
    return replace(told, line=int(line[1]) if line else None)
