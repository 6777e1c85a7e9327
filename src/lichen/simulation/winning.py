"""What it costs to win a customer: less where a partner brings it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lichen.simulation.calendar import FAR
from lichen.simulation.draws import Ints
from lichen.simulation.effects import SCALE
from lichen.simulation.feeds_customers import created_day
from lichen.simulation.population import Rows, first_deal
from lichen.simulation.world import World

SALES, MARKETING = 0, 1
_SALES_SHARE, _MARKETING_SHARE, _LOST_SHARE = 0.55, 0.25, 0.15
"""Of the first contract's ARR; the last is the sales work on a prospect who never bought."""


@dataclass(frozen=True)
class Spending(Rows):
    """By account: marketing in the month `first`, and as much of sales in each month to `last`.

    Months may lie before the first month of fact, as first deals are opened before they are won.
    """

    first: Ints
    last: Ints
    sales: Ints
    marketing: Ints

    @property
    def total(self) -> Ints:
        """All that was spent on winning the account."""
        return self.sales * (self.last - self.first + 1) + self.marketing


@dataclass(frozen=True)
class WinningRows(Rows):
    """One row per account, month and kind (SALES or MARKETING), by account."""

    account: Ints
    month: Ints
    kind: Ints
    amount: Ints


def origin_shift(world: World) -> Ints:
    """What partners on the first deal add to the log of this cost, in thousandths, by account."""
    plan = world.plan.take(world.plan.on_deal)
    size = world.settings.effects.by_role("acquisition")[plan.role]
    size = np.rint(size * world.roster.potency[plan.partner]).astype(np.int64)
    found = np.zeros(len(world.people), dtype=np.int64)
    np.add.at(found, plan.account, size)
    return found


def spending(world: World) -> Spending:
    """Sales and marketing on each account, in minor units of its currency."""
    people, calendar = world.people, world.calendar
    opened, closed = first_deal(world.draws, people, world.start_day)
    prospect = people.start == FAR
    seen = created_day(world)
    first = calendar.month_of(np.where(prospect, seen, opened))
    last = np.where(prospect, first, calendar.month_of(closed))
    eased = np.exp(origin_shift(world) / SCALE)
    share = np.where(prospect, _LOST_SHARE, _SALES_SHARE)
    sales = share * np.exp(0.4 * world.luck("sales cost").normal()) * eased
    marketing = _MARKETING_SHARE * np.exp(0.5 * world.luck("marketing cost").normal()) * eased
    months = last - first + 1
    return Spending(
        first=first,
        last=last,
        sales=np.rint(people.arr * sales / months).astype(np.int64),
        marketing=np.rint(people.arr * marketing).astype(np.int64),
    )


def winning_rows(world: World) -> WinningRows:
    """The spending up to the last month of fact as rows, by account and month."""
    spent = spending(world)
    months = spent.last - spent.first + 1
    account = np.repeat(np.arange(len(months), dtype=np.int64), months + 1)
    # Each account's first row is its marketing; the sales of every month follow.
    place = np.arange(len(account), dtype=np.int64) - np.repeat(
        np.cumsum(months + 1) - (months + 1), months + 1
    )
    kind = np.where(place == 0, MARKETING, SALES)
    month = spent.first[account] + np.maximum(place - 1, 0)
    amount = np.where(kind == MARKETING, spent.marketing[account], spent.sales[account])
    rows = WinningRows(account, month, kind, amount)
    return rows.take((month < world.calendar.months) & (amount > 0))
