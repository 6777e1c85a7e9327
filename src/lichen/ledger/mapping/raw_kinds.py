"""Whether cells of raw columns are what the mapping declares, in whatever way they are written."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import dataclass

from lichen.engines import text
from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.ledger.formats import Evidence, Format, Refusal, canonical, decide, observe
from lichen.ledger.mapping.tables import RawTable
from lichen.vocabulary.entities import Kind

KINDS: dict[str, Kind] = {
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "date": Kind.INSTANT,
    "boolean": Kind.BOOLEAN,
}
"""A moment is a date with a time of day, so it may stand in a column of dates."""

READINGS: dict[Kind, tuple[str, ...]] = {
    Kind.INTEGER: ("1,234.50", "1.234,50"),
    Kind.NUMBER: ("1,234.50", "1.234,50"),
    Kind.INSTANT: ("DD-MM-YYYY", "MM-DD-YYYY"),
}
"""Ways of writing between which cells may leave a doubt; what is one in any way is one here."""

READ = {
    Kind.INTEGER: text.integer_from_text,
    Kind.NUMBER: text.number_from_text,
    Kind.INSTANT: text.instant_from_text,
    Kind.BOOLEAN: text.boolean_from_text,
}


@dataclass(frozen=True)
class Misfits:
    """Cells of a column that are not of its kind; `fits` is SQL over its trimmed cell."""

    column: str
    kind: str
    fits: str
    count: int
    example: str


def misfits(session: Embedded, table: RawTable, declared: Named[str, str]) -> list[Misfits]:
    """The declared columns that hold more than text, and which of their cells do not fit."""
    held = {
        column: KINDS[kind]
        for column, kind in declared.items()
        if kind in KINDS and column in table.columns
    }
    if not held:
        return []
    cells = ", ".join(f"{trimmed(quoted(column))} AS {quoted(column)}" for column in held)
    relation = f"(SELECT {cells} FROM ({table.relation}))"
    asked = {column: (quoted(column), kind) for column, kind in held.items()}
    seen = observe(session, relation, asked)
    fits = {column: _fits(quoted(column), seen[column]) for column in held}
    counts = ", ".join(
        f"count(*) FILTER (WHERE NOT ({condition})), "
        f"left(min({quoted(column)}) FILTER (WHERE NOT ({condition})), 60)"
        for column, condition in fits.items()
    )
    found = session.row(f"SELECT {counts} FROM {relation}")
    return [
        Misfits(column, declared[column], fits[column], int(found[at * 2]), found[at * 2 + 1] or "")
        for at, column in enumerate(held)
    ]


def _fits(cell: str, evidence: Evidence) -> str:
    """SQL of whether a cell is empty or of its kind."""
    kind = evidence.kind
    decided = decide(evidence)
    formats = [decided]
    if isinstance(decided, Refusal):
        formats = [Format(kind, word, placeholders=True) for word in READINGS.get(kind, ())]
    read = [canonical(cell, one) for one in formats if isinstance(one, Format)]
    holds = [f"{one} IS NULL OR {READ[kind](one)} IS NOT NULL" for one in read]
    return f"({cell} IS NULL OR {' OR '.join(holds)})" if holds else "true"
