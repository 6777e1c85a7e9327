"""How a raw column becomes the column of an entity: formats, words, and what is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lichen.ledger.suggest.assigning import Pair
from lichen.ledger.suggest.known import Known
from lichen.ledger.suggest.meanings import meanings
from lichen.ledger.suggest.personal import is_personal, shown_values
from lichen.ledger.suggest.samples import ColumnSample, TableSample
from lichen.ledger.suggest.shapes import is_moment, share
from lichen.ledger.suggest.suggestion import ColumnSuggestion, confidence_of
from lichen.vocabulary.entities import Column, Entity, Kind

RUNNERS_UP = 2
UNKNOWN_SHOWN = 5


def column_suggestion(
    entity: Entity, pair: Pair, table: TableSample, known: Known
) -> ColumnSuggestion:
    """The proposal for one column, its words and dates in the terms of the contract."""
    raw, column = pair.best.raw, pair.column
    seen = table.columns[raw]
    how, told = _how(entity, column, table, raw, known)
    return ColumnSuggestion(
        column.name,
        how,
        confidence_of(pair.best.score if seen.filled or not column.required else 0.0),
        "; ".join(filter(None, (pair.best.reason, told))),
        shown_values(table.table, raw, seen, known),
        tuple(f"{each.raw} ({each.score:.2f})" for each in pair.others[:RUNNERS_UP]),
    )


def _how(
    entity: Entity, column: Column, table: TableSample, raw: str, known: Known
) -> tuple[Mapping[str, Any], str]:
    seen = table.columns[raw]
    if column.values and not is_personal(table.table, raw, seen, known):
        return in_words(entity, column, seen, raw, known)
    if column.kind is Kind.DATE and share(seen.values, is_moment) > 0:
        return {"column": raw, "format": "day"}, ""
    return {"column": raw}, ""


def in_words(
    entity: Entity, column: Column, seen: ColumnSample, raw: str, known: Known
) -> tuple[Mapping[str, Any], str]:
    """A closed list from a raw column: the meaning of each word, and which have none yet."""
    understood = meanings(seen.values, column, entity.name, known)
    how: dict[str, Any] = {"column": raw}
    if understood.needed:
        how["values"] = understood.needed
    if not understood.unknown:
        return how, ""
    first = ", ".join(repr(word) for word in understood.unknown[:UNKNOWN_SHOWN])
    more = len(understood.unknown) - UNKNOWN_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    return how, f"say what these mean: {first}{rest}"


def needs(column: Column) -> str:
    """What a required column that was not found asks for, in a few words."""
    if column.values:
        return f"one of {', '.join(column.values)}: a column with words, or a constant"
    if column.references is not None:
        return f"the id of its {column.references}"
    return {
        Kind.DATE: "a day",
        Kind.MONTH: "a month, or a day in it",
        Kind.INSTANT: "a day or moment",
        Kind.AMOUNT: "an amount in major units",
        Kind.CURRENCY: 'an ISO code: a column, or { constant = "USD" }',
        Kind.NUMBER: "a number",
        Kind.RATE: "a positive rate",
    }.get(column.kind, "text" if not column.name.endswith("_id") else "a value that no row repeats")
