"""What the keys of a mapping file mean together: each rule yields problems and never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lichen.kernel.errors import did_you_mean
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.spec import EntityMap, Mapping
from lichen.vocabulary.entities import ENTITIES, Kind
from lichen.vocabulary.problems import KeyPath, Problem

SYSTEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Draft:
    """A mapping less the entries that its models refuse, and which those are."""

    mapping: Mapping
    refused: frozenset[KeyPath]

    def as_written(self, *key: str | int) -> bool:
        """Whether nothing was refused at this place, above it or inside it."""
        return not any(
            all(one == other for one, other in zip(key, refused, strict=False))
            for refused in self.refused
        )

    def rows(self) -> Iterator[tuple[int, EntityMap]]:
        """Every map that is a table, by its place."""
        for place, row in enumerate(self.mapping.maps):
            if ("map", place) not in self.refused:
                yield place, row


def there_is_a_map(draft: Draft) -> Iterator[Problem]:
    """A mapping without maps gives no rows."""
    if not draft.mapping.maps and draft.as_written("map"):
        yield error((), "has no [[map]].", "Begin one with [[map]] and name its `entity`.")


def systems_are_names(draft: Draft) -> Iterator[Problem]:
    """A system stands in front of ids, before a colon."""
    keys: list[tuple[KeyPath, str | None]] = [(("system",), draft.mapping.system)]
    for place, row in draft.rows():
        keys += [
            (("map", place, "columns", name, "system"), how.system or None)
            for name, how in row.columns.items()
        ]
    for key, found in keys:
        if found is not None and not SYSTEM.fullmatch(found):
            yield error(
                key, f'found "{found}", expected letters, digits, "_", "-" and "." without spaces.'
            )


def maps_name_entities(draft: Draft) -> Iterator[Problem]:
    """Every map says whose rows it makes."""
    for place, row in draft.rows():
        key = ("map", place, "entity")
        if row.entity is None:
            if draft.as_written(*key):
                yield error(("map", place), "has no `entity`.", "Name the entity of its rows.")
        elif row.entity not in ENTITIES:
            yield error(
                key, f"there is no entity '{row.entity}'.", did_you_mean(row.entity, ENTITIES)
            )


def maps_have_one_source(draft: Draft) -> Iterator[Problem]:
    """A map reads one table with `from`, or a SELECT with `sql` and the table that drives it."""
    for place, row in draft.rows():
        key: KeyPath = ("map", place)
        if not all(draft.as_written(*key, name) for name in ("from", "sql", "driving")):
            continue
        if row.sql is None and row.source is None:
            yield error(
                key, "has neither `from` nor `sql`.", 'Name its raw table: from = "accounts".'
            )
        elif row.sql is not None and row.source is not None:
            yield error(
                (*key, "from"), "stands beside `sql`.", "Keep one: a table or a SELECT over tables."
            )
        elif row.sql is not None and row.driving is None:
            hint = "Name the table whose _row the SELECT returns."
            yield error((*key, "sql"), "has no `driving`.", hint)
        elif row.sql is None and row.driving is not None:
            yield error((*key, "driving"), "stands without `sql`.", "Remove it.")


def maps_have_their_own_names(draft: Draft) -> Iterator[Problem]:
    """Two maps of one name could not be told apart in the accounting."""
    seen: dict[str, int] = {}
    for place, row in draft.rows():
        first = seen.setdefault(row.title, place)
        if first != place and row.entity and row.table:
            yield error(
                ("map", place),
                f"is called '{row.title}', as map[{first + 1}] is.",
                "Give one of them another `name`.",
            )


def required_columns_are_mapped(draft: Draft) -> Iterator[Problem]:
    """A required column that no key mentions; what a SELECT returns is known once it is bound."""
    for place, row in draft.rows():
        if row.entity not in ENTITIES or row.sql is not None or not _is_sound(draft, place):
            continue
        refused = {key[3] for key in draft.refused if len(key) > 3 and key[:2] == ("map", place)}
        for name in ENTITIES[row.entity].required:
            if name not in row.columns and name not in refused:
                yield error(
                    ("map", place, "columns"),
                    f"{row.entity}.{name} is required and not mapped.",
                    f'Add {name} = "its raw column", or {name} = {{ constant = "…" }}.',
                )


def _is_sound(draft: Draft, place: int) -> bool:
    """Whether the table `columns` of a map is one."""
    refused = (("map", place, "columns"), ("map", place, "sql"))
    return not any(key in draft.refused for key in refused)


def inclusive_ends_are_days(draft: Draft) -> Iterator[Problem]:
    """An entity without an end day has no last day to include."""
    for place, row in draft.rows():
        entity = ENTITIES.get(row.entity or "")
        if not row.inclusive_end or entity is None:
            continue
        if entity.ends is None or entity.by_name[entity.ends].kind is not Kind.DATE:
            key = ("map", place, "inclusive_end")
            yield error(key, f"{entity.name} has no end day.", "Remove it.")
