"""Words that a column holds although a table of the source does not list them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.kernel.errors import did_you_mean
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.rows import Source, kept_cells
from lichen.ledger.mapping.spec import EntityMap
from lichen.ledger.mapping.tables import RawTable
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.problems import KeyPath, Problem

SHOWN = 3
"""Words that a finding names, the most frequent ones."""


def lists_that_are_not_there(
    key: KeyPath, row: EntityMap, tables: Named[str, RawTable]
) -> Iterator[Problem]:
    """What `among` of a map's columns names and the tables lack."""
    for name, how in row.columns.items():
        if how.among is None:
            continue
        place = (*key, "columns", name, "among")
        table, _, column = how.among.partition(".")
        if table not in tables:
            hint = did_you_mean(table, tables)
            yield error(place, f"there is no raw table '{table}'.", hint)
        elif column not in tables[table].columns:
            hint = did_you_mean(column, tables[table].columns)
            yield error(place, f"'{table}' has no column '{column}'.", hint)


def unlisted(
    session: Embedded, entity_map: EntityMap, source: Source, tables: Named[str, RawTable]
) -> list[Finding]:
    """A finding per column that has `among` and holds, in rows that are kept, other words."""
    lists = {name: how.among for name, how in entity_map.columns.items() if how.among is not None}
    if not lists:
        return []
    asked = kept_cells(entity_map, source, tuple(lists))
    found = []
    for name, place in lists.items():
        table, _, column = place.partition(".")
        if not tables[table].files:
            continue
        there = f"{trimmed(quoted(column))} AS word FROM ({tables[table].relation})"
        held = f"{asked.cells[name][0]} AS word FROM ({asked.relation})"
        strange = _strange(session, held, there)
        if strange:
            known = [row[0] for row in session.rows(f"SELECT DISTINCT {there}") if row[0]]
            found.append(_finding(entity_map, name, place, strange, known))
    return found


def _strange(session: Embedded, held: str, there: str) -> dict[str, int]:
    """Words that are held and are not there, with their rows, the most frequent ones first."""
    return dict(
        session.rows(
            f"SELECT word, count(*) AS rows FROM (SELECT {held}) WHERE word IS NOT NULL AND word "
            f"NOT IN (SELECT word FROM (SELECT {there}) WHERE word IS NOT NULL) "
            "GROUP BY word ORDER BY rows DESC, word"
        )
    )


def _finding(
    row: EntityMap, column: str, place: str, strange: Named[str, int], known: list[str]
) -> Finding:
    count = sum(strange.values())
    shown = list(strange)[:SHOWN]
    told = "; ".join(f"'{word}' in {strange[word]:,}{_meant(word, known)}" for word in shown)
    more = f"; and {len(strange) - SHOWN:,} more words" if len(strange) > SHOWN else ""
    return Finding(
        f"unlisted_{row.entity}_{column}",
        str(row.entity),
        count,
        f"{count:,} rows of {row.title} have a {column} that {place} does not list: {told}{more}. "
        "Correct them at the source, or say under `values` in the mapping what each means.",
        Severity.WARNING,
        examples=tuple(shown),
    )


def _meant(word: str, known: list[str]) -> str:
    hint = did_you_mean(word, known)
    return f" ({hint[0].lower()}{hint[1:]})" if hint.startswith("Did") else ""
