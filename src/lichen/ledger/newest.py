"""The newest fact: how far the feeds reach, not counting what is only planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lichen.engines.embedded import Embedded
from lichen.engines.text import local_date, quoted
from lichen.ledger.arrived import Arrived
from lichen.ledger.mapped import clean
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Entity, Kind

PLANNED = "starts_on"
"""Contracts, campaigns and plays are entered before they start, so their start may lie ahead."""

NO_NEWS = ("fx_rate", "churn_record")
"""Rates are no facts about customers, and what systems say of losses moves no figure's day."""


def newest_fact(
    session: Embedded, parsed: Mapping[str, Sequence[Arrived]], definitions: Definitions
) -> date | None:
    """The latest date on which something is known to have happened; None when nothing is dated.

    Counted are the dates by which rows become visible and those by which outcomes were decided.
    Starts of contracts count only where nothing else is dated; exchange rates and records of churn
    never do.
    """
    observed: list[str] = []
    planned: list[str] = []
    for name in parsed:
        entity = ENTITIES[name]
        if name in NO_NEWS:
            continue
        if entity.happened:
            (planned if entity.happened == PLANNED else observed).append(
                _latest(entity, entity.happened, definitions)
            )
        observed += [_latest(entity, closing.date, definitions) for closing in entity.closing]
    for queries in (observed, planned):
        if queries:
            newest = session.row(f"SELECT max(d) FROM ({' UNION ALL '.join(queries)})")[0]
            if newest is not None:
                found: date = newest
                return found
    return None


def _latest(entity: Entity, column: str, definitions: Definitions) -> str:
    value = quoted(column)
    if entity.by_name[column].kind is Kind.INSTANT:
        value = local_date(value, definitions.workspace.time_zone)
    return f"SELECT max({value}) AS d FROM {clean(entity.name)}"
