"""What the keys of one column of a map mean together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.kernel.money import currencies
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.ids import may_name_a_system
from lichen.ledger.mapping.meaning import Draft
from lichen.ledger.mapping.spec import ColumnMap, EntityMap
from lichen.vocabulary.entities import ENTITIES, Column, Kind
from lichen.vocabulary.problems import KeyPath, Problem


def columns_are_mapped_soundly(draft: Draft) -> Iterator[Problem]:
    """Every column of every map: its name, its one way of coming about, its words."""
    for place, row in draft.rows():
        for name, how in row.columns.items():
            key = ("map", place, "columns", name)
            known = ENTITIES[row.entity].by_name if row.entity in ENTITIES else {}
            if known and name not in known:
                yield error(key, f"{row.entity} has no column '{name}'.", did_you_mean(name, known))
            if draft.as_written(*key):
                yield from _conflicts(key, how, row)
                if name in known:
                    yield from _unfit_words(key, how, known[name])
                    yield from _unfit_options(key, how, str(row.entity), known[name])


def _conflicts(key: KeyPath, how: ColumnMap, row: EntityMap) -> Iterator[Problem]:
    """Ways and options that contradict each other."""
    origins = how.origins
    if len(origins) > 1:
        yield error(key, f"says {_listed(origins)}.", "Keep one of them.")
    elif not origins and row.sql is None:
        yield error(
            key,
            "says neither `column`, `columns`, `constant` nor `sql`.",
            'Name its raw column: { column = "…" }.',
        )
    if how.columns == ():
        yield error((*key, "columns"), "is an empty list.", "Name at least one raw column.")
    if how.join is not None and how.columns is None:
        yield error((*key, "join"), "stands without `columns`.", "Remove it.")
    if how.other is not None and not how.values:
        hint = "List the words it does not stand for, or use `constant`."
        yield error((*key, "other"), "stands without `values`.", hint)
    if "constant" in origins:
        for option in ("values", "other", "default", "format"):
            if getattr(how, option):
                yield error((*key, option), "has no effect on a constant.", "Remove it.")


def _listed(ways: tuple[str, ...]) -> str:
    return ", ".join(f"`{way}`" for way in ways[:-1]) + f" and `{ways[-1]}`"


def _unfit_words(key: KeyPath, how: ColumnMap, column: Column) -> Iterator[Problem]:
    """Words that the contract of the column would put aside in every row."""
    meant: dict[tuple[str, ...], str] = {
        ("values", word): meaning for word, meaning in how.values.items()
    }
    meant |= {
        (option,): found
        for option in ("constant", "other", "default")
        if (found := getattr(how, option)) is not None
    }
    for place, found in meant.items():
        for word in _words(found, column):
            known = _known_words(column)
            if known and not {word, word.lower(), word.upper()} & set(known):
                near = did_you_mean(word.lower(), known)
                yield error(
                    (*key, *place),
                    f'found "{word}", expected {_expected(column)}.',
                    near if near.startswith("Did") and column.values else "",
                )


def _words(found: str, column: Column) -> list[str]:
    """The words in a text of this column; empty text has none."""
    parts = re.split(r"[|;]", found) if column.kind is Kind.ENUM_LIST else [found]
    return [part.strip() for part in parts if part.strip()]


def _known_words(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.BOOLEAN:
        return ("true", "false", "yes", "no", "1", "0")
    return tuple(currencies()) if column.kind is Kind.CURRENCY else column.values


def _expected(column: Column) -> str:
    if column.kind is Kind.CURRENCY:
        return "an ISO 4217 code such as USD"
    return f"one of {', '.join(_known_words(column))}"


def _unfit_options(key: KeyPath, how: ColumnMap, entity: str, column: Column) -> Iterator[Problem]:
    """Options that say nothing about a column of this kind."""
    if how.system and not may_name_a_system(entity, column.name):
        yield error((*key, "system"), f"{entity}.{column.name} holds no id.", "Remove it.")
    if how.format is not None:
        # Nothing is seen yet, so only a word that means nothing for this kind is refused.
        from lichen.ledger.formats import Evidence, Refusal, decide

        refusal = decide(Evidence(column.kind), how.format)
        if isinstance(refusal, Refusal):
            yield error((*key, "format"), refusal.sentence, refusal.next_step)
