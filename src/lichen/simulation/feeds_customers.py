"""Feeds of who the customers are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lichen.simulation import tables, words
from lichen.simulation.draws import Ints
from lichen.simulation.partners import ROLE_CODE
from lichen.simulation.population import FIRST_MONTHS, first_deal
from lichen.simulation.world import World
from lichen.vocabulary.roles import SEGMENTS


def created_day(world: World) -> Ints:
    """The day an account was first written down: when its first deal was opened."""
    opened, _ = first_deal(world.draws, world.people, world.start_day)
    spread = world.luck("prospect since").uniform() * world.calendar.months
    prospect = world.calendar.day(spread.astype(np.int64), world.people.anchor)
    return np.where(world.people.start < world.calendar.months, opened, prospect)


def account(world: World) -> pa.Table:
    """One row per account, prospects included."""
    people = world.people
    name = words_of(world)
    resold = np.zeros(len(people), dtype=np.bool_)
    resold[world.plan.account[world.plan.role == ROLE_CODE["resold"]]] = True
    has_csm = np.array((0.35, 0.85, 0.98))[people.segment] * np.where(resold, 0.5, 1.0)
    managers = max(4, world.settings.accounts // 80)
    csm = world.luck("csm").whole(1, managers)
    csm = np.where(world.luck("has csm").uniform() < has_csm, csm, -1)
    parent = (world.luck("parent").uniform() * people.index).astype(np.int64)
    nested = (people.segment == 2) & (world.luck("nested").uniform() < 0.12) & (people.index > 0)
    parents = tables.numbered("crm:A", parent, 7)
    return tables.feed(
        "account",
        {
            "account_id": world.account_ids,
            "name": name,
            "domain": tables.joined(
                pc.utf8_lower(pc.replace_substring(name, " ", "-")),
                tables.numbered("-", people.index, 1),
                ".example",
            ),
            "parent_account_id": pc.if_else(
                pa.array(nested), parents, pa.scalar(None, pa.string())
            ),
            "segment": tables.words(people.segment, SEGMENTS),
            "industry": tables.words(people.industry, words.INDUSTRIES),
            "region": tables.words(people.region, words.REGIONS),
            "country": tables.words(people.country, words.COUNTRIES),
            "employees": tables.whole(people.employees),
            "csm_key": tables.words(csm, [f"csm-{n:03d}" for n in range(managers + 1)]),
            "created_on": tables.days(created_day(world)),
        },
    )


def words_of(world: World) -> pa.Array:
    """Company names; not unique, as in life."""
    first = tables.words(world.luck("first word").whole(0, len(words.FIRST) - 1), words.FIRST)
    second = tables.words(world.luck("second word").whole(0, len(words.SECOND) - 1), words.SECOND)
    return tables.joined(first, " ", second)


def attribute_change(world: World) -> pa.Table:
    """Two rows for each account that moved to another segment: what it was, what it became."""
    people, calendar = world.people, world.calendar
    room = calendar.months - 1 - FIRST_MONTHS - people.start
    moved = (world.luck("moved").uniform() < 0.05) & (room > 0)
    at = np.flatnonzero(moved)
    month = people.start[at] + FIRST_MONTHS
    month += (world.luck("moved in").uniform(0, at) * room[at]).astype(np.int64)
    now = people.segment[at]
    before = np.where(now == 0, 1, now - 1)
    # Known before, then changed: the account feed holds the segment as it is now.
    both = np.repeat(at, 2)
    value = np.stack([before, now], axis=1).ravel()
    day = np.stack([created_day(world)[at], calendar.first_day(month)], axis=1).ravel()
    return tables.feed(
        "attribute_change",
        {
            "entity": tables.words(np.zeros(len(both), dtype=np.int64), ("account",)),
            "id": tables.words(both, world.account_ids),
            "attribute": tables.words(np.zeros(len(both), dtype=np.int64), ("segment",)),
            "value": tables.words(value, SEGMENTS),
            "from_on": tables.days(day),
        },
    )
