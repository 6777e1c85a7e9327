"""What it costs to serve and to win a customer, as rows of the cost feed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.draws import Ints
from lichen.simulation.effects import SCALE
from lichen.simulation.feeds_revenue import deal_partner, partner_ids
from lichen.simulation.winning import winning_rows
from lichen.simulation.world import World

SERVING = ("hosting", "onboarding", "support", "csm", "partner_margin")
KINDS = (*SERVING, "sales", "marketing")
MONTHS_BEFORE = 12
"""Rows before the first month of fact are numbered from here."""
ONBOARDING_MONTHS = 4


def monthly_cost(world: World) -> Mapping[str, Ints]:
    """Cost of serving by kind, each (months, accounts), in minor units of the account's currency.

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
    """One row per account, month and kind with a cost, by account, what won it first."""
    months = world.calendar.months
    amounts = monthly_cost(world)
    stacked = np.stack([amounts[kind][:months].T for kind in SERVING], axis=2)
    at, month, kind = np.nonzero(stacked)
    amount = stacked[at, month, kind]
    won = winning_rows(world)
    place = np.searchsorted(at, won.account, side="left")
    number = np.insert(month, place, won.month + MONTHS_BEFORE)
    at, month, amount = (
        np.insert(ours, place, theirs)
        for ours, theirs in ((at, won.account), (month, won.month), (amount, won.amount))
    )
    kind = np.insert(kind, place, won.kind + len(SERVING))
    seller = deal_partner(world, world.plan, "resold")[at]
    seller = np.where(kind == KINDS.index("partner_margin"), seller, -1)
    stem = tables.numbered("erp:C", world.people.index[at], 7)
    first = -MONTHS_BEFORE
    ends = world.calendar.month_end(np.arange(first, months))
    return tables.feed(
        "cost",
        {
            "cost_id": tables.joined(
                stem, tables.numbered("-", number, 3), tables.numbered("-", kind, 1)
            ),
            "account_id": tables.words(at, world.account_ids),
            "month": tables.days(ends[month - first]),
            "kind": tables.words(kind, KINDS),
            "amount": tables.money(amount),
            "currency": tables.words(world.people.currency[at], words.CURRENCIES),
            "partner_id": tables.words(seller, partner_ids(world)),
            "motion": tables.words(np.where(seller >= 0, 0, -1), ("resell",)),
        },
    )
