"""The SQL of one cell of an entity: words put together, meant, read, and given their system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from lichen.engines.text import date_from_text, literal, quoted, trimmed, words
from lichen.ledger.formats import Format, canonical
from lichen.ledger.mapping.ids import is_id, prefixed
from lichen.ledger.mapping.spec import ColumnMap, EntityMap, Rule
from lichen.vocabulary.entities import ENTITIES, Kind

LAST_DAY = "DATE '9999-12-31'"
"""Often written for an end that is open; no day follows it."""


def found_text(how: ColumnMap, name: str, expression: str | None) -> str:
    """SQL of the text that a column starts from, over trimmed raw cells; null when empty.

    `expression` is the checked SQL of `how.sql`.
    """
    if how.constant is not None:
        return literal(how.constant) if how.constant else "CAST(NULL AS VARCHAR)"
    if expression is not None:
        return trimmed(f"CAST(({expression}) AS VARCHAR)")
    cells = [quoted(column) for column in how.raw_columns(name)]
    if how.columns is None:
        return cells[0]
    joined = literal(" " if how.join is None else how.join)
    return f"nullif(concat_ws({joined}, {', '.join(cells)}), '')"


def meant_text(cell: str, how: ColumnMap) -> str:
    """SQL of what the text means by the value map; words that are not in it stay, or are `other`.

    A word is looked up as it is written, then in any case where that leaves no doubt.
    """
    if not how.values:
        return cell
    exact = {word.strip(): meant for word, meant in how.values.items()}
    rest = cell if how.other is None else literal(how.other)
    found = [_looked_up(cell, exact)]
    if loose := _in_any_case(exact):
        found.append(_looked_up(f"lower({cell})", loose))
    meant = f"nullif(coalesce({', '.join(found)}, {rest}), '')"
    return f"CASE WHEN {cell} IS NOT NULL THEN {meant} END"


def _looked_up(cell: str, values: Mapping[str, str]) -> str:
    pairs = " ".join(
        f"WHEN {literal(word)} THEN {literal(meant)}" for word, meant in values.items()
    )
    return f"CASE {cell} {pairs} END"


def _in_any_case(values: Mapping[str, str]) -> dict[str, str]:
    """Words in small letters, where all spellings that are listed mean the same."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for word, meant in values.items():
        meanings[word.lower()].add(meant)
    return {word: min(meant) for word, meant in meanings.items() if len(meant) == 1}


def read_text(cell: str, how: ColumnMap, format: Format | None) -> str:
    """SQL of the canonical text of what was meant, the default where nothing is."""
    found = cell if format is None else canonical(cell, format)
    return found if not how.default else f"coalesce({found}, {literal(how.default)})"


def final_text(cell: str, name: str, entity_map: EntityMap, system: str) -> str:
    """SQL of the text as the entity holds it: ids with their system, ends after the last day."""
    entity = ENTITIES[str(entity_map.entity)]
    column, how = entity.by_name[name], entity_map.columns.get(name, ColumnMap())
    if how.system is not None or is_id(entity, column):
        of = system if how.system is None else how.system
        return prefixed(cell, of) if of else cell
    if entity_map.inclusive_end and name == entity.ends and column.kind is Kind.DATE:
        day = date_from_text(cell)
        return (
            f"CASE WHEN {day} < {LAST_DAY} THEN CAST(CAST({day} + 1 AS DATE) AS VARCHAR) "
            f"ELSE {cell} END"
        )
    return cell


def keeps(rule: Rule, expression: str | None) -> str:
    """SQL of the condition under which a filter keeps a row, over trimmed raw cells.

    Words count in any case. An empty cell is in a list only where the list holds empty text.
    """
    if expression is not None:
        return expression
    cell = quoted(str(rule.column))
    if rule.filled is not None:
        return f"{cell} IS {'NOT ' if rule.filled else ''}NULL"
    listed = [word.strip().lower() for word in rule.one_of or rule.not_in or ()]
    found = f"lower(coalesce({cell}, '')) IN {words(listed)}" if listed else "false"
    return found if rule.one_of is not None else f"NOT ({found})"
