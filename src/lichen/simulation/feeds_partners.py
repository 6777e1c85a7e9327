"""Feeds of the partners and of what they do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.calendar import FAR, Calendar
from lichen.simulation.draws import Draws, Ints
from lichen.simulation.feeds_revenue import partner_ids
from lichen.simulation.partners import ROLE_CODE, Roster
from lichen.simulation.pipeline import ORIGIN_MOTIONS
from lichen.simulation.world import World
from lichen.vocabulary.roles import ROLES, SEGMENTS

_TIERS = ("gold", "silver", "registered")
_STAGE_OF_ROLE = {
    "sourced": "evaluate",
    "referred": "evaluate",
    "validated": "evaluate",
    "resold": "buy",
    "co_sold": "buy",
    "implemented": "onboard",
    "integrated": "adopt",
    "trained": "adopt",
    "managed": "operate",
    "supported": "operate",
    "advised": "expand",
}


def _ids(roster: Roster) -> pa.Array:
    return tables.numbered("prm:P", np.arange(1, len(roster) + 1), 3)


def partner(draws: Draws, roster: Roster, calendar: Calendar) -> pa.Table:
    """One row per partner."""
    index = np.arange(len(roster), dtype=np.int64)
    first = [words.PARTNER_FIRST[n % len(words.PARTNER_FIRST)] for n in index]
    name = [f"{f} {words.PARTNER_SECOND[k[0]]}" for f, k in zip(first, roster.kinds, strict=True)]
    served = draws.stream("partner segments", index).choice((20, 30, 20, 30))
    segments = ("smb", "smb|mid_market", "mid_market|enterprise", "|".join(SEGMENTS))
    tier = np.clip(np.searchsorted((-1.6, -0.9), -roster.weight), 0, 2)
    left = roster.left < calendar.months
    return tables.feed(
        "partner",
        {
            "partner_id": _ids(roster),
            "name": pa.array(name),
            "domain": pa.array([text.lower().replace(" ", "-") + ".example" for text in name]),
            "kinds": pa.array(["|".join(sorted(kinds)) for kinds in roster.kinds]),
            "standing": tables.words(
                np.where(roster.weight > 1.3, 0, 1), ("strategic", "tactical")
            ),
            "tier": tables.words(tier, _TIERS),
            "region": tables.words(
                np.where(roster.region < len(words.REGIONS), roster.region, -1), words.REGIONS
            ),
            "segments": tables.words(served, segments),
            "capacity": tables.real(
                draws.stream("capacity", index).whole(5, 60).astype(np.float64)
            ),
            "manager_key": tables.words(
                draws.stream("partner manager", index).whole(0, 5), [f"pm-{n}" for n in range(1, 7)]
            ),
            "joined_on": tables.days(calendar.first_day(roster.joined)),
            "left_on": tables.days(calendar.month_end(np.minimum(roster.left, 2400)), left),
        },
    )


def involvement(world: World, deals: pa.Array) -> pa.Table:
    """One row per involvement that happened; `deals` is the opportunity of each."""
    plan = world.involvements
    motion = np.full(len(ROLES), -1, dtype=np.int64)
    motions = ("resell", "co-sell", "refer")
    for role, word in ORIGIN_MOTIONS.items():
        motion[role] = motions.index(word)
    stages = sorted(set(_STAGE_OF_ROLE.values()))
    stage = np.array([stages.index(_STAGE_OF_ROLE[role]) for role in ROLES])
    stem = tables.numbered("prm:V", world.people.index[plan.account], 7)
    return tables.feed(
        "involvement",
        {
            "involvement_id": tables.joined(stem, tables.numbered("-", plan.sequence, 2)),
            "account_id": tables.words(plan.account, world.account_ids),
            "partner_id": tables.words(plan.partner, partner_ids(world)),
            "role": tables.words(plan.role, ROLES),
            "motion": tables.words(motion[plan.role], motions),
            "lifecycle_stage": tables.words(stage[plan.role], stages),
            "starts_on": tables.days(plan.start_day),
            "ends_on": tables.days(plan.end_day, plan.end < FAR),
            "opportunity_id": deals,
        },
    )


def certification(draws: Draws, roster: Roster, calendar: Calendar) -> pa.Table:
    """People at partners and what they were certified in, for two years each.

    A third of the partners certify nobody.
    """
    each = 8
    owner = np.repeat(np.arange(len(roster), dtype=np.int64), each)
    person = np.tile(np.arange(each, dtype=np.int64), len(roster))
    luck = owner * each + person
    low = np.maximum(roster.joined[owner], 0)
    room = np.maximum(np.minimum(roster.left[owner], calendar.months) - low, 1)
    month = low + (draws.stream("certified in", luck).uniform() * room).astype(np.int64)
    day = calendar.day(month, draws.stream("certified day", luck).whole(1, 28))
    certifies = draws.stream("certifies", np.arange(len(roster), dtype=np.int64)).uniform() < 0.67
    chosen = draws.stream("certified", luck).uniform() < 0.55
    at = np.flatnonzero(chosen & certifies[owner])
    course = draws.stream("course", luck).choice((40, 35, 25))[at]
    return tables.feed(
        "certification",
        {
            "partner_id": tables.words(owner[at], _ids(roster)),
            "person_key": tables.joined(
                tables.numbered("person-", owner[at] + 1, 3),
                tables.numbered("-", person[at] + 1, 1),
            ),
            "certification": tables.words(course, ("administrator", "implementer", "architect")),
            "earned_on": tables.days(day[at]),
            "expires_on": tables.days(day[at] + 730),
        },
    )


_WORK = {
    ROLE_CODE["trained"]: "training",
    ROLE_CODE["implemented"]: "programme",
    ROLE_CODE["integrated"]: "content",
}


def participation(world: World) -> pa.Table:
    """Events, trainings and the like that a customer took part in with a partner at work there."""
    plan = world.involvements
    luck = world.luck("participation")
    chosen = luck.uniform(plan.sequence, plan.account) < 0.5
    day = plan.start_day + world.luck("took part after").whole(5, 80, plan.sequence, plan.account)
    chosen &= (day <= world.calendar.end_day) & ((day < plan.end_day) | (plan.end == FAR))
    at = np.flatnonzero(chosen)
    kinds = ("event", "community", "training", "content", "programme")
    kind = world.luck("took part in").choice((5, 3, 0, 0, 0), plan.sequence[at], plan.account[at])
    for role, word in _WORK.items():
        kind = np.where(plan.role[at] == role, kinds.index(word), kind)
    name: Ints = world.calendar.month_of(day[at]) // 3
    titles = [f"Session {n + 1}" for n in range(world.calendar.months // 3 + 1)]
    return tables.feed(
        "participation",
        {
            "account_id": tables.words(plan.account[at], world.account_ids),
            "partner_id": tables.words(plan.partner[at], partner_ids(world)),
            "kind": tables.words(kind, kinds),
            "name": tables.words(np.maximum(name, 0), titles),
            "happened_on": tables.days(day[at]),
        },
    )
