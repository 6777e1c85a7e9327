"""The proposal for a source: entities for its tables, columns for entities, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lichen.ledger.suggest.choosing import Choice, choose, id_columns, words_of_tables
from lichen.ledger.suggest.deriving import Looked, derived
from lichen.ledger.suggest.filtering import filters, trials
from lichen.ledger.suggest.hows import column_suggestion, needs
from lichen.ledger.suggest.keys import Ids
from lichen.ledger.suggest.known import Known, known
from lichen.ledger.suggest.marking import marked
from lichen.ledger.suggest.names import shared_beginning
from lichen.ledger.suggest.reaching import reached
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.suggestion import Confidence, MapSuggestion, Suggestion, Unmapped
from lichen.ledger.suggest.within import churn_within, partners_within
from lichen.vocabulary.entities import ENTITIES

WITHOUT_PARTNERS = (
    "No map here gives the partners: have one as `partner`, here, in another source or as "
    "feeds/partner.csv, then take the marks away."
)


def suggest(
    source: str, tables: Sequence[TableSample], *, currency: str | None = None
) -> Suggestion:
    """A mapping for the tables of a source, proposed from the names and values of their columns.

    `currency` is that of the workspace: the constant where amounts need one and no column tells.
    """
    words = words_of_tables(
        tables, shared_beginning([t.table for t in tables], source, known()), known()
    )
    # Ids are found first, so that references can be recognised by the values they lead to.
    first = {t.table: choose(t, words[t.table], {}, known())[0] for t in tables}
    ids = id_columns({name: choice for name, choice in first.items() if choice}, tables)
    maps: list[MapSuggestion] = []
    unmapped: list[Unmapped] = []
    for table in tables:
        choice, reason = choose(table, words[table.table], ids, known())
        if choice is None:
            unmapped.append(Unmapped(table.table, table.rows, len(table.columns), reason))
        else:
            maps.append(_map(choice, table, currency, known()))
    own = [reached(row, maps, tables, ids, known()) for row in maps]
    extra = [more for row in own for more in _more(row, own, tables, ids, known())]
    return Suggestion(
        source, tuple(_in_order(_with_partners(list(_told_twice([*own, *extra]))))), tuple(unmapped)
    )


def _map(choice: Choice, table: TableSample, currency: str | None, known: Known) -> MapSuggestion:
    entity = choice.entity
    found = {
        name: column_suggestion(entity, pair, table, known) for name, pair in choice.pairs.items()
    }
    columns = derived(Looked(entity, table, found, currency, known))
    missing = {
        name: needs(entity.by_name[name])
        for name in entity.required
        if name not in columns or not columns[name].is_active
    }
    read = {str(each.how.get("column")) for each in columns.values() if each.is_active}
    return MapSuggestion(
        entity.name,
        table.table,
        choice.confidence,
        _why(choice),
        tuple(columns.values()),
        missing,
        filters(table, entity.name, known),
        tuple(_notes(choice, table, known)),
        tuple(raw for raw in table.columns if raw not in read),
        is_history=choice.is_history,
    )


def _why(choice: Choice) -> str:
    required = choice.entity.required
    found = sum(name in choice.pairs for name in required)
    named = "its name" if choice.named >= 0.8 else "its columns"
    return f"by {named}, and {found} of {len(required)} required columns"


def _notes(choice: Choice, table: TableSample, known: Known) -> Iterator[str]:
    if choice.others:
        yield f"It may also be: {', '.join(choice.others)}."
    own = choice.pairs.get(choice.entity.key[0])
    seen = table.columns[own.best.raw] if own else None
    if seen is not None and len(choice.entity.key) == 1 and seen.filled and not seen.is_unique:
        yield (
            "Ids repeat, as in a history. Keep the newest row of each: map updated_at and set "
            f'feeds.{choice.entity.name}.keep_latest_by = "updated_at" in lichen.toml.'
        )
    if choice.entity.name == "usage":
        yield (
            "Usage is one row per account, month, product and feature: where there are several, "
            "add them up in an SQL map, or they are put aside as conflicts."
        )
    trial = trials(table, known)
    if trial is not None and choice.entity.name == "subscription":
        yield f"{trial} marks trials: leave them out with a filter if they are no revenue."


def _more(
    row: MapSuggestion,
    maps: Sequence[MapSuggestion],
    tables: Sequence[TableSample],
    ids: Ids,
    known: Known,
) -> Iterator[MapSuggestion]:
    """Maps of what else stands in the table of a map."""
    if row.confidence is Confidence.LOW:
        return
    table = next(each for each in tables if each.table == row.table)
    if not any(other.entity == "partner" for other in maps):
        yield from partners_within(row, table, known)
    yield from churn_within(row, table, known)
    for more in marked(row, table, known):
        yield reached(more, maps, tables, ids, known)


def _told_twice(maps: Sequence[MapSuggestion]) -> Iterator[MapSuggestion]:
    """Tables that would fill one entity together are told of each other."""
    tables: dict[str, list[str]] = {}
    for row in maps:
        if row.name is None:
            tables.setdefault(row.entity, []).append(row.table)
    for row in maps:
        others = [table for table in tables.get(row.entity, ()) if table != row.table]
        if row.name is None and others:
            note = f"Also proposed for {row.entity}: {', '.join(others)}. Keep both only if they "
            yield replace(
                row,
                notes=(*row.notes, note + "hold different rows."),
                confidence=Confidence.LOW if row.is_history else row.confidence,
            )
        else:
            yield row


def _with_partners(maps: Sequence[MapSuggestion]) -> Iterator[MapSuggestion]:
    """Maps that need partners are only mentioned while nothing tells who the partners are."""
    there = any(row.entity == "partner" and row.is_active for row in maps)
    for row in maps:
        partner = ENTITIES[row.entity].by_name.get("partner_id")
        if there or not row.is_active or partner is None or not partner.required:
            yield row
        else:
            yield replace(row, notes=(*row.notes, WITHOUT_PARTNERS), confidence=Confidence.LOW)


def _in_order(maps: Iterator[MapSuggestion]) -> list[MapSuggestion]:
    """In the order of the vocabulary, own tables before what stands in tables of others."""
    places: Mapping[str, int] = {name: place for place, name in enumerate(ENTITIES)}
    return sorted(maps, key=lambda row: (places[row.entity], row.name is not None))
