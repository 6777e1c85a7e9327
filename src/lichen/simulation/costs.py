"""What it costs to serve a customer: more when large or unhealthy, less when partners help."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.draws import Ints
from lichen.simulation.effects import SCALE
from lichen.simulation.feeds_revenue import deal_partner, partner_ids
from lichen.simulation.world import World

KINDS = ("hosting", "onboarding", "support", "csm", "partner_margin")
ONBOARDING_MONTHS = 4


def monthly_cost(world: World) -> Mapping[str, Ints]:
    """Cost by kind, each (months, accounts), in minor units of the account's currency.

    Hosting, support and success work follow the first contract's size, not today's ARR, so that
    growth alone never changes them; the margin follows ARR.
    """
    months = np.arange(world.months)[:, None]
    base = world.people.arr[None, :] / 12.0
    tenure = months - world.people.start[None, :]
    effort = np.exp(world.living_shift("cost"))
    strain = np.exp(-0.3 * world.health)
    noise = np.exp(0.3 * world.luck("cost").normal(months))
    share = {
        "hosting": np.full_like(world.health, 0.09),
        "onboarding": np.where(tenure < ONBOARDING_MONTHS, 0.45, 0.0) * noise * effort,
        "support": 0.07 * strain * noise * effort,
        "csm": 0.08 * noise * effort,
    }
    alive = world.path.alive
    cost = {
        name: np.where(alive, np.rint(part * base), 0).astype(np.int64)
        for name, part in share.items()
    }
    paid = np.where(world.path.first_life(), world.shift("margin"), 0)
    cost["partner_margin"] = np.rint(world.path.arr * paid / (12.0 * SCALE)).astype(np.int64)
    return cost


def cost(world: World) -> pa.Table:
    """One row per account, month and kind with a cost."""
    months = world.calendar.months
    amounts = monthly_cost(world)
    stacked = np.stack([amounts[kind][:months].T for kind in KINDS], axis=2)
    at, month, kind = np.nonzero(stacked)
    seller = deal_partner(world, world.plan, "resold")[at]
    seller = np.where(kind == KINDS.index("partner_margin"), seller, -1)
    stem = tables.numbered("erp:C", world.people.index[at], 7)
    return tables.feed(
        "cost",
        {
            "cost_id": tables.joined(
                stem, tables.numbered("-", month, 3), tables.numbered("-", kind, 1)
            ),
            "account_id": tables.words(at, world.account_ids),
            "month": tables.days(world.calendar.month_end(np.arange(months))[month]),
            "kind": tables.words(kind, KINDS),
            "amount": tables.money(stacked[at, month, kind]),
            "currency": tables.words(world.people.currency[at], words.CURRENCIES),
            "partner_id": tables.words(seller, partner_ids(world)),
            "motion": tables.words(np.where(seller >= 0, 0, -1), ("resell",)),
        },
    )
