"""The first-contract design: what was there when the account came, 30 days after its start.

For exposures at or before the first contract, for how an account was acquired, and for time to
value. Nobody can be followed from before a contract, so time zero is 30 days after it for all.
"""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement import believed
from lichen.involvement.routes import acquired_via
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.time_to_value import milestones_of
from lichen.value.comparison.days import numbered, packed, packed_key
from lichen.value.comparison.held import arr_on
from lichen.value.comparison.members import COMPARED, Arrangement, Asked
from lichen.value.comparison.panel import NOBODY
from lichen.value.comparison.quarter import NOT_A_CUSTOMER, TOO_LATE
from lichen.value.comparison.starts import exposure_starts, first_meaningful, meaningful_rows
from lichen.value.comparison.states import NOWHERE, by_place, place_of
from lichen.value.comparison.strata import contract_strata
from lichen.vocabulary.roles import ORIGIN_ROLES

DAYS = 30
"""Time zero is so many days after the first start: who helped to win the account is known then."""

ACQUIRED_VIA = "acquired_via"
DIRECT = "direct"

AFTER_T0 = "started_after_time_zero"
CAME_EARLY = "came_before_the_first_quarter"
NO_ARR = "no_arr_at_time_zero"


def by_first_contract(asked: Asked) -> Arrangement:
    """The first-contract design: exposed is who had the exposure by T0, for whatever reason.

    Comparable is who had no meaningful involvement and no partner origin up to T0; against
    `acquired_via` only those acquired direct. A landmark is the quarter that holds T0.

    Raises:
        RateMissing: a foreign line stands at a T0 whose quarter ends without a fresh rate.
    """
    facts, definitions, engine = asked.facts, asked.definitions, asked.facts.engine
    seen = believed(facts, definitions)
    came = engine.materialise(_contracts(asked))
    strata = contract_strata(facts, definitions, came)
    starts, barred = _starts(seen, asked, came)
    met = first_meaningful(meaningful_rows(seen, definitions)).select("account_key", "met")
    states = left_join(strata.states, met, "account_key")
    states = engine.materialise(left_join(states, _origins(seen), "account_key"))
    pool = states.filter(states.place != NOWHERE, states.arr > 0)
    pool = pool.filter(*(pool[day].isnull() | (pool[day] > pool.t0_day) for day in ("met", "won")))
    columns = ("account_key", "landmark", "t0", "t0_day", "stratum", "already_at_value")
    return Arrangement(
        design="first_contract",
        starts=engine.materialise(starts.union(barred)) if barred is not None else starts,
        judged=engine.materialise(_judged(starts, states, asked)),
        pool=engine.materialise(pool.select(*columns)),
        strata=strata.words,
        findings=() if strata.finding is None else (strata.finding,),
    )


def _contracts(asked: Asked) -> ir.Table:
    """One row for each account that ever had a line: account_key, t0, t0_day, place, landmark, arr,
    already_at_value. `arr` is ARR at T0, `landmark` null where T0 lies in no quarter compared.
    """
    facts = asked.facts
    lines = facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull(), lines.starts_on.notnull())
    first = lines.group_by("account_key").agg(came_on=lines.starts_on.min())
    first = first.mutate(t0=(first.came_on + ibis.interval(days=DAYS)).cast("date"))
    first = first.mutate(t0_day=numbered(first.t0))
    first = first.mutate(place=place_of(first.t0_day, asked.landmarks))
    months = [landmark.month for landmark in asked.landmarks]
    first = facts.engine.materialise(first.mutate(landmark=by_place(first.place, months)))
    rows = left_join(first, _arr_at_t0(asked, lines, first), "account_key")
    rows = left_join(rows, _reached_value(asked), "account_key")
    at_value = (rows.value_on <= rows.t0).fill_null(False)
    return rows.mutate(arr=rows.arr.fill_null(whole(0)), already_at_value=at_value).drop("value_on")


def _arr_at_t0(asked: Asked, lines: ir.Table, first: ir.Table) -> ir.Table:
    """account_key, arr: at T0, at the rate of its quarter's end."""
    points = first.filter(first.place != NOWHERE)
    points = points.select("landmark", "t0", owner="account_key", rate_month="landmark")
    met = lines.inner_join(points, lines.account_key == points.owner)
    held = arr_on(asked.facts, asked.definitions, met, {"arr": "t0"})
    return held.select("account_key", "arr")


def _reached_value(asked: Asked) -> ir.Table:
    """account_key, value_on: when an account reached what the workspace calls value."""
    told = milestones_of(asked.facts, asked.definitions.time_to_value)
    rows = asked.facts.table("milestone")
    rows = rows.filter(rows.milestone == (told.value if told else ""))
    return rows.group_by("account_key").agg(value_on=rows.reached_on.min())


def _origins(seen: Facts) -> ir.Table:
    """account_key, won: the first day of a role or a line that makes a partner the origin."""
    rows = _origin_rows(seen)
    return rows.group_by("account_key").agg(won=rows.day.min())


def _origin_rows(seen: Facts) -> ir.Table:
    """account_key, partner_key, day of every role and line that makes a partner the origin."""
    roles = seen.table("involvement")
    roles = roles.filter(roles.role.isin(list(ORIGIN_ROLES)))
    lines = seen.table("subscription")
    lines = lines.filter(
        lines.account_key.notnull(),
        lines.sold_by_partner_id.notnull() | lines.marketplace.notnull(),
    )
    return roles.select("account_key", "partner_key", day=numbered(roles.starts_on)).union(
        lines.select(
            "account_key", partner_key="sold_by_partner_key", day=numbered(lines.starts_on)
        )
    )


def _starts(seen: Facts, asked: Asked, came: ir.Table) -> tuple[ir.Table, ir.Table | None]:
    """The starts of every exposure, and rows of accounts that are no controls all the same."""
    routes = [k for k, exposure in enumerate(asked.exposures) if exposure.name == ACQUIRED_VIA]
    engine = seen.engine
    others = {k: e for k, e in enumerate(asked.exposures) if k not in routes}
    found = [exposure_starts(seen, asked.definitions, others)] if others else []
    barred = []
    if routes:
        won = engine.materialise(_routes(seen, came))
        for place in routes:
            this = won.route == asked.exposures[place].value
            rows = won.mutate(exposure=whole(place)).select(
                "exposure", "account_key", "day", "partner_key", "route"
            )
            found.append(rows.filter(this).drop("route"))
            barred.append(rows.filter(~this & (rows.route != DIRECT)).drop("route"))
    starts = engine.materialise(ibis.union(*found) if len(found) > 1 else found[0])
    if not barred:
        return starts, None
    return starts, ibis.union(*barred) if len(barred) > 1 else barred[0]


def _routes(seen: Facts, came: ir.Table) -> ir.Table:
    """account_key, route, day, partner_key: how each account was acquired, as it was known at T0.

    `day` is that of the first start; the partner is the first that made itself the origin.
    """
    t0 = came.select("account_key", "t0", "t0_day")
    known = replace(seen, tables={**seen.tables, **_up_to(seen, t0)})
    routes = acquired_via(known).select("account_key", "route")
    rows = _origin_rows(seen)
    rows = rows.mutate(both=packed(rows.day, rows.partner_key))
    first = rows.group_by("account_key").agg(both=rows.both.min())
    named = left_join(routes.inner_join(t0, "account_key"), first, "account_key")
    return named.select(
        "account_key",
        "route",
        day=named.t0_day - DAYS,
        partner_key=packed_key(named.both).fill_null(whole(NOBODY)),
    )


def _up_to(seen: Facts, t0: ir.Table) -> dict[str, ir.Table]:
    """The rows that say how an account was acquired, without those dated after its T0."""
    until = t0.select(until="t0", owner="account_key")
    tables = {}
    for entity, day in (
        ("opportunity", "closed_on"),
        ("involvement", "starts_on"),
        ("subscription", "starts_on"),
    ):
        rows = seen.table(entity)
        met = rows.inner_join(until, rows.account_key == until.owner)
        on = met[day].fill_null(met.created_on) if entity == "opportunity" else met[day]
        tables[entity] = met.filter(on <= met.until).select(*rows.columns)
    return tables


def _judged(starts: ir.Table, states: ir.Table, asked: Asked) -> ir.Table:
    """Every start with the one reason why it is compared or not, as `quarter.judged_starts`."""
    rows = left_join(starts, states, "account_key")
    reason = ibis.cases(
        (rows.t0_day.isnull(), NOT_A_CUSTOMER),
        (rows.day > rows.t0_day, AFTER_T0),
        (rows.t0_day > asked.landmarks[-1].t0_day, TOO_LATE),
        (rows.place == NOWHERE, CAME_EARLY),
        (rows.arr <= 0, NO_ARR),
        else_=COMPARED,
    )
    columns = ("exposure", "account_key", "day", "partner_key")
    places = ("landmark", "t0", "stratum", "already_at_value")
    return rows.mutate(reason=reason).select(*columns, "reason", *places)
