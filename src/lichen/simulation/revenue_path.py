"""The life of an account's contracts, month by month: buy, add, renew, leave, come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lichen.simulation.calendar import FAR, Calendar
from lichen.simulation.draws import Bools, Draws, Floats, Ints
from lichen.simulation.population import Population, Rows, logistic

CORE, CREDIT = 0, 3
SLOTS = 4
"""A core product, two add-ons, and a credit: a negative line."""

_GAP = 3
"""Months before a product or account that left may come back, so that a return is never mistaken
for a late renewal."""


@dataclass(frozen=True)
class Lines(Rows):
    """One row per subscription line, in minor units.

    `late_days` is how long after the old line's end a renewal began; `renews` whether the line
    continues the one before it in its slot.
    """

    account: Ints
    slot: Ints
    start: Ints
    end: Ints
    amount: Ints
    late_days: Ints
    renews: Bools


@dataclass(frozen=True)
class RevenuePath:
    """What became of the accounts: ARR at month ends and whether alive, both (months, accounts).

    `churned` is the month in which the first life ended (FAR = not yet).
    """

    arr: Ints
    alive: Bools
    churned: Ints
    lines: Lines

    def first_life(self) -> Bools:
        """Whether the account is alive and has never left, by month and account."""
        months = np.arange(len(self.arr))[:, None]
        return np.asarray(self.alive & (months < self.churned[None, :]))


def walk_revenue(
    draws: Draws,
    people: Population,
    health: Floats,
    renewal: Ints,
    expansion: Ints,
    calendar: Calendar,
) -> RevenuePath:
    """Live through as many months as `health` has.

    `renewal` and `expansion` are the partners' shifts in thousandths, by month and account. Each
    number drawn is addressed by account and month, so two walks differ only where shifts do.
    """
    walk = _Walk(draws, people, health, renewal, expansion, calendar)
    for month in range(len(health)):
        walk.step(month)
    return walk.result()


class _Walk:
    def __init__(
        self,
        draws: Draws,
        people: Population,
        health: Floats,
        renewal: Ints,
        expansion: Ints,
        calendar: Calendar,
    ) -> None:
        self.people, self.health = people, health
        self.renewal, self.expansion, self.calendar = renewal, expansion, calendar
        count = len(people)
        self.luck = {
            purpose: draws.stream(purpose, people.index)
            for purpose in (
                "renew",
                "late",
                "late days",
                "change",
                "uplift",
                "cut",
                "cut size",
                "drop 1",
                "drop 2",
                "credit",
                "credit size",
                "expand",
                "add-on size",
                "return",
            )
        }
        self.amount = np.zeros((SLOTS, count), dtype=np.int64)
        self.due = np.full(count, FAR, dtype=np.int64)
        self.alive = np.zeros(count, dtype=np.bool_)
        self.churned = np.full(count, FAR, dtype=np.int64)
        self.gone = np.full((SLOTS, count), -FAR, dtype=np.int64)
        self.last_core = np.zeros(count, dtype=np.int64)
        self.arr = np.zeros((len(health), count), dtype=np.int64)
        self.was_alive = np.zeros((len(health), count), dtype=np.bool_)
        self.log: list[tuple[Ints, ...]] = []

    def step(self, month: int) -> None:
        self._return(month)
        due = np.flatnonzero(self.alive & (self.due == month))
        held = self._renew(month, due)
        self._start(month)
        self._expand(month)
        self.arr[month] = self.amount.sum(axis=0) + held
        self.was_alive[month] = self.alive

    def _shift(self, shift: Ints, month: int, at: Ints) -> Floats:
        """The partners' shift, for accounts in their first life."""
        first = self.churned[at] == FAR
        return np.asarray(np.where(first, shift[month, at], 0) / 1000.0, dtype=np.float64)

    def _write(
        self, month: int, at: Ints, slot: int, late: Ints | None = None, renews: bool = False
    ) -> None:
        count = len(at)
        if not count:
            return
        late = np.zeros(count, dtype=np.int64) if late is None else late
        self.log.append(
            (
                at,
                np.full(count, slot),
                np.full(count, month),
                self.due[at],
                self.amount[slot, at],
                late,
                np.full(count, int(renews)),
            )
        )

    def _start(self, month: int) -> None:
        at = np.flatnonzero(self.people.start == month)
        self.alive[at] = True
        self.amount[CORE, at] = self.people.arr[at]
        self.due[at] = month + self.people.term[at]
        self._write(month, at, CORE)
        self._credit(month, at)

    def _credit(self, month: int, at: Ints) -> None:
        at = at[self.luck["credit"].uniform(month, at) < 0.03]
        share = 0.02 + 0.06 * self.luck["credit size"].uniform(month, at)
        self.amount[CREDIT, at] = -np.rint(self.amount[CORE, at] * share).astype(np.int64)
        self._write(month, at, CREDIT)

    def _renew(self, month: int, due: Ints) -> Ints:
        """Decide what ends this month; returns ARR that a late renewal adds for this month end."""
        held = np.zeros(len(self.alive), dtype=np.int64)
        health = self.health[max(month - 1, 0), due]
        odds = 1.8 + 0.75 * health + 0.15 * self.people.size[due]
        odds += self._shift(self.renewal, month, due)
        stays = self.luck["renew"].uniform(month, due) < logistic(odds)
        self._churn(month, due[~stays])
        at, health = due[stays], health[stays]
        late = self._late_days(month, at)
        self.amount[CREDIT, at] = 0
        self.due[at] = month + self.people.term[at]
        factor = self._factor(month, at, health)
        crosses = self._crosses(month, at, late)
        for slot in range(CREDIT):
            self._renew_slot(month, at, slot, factor, late, crosses, held)
        self._credit(month, at[late == 0])
        return held

    def _renew_slot(
        self,
        month: int,
        at: Ints,
        slot: int,
        factor: Floats,
        late: Ints,
        crosses: Bools,
        held: Ints,
    ) -> None:
        has = self.amount[slot, at] > 0
        keeps = has.copy()
        if slot != CORE:
            drops = has & (self.luck[f"drop {slot}"].uniform(month, at) < 0.06)
            keeps &= ~drops
            self.amount[slot, at[drops]] = 0
            self.gone[slot, at[drops]] = month
        kept = at[keeps]
        before = self.amount[slot, kept]
        after = np.maximum(100, np.rint(before * factor[keeps])).astype(np.int64)
        self.amount[slot, kept] = after
        held[kept] += np.where(crosses[keeps], before - after, 0)
        self._write(month, kept, slot, late[keeps], renews=True)

    def _late_days(self, month: int, at: Ints) -> Ints:
        late = self.luck["late"].uniform(month, at) < 0.10
        days = self.luck["late days"].whole(3, 28, month, at)
        # A credit ends on its day: only lines that are all renewed late can be continuous.
        return np.where(late & (self.amount[CREDIT, at] == 0), days, 0)

    def _crosses(self, month: int, at: Ints, late: Ints) -> Bools:
        begins = self.calendar.day(month, self.people.anchor[at]) + late
        return np.asarray(begins > self.calendar.month_end(month))

    def _factor(self, month: int, at: Ints, health: Floats) -> Floats:
        """Renewed over due: an uplift, or for the less healthy sometimes a cut."""
        lift = (
            0.09
            * self.luck["uplift"].uniform(month, at)
            * np.exp(0.4 * health + self._shift(self.expansion, month, at))
        )
        cut = self.luck["cut"].uniform(month, at) < logistic(-2.2 - 0.8 * health)
        size = 0.05 + 0.35 * self.luck["cut size"].uniform(month, at)
        moves = self.luck["change"].uniform(month, at) < 0.75
        return np.asarray(np.where(cut, 1 - size, np.where(moves, 1 + lift, 1.0)))

    def _churn(self, month: int, at: Ints) -> None:
        self.alive[at] = False
        self.churned[at] = np.minimum(self.churned[at], month)
        self.amount[1:, at] = 0
        self.gone[CORE, at] = month
        self.last_core[at] = self.amount[CORE, at]
        self.amount[CORE, at] = 0
        self.due[at] = FAR

    def _expand(self, month: int) -> None:
        ready = self.alive & (self.due - month >= 2) & (self.people.start < month)
        ready &= (self.amount[1] == 0) | (self.amount[2] == 0)
        at = np.flatnonzero(ready)
        odds = -3.8 + 0.5 * self.health[max(month - 1, 0), at]
        odds += self._shift(self.expansion, month, at)
        at = at[self.luck["expand"].uniform(month, at) < logistic(odds)]
        share = 0.1 + 0.25 * self.luck["add-on size"].uniform(month, at)
        bought = np.maximum(100, np.rint(self.amount[CORE, at] * share)).astype(np.int64)
        free = self.amount[1:CREDIT, at] == 0
        free &= month - self.gone[1:CREDIT, at] >= _GAP
        for slot in (1, 2):
            takes = free[slot - 1] & (free[0] if slot == 1 else ~free[0])
            self.amount[slot, at[takes]] = bought[takes]
            self._write(month, at[takes], slot)

    def _return(self, month: int) -> None:
        left = ~self.alive & (self.churned < FAR) & (month - self.gone[CORE] >= _GAP)
        at = np.flatnonzero(left)
        at = at[self.luck["return"].uniform(month, at) < 0.002]
        self.alive[at] = True
        self.amount[CORE, at] = np.maximum(1200, self.last_core[at] * 4 // 5)
        self.due[at] = month + 12
        self._write(month, at, CORE)

    def result(self) -> RevenuePath:
        empty = (np.zeros(0, dtype=np.int64),) * 7
        columns = [np.concatenate(parts) for parts in zip(*(self.log or [empty]), strict=True)]
        account, slot, start, end, amount, late, renews = columns
        lines = Lines(account, slot, start, end, amount, late, renews.astype(np.bool_))
        order = np.lexsort((lines.slot, lines.start, lines.account))
        return RevenuePath(self.arr, self.was_alive, self.churned, lines.take(order))
