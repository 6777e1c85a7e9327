"""When each account first started each exposure, to the day, and with which partner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.periods import month_of
from lichen.ledger.facts import Facts
from lichen.value.comparison.days import numbered, packed, packed_day, packed_key
from lichen.value.comparison.exposure import ANY, Exposure
from lichen.value.comparison.reached import by_delivery, by_integrations, by_services
from lichen.value.comparison.touched import campaign_rows, play_rows, programme_rows
from lichen.vocabulary.definitions import Definitions

Numbered = Mapping[int, Exposure]
"""Exposures by their place in what was asked."""

Starts = Callable[[Facts, Definitions, Numbered], ir.Table]


def meaningful_rows(facts: Facts, definitions: Definitions) -> ir.Table:
    """account_key, partner_key, day: from when on each involvement is meaningful, ended or not.

    As `involvement.periods.meaningful_spans`, to the day: one of `meaningful_roles` that has lasted
    `minimum_days`, and, while it is still open, is not stale before it counts.
    """
    words = definitions.involvement
    rows = facts.table("involvement")
    rows = rows.filter(rows.role.isin(list(words.meaningful_roles)))
    begins = rows.starts_on
    if words.minimum_days:
        begins = (begins + ibis.interval(days=words.minimum_days)).cast("date")
    rows = rows.select("account_key", "partner_key", "starts_on", "ends_on", begins=begins)
    rows = rows.filter(
        rows.ends_on.isnull() | (rows.begins <= rows.ends_on),
        rows.begins <= ibis.date(facts.as_of),
    )
    if words.fresh_months:
        stale = month_of(rows.starts_on) + ibis.literal(words.fresh_months, "int64")
        rows = rows.filter(rows.ends_on.notnull() | (month_of(rows.begins) < stale))
    return rows.select("account_key", "partner_key", day=numbered(rows.begins))


def first_meaningful(meaningful: ir.Table) -> ir.Table:
    """account_key, met, met_partner: the day of the first meaningful involvement, and with whom.

    Also `met_other`: the first day of one with any other partner, null where there is none.
    """
    rows = meaningful.mutate(both=packed(meaningful.day, meaningful.partner_key))
    by_partner = rows.group_by("account_key", "partner_key").agg(both=rows.both.min())
    first = by_partner.group_by("account_key").agg(first=by_partner.both.min())
    named = by_partner.join(first.rename(owner="account_key"), [("account_key", "owner")])
    others = ibis.ifelse(named.both == named["first"], ibis.null("int64"), named.both)
    found = named.mutate(others=others).group_by("account_key", "first")
    found = found.agg(other=ibis._.others.min())
    return found.select(
        "account_key",
        met=packed_day(found["first"]),
        met_partner=packed_key(found["first"]),
        met_other=packed_day(found.other),
    )


def exposure_starts(facts: Facts, definitions: Definitions, exposures: Numbered) -> ir.Table:
    """exposure, account_key, day, partner_key: the first start of each exposure by each account.

    `exposure` is its number, `day` a day number, `partner_key` the lowest of those that
    started on it, NOBODY where the row names none. Only what counts once markers are decided
    (`involvement.believed`) is given in `facts`.
    """
    asked: dict[str, dict[int, Exposure]] = {}
    for place, exposure in exposures.items():
        asked.setdefault(exposure.name, {})[place] = exposure
    parts = [START_OF[name](facts, definitions, named) for name, named in asked.items()]
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.mutate(both=packed(rows.day, rows.partner_key))
    first = rows.group_by("exposure", "account_key").agg(both=rows.both.min())
    return first.select(
        "exposure",
        "account_key",
        day=packed_day(first.both),
        partner_key=packed_key(first.both),
    )


def _any(facts: Facts, definitions: Definitions, asked: Numbered) -> ir.Table:
    (place,) = asked
    rows = meaningful_rows(facts, definitions)
    return _told(rows.mutate(exposure=ibis.literal(place, "int64")))


def _roles(facts: Facts, _definitions: Definitions, asked: Numbered) -> ir.Table:
    words = [(place, exposure.value) for place, exposure in asked.items()]
    return _coded(facts, _involvement(facts, "role"), "role", words, pa.string())


def _partners(facts: Facts, _definitions: Definitions, asked: Numbered) -> ir.Table:
    places = {exposure.value: place for place, exposure in asked.items()}
    listed = facts.table("partner").select("partner_id", "partner_key")
    listed = facts.engine.to_arrow(listed.filter(listed.partner_id.isin(list(places))))
    keys = [(places[row["partner_id"]], row["partner_key"]) for row in listed.to_pylist()]
    return _coded(facts, _involvement(facts), "partner_key", keys, pa.int64())


def _kinds(facts: Facts, _definitions: Definitions, asked: Numbered) -> ir.Table:
    places = {exposure.value: place for place, exposure in asked.items()}
    listed = facts.engine.to_arrow(facts.table("partner").select("partner_key", "kinds"))
    keys = [
        (places[kind], row["partner_key"])
        for row in listed.to_pylist()
        for kind in sorted(set((row["kinds"] or "").split("|")) & places.keys())
    ]
    return _coded(facts, _involvement(facts), "partner_key", keys, pa.int64())


def _words(rows_of: Callable[[Facts], ir.Table]) -> Starts:
    """Exposures that name a word of rows told by `rows_of`."""

    def starts(facts: Facts, _definitions: Definitions, asked: Numbered) -> ir.Table:
        words = [(place, exposure.value) for place, exposure in asked.items()]
        return _coded(facts, rows_of(facts), "word", words, pa.string())

    return starts


def _states(reached: Callable[[Facts, Numbered], ir.Table]) -> Starts:
    """Exposures that are a state, reached on a day."""

    def starts(facts: Facts, _definitions: Definitions, asked: Numbered) -> ir.Table:
        return _told(reached(facts, asked))

    return starts


def _involvement(facts: Facts, *also: str) -> ir.Table:
    """Every involvement with the day number on which it starts, however short it is."""
    rows = facts.table("involvement")
    return rows.select("account_key", "partner_key", *also, day=numbered(rows.starts_on))


def _coded(
    facts: Facts,
    rows: ir.Table,
    column: str,
    pairs: Sequence[tuple[int, object]],
    kind: pa.DataType,
) -> ir.Table:
    """The rows with the exposures (place, value) that their value in a column belongs to."""
    table = pa.table(
        {
            "exposure": pa.array([place for place, _ in pairs], pa.int64()),
            "wanted": pa.array([value for _, value in pairs], kind),
        }
    )
    return _told(rows.join(facts.engine.from_arrow(table), [(column, "wanted")]))


def _told(rows: ir.Table) -> ir.Table:
    """Rows of starts in the one shape that they are brought together in."""
    return rows.select("exposure", "account_key", "partner_key", "day")


START_OF: dict[str, Starts] = {
    ANY: _any,
    "role": _roles,
    "partner_kind": _kinds,
    "partner": _partners,
    "integrations": _states(by_integrations),
    "services": _states(by_services),
    "delivery": _states(by_delivery),
    "play": _words(play_rows),
    "campaign": _words(campaign_rows),
    "programme": _words(programme_rows),
}
"""What finds the starts of exposures, by name; each gives exposure, account_key, partner_key, day.
"""
