"""Feeds of the contracts: lines, renewals, adjustments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lichen.simulation import tables, words
from lichen.simulation.calendar import FAR
from lichen.simulation.draws import Bools, Ints
from lichen.simulation.partners import ROLE_CODE
from lichen.simulation.revenue_path import CORE, CREDIT, Lines
from lichen.simulation.schedule import Schedule, sequence
from lichen.simulation.world import World

OPEN, RENEWED, CHURNED = 0, 1, 2
_OUTCOMES = ("pending", "renewed", "churned")
DUE_AHEAD = 366
"""Renewals are known this many days ahead."""


@dataclass(frozen=True)
class Contracts:
    """The lines that facts show, by account and start, with what came before and after each.

    `before` and `after` are positions of the line renewed from and into, -1 = none.
    """

    lines: Lines
    number: Ints
    starts: Ints
    ends: Ints
    before: Ints
    after: Ints
    outcome: Ints
    decided: Ints

    def is_renewal_due(self, end_day: int) -> Bools:
        """Whether a line is one that a renewal is kept for, and known by the last day."""
        return np.asarray((self.lines.slot < CREDIT) & (self.ends <= end_day + DUE_AHEAD))


def contracts(world: World) -> Contracts:
    """Lines begun by the last day of fact."""
    calendar, lines = world.calendar, world.path.lines
    anchor = world.people.anchor[lines.account]
    starts = calendar.day(lines.start, anchor) + lines.late_days
    number = sequence(lines.account)
    seen = (starts <= calendar.end_day) & (lines.start < _unsigned_from(world)[lines.account])
    unseen = lines.take(~seen & (lines.start < calendar.months) & lines.renews)
    lines, starts, number = lines.take(seen), starts[seen], number[seen]
    ends = calendar.day(lines.end, world.people.anchor[lines.account])
    before, after = _chain(lines)
    undecided = np.isin(_key(lines, lines.end), _key(unseen, unseen.start))
    undecided |= ends > calendar.end_day
    outcome = np.where(undecided, OPEN, np.where(after >= 0, RENEWED, CHURNED))
    early = world.luck("decided early").whole(0, 20, number, lines.account)
    decided = np.maximum(ends - early, calendar.first_day(lines.end))
    decided = np.where((after >= 0) & (starts[after] > ends), starts[after], decided)
    return Contracts(lines, number, starts, ends, before, after, outcome, decided)


def _chain(lines: Lines) -> tuple[Ints, Ints]:
    """Which line each one continues, and which continues it."""
    order = np.lexsort((lines.start, lines.slot, lines.account))
    before = np.full(len(order), -1, dtype=np.int64)
    after = before.copy()
    old, new = order[:-1], order[1:]
    continues = lines.renews[new]
    before[new[continues]] = old[continues]
    after[old[continues]] = new[continues]
    return before, after


def _unsigned_from(world: World) -> Ints:
    """By account, the month from which facts show no new line, FAR = none.

    A few renewals of the last two months are agreed but unsigned on the last day: past due, open.
    """
    lines, months = world.path.lines, world.calendar.months
    recent = lines.renews & (lines.slot == CORE)
    recent &= (lines.start >= months - 2) & (lines.start < months)
    recent &= world.luck("unsigned").uniform(lines.start, lines.account) < 0.08
    since = np.full(len(world.people), FAR, dtype=np.int64)
    np.minimum.at(since, lines.account[recent], lines.start[recent])
    return since


def _key(lines: Lines, month: Ints) -> Ints:
    return (lines.account * 4 + lines.slot) * 4096 + month


def line_ids(world: World, account: Ints, number: Ints) -> pa.Array:
    """`crm:S0000123-04`: the account's fourth line."""
    stem = tables.numbered("crm:S", world.people.index[account], 7)
    return tables.joined(stem, tables.numbered("-", number, 2))


def deal_partner(world: World, plan: Schedule, role: str | None = None) -> Ints:
    """By account, the partner on its first deal (in this role), -1 = none."""
    partner = np.full(len(world.people), -1, dtype=np.int64)
    mine = plan.on_deal if role is None else plan.on_deal & (plan.role == ROLE_CODE[role])
    partner[plan.account[mine]] = plan.partner[mine]
    return partner


def on_marketplace(world: World) -> Ints:
    """By account, the marketplace (a code) where it bought, -1 = none."""
    partner = deal_partner(world, world.plan, "sourced")
    sells = np.array(["marketplace" in kinds for kinds in world.roster.kinds])
    return np.where((partner >= 0) & sells[partner], partner % len(words.MARKETPLACES), -1)


def subscription(world: World, known: Contracts, deals: pa.Array) -> pa.Table:
    """One row per line; `deals` is the opportunity of each."""
    lines = known.lines
    ids = line_ids(world, lines.account, known.number)
    seller = deal_partner(world, world.plan, "resold")[lines.account]
    core = lines.slot == CORE
    place = np.where(core, on_marketplace(world)[lines.account], -1)
    return tables.feed(
        "subscription",
        {
            "subscription_id": ids,
            "account_id": tables.words(lines.account, world.account_ids),
            "product": tables.words(lines.slot, words.PRODUCTS),
            "starts_on": tables.days(known.starts),
            "ends_on": tables.days(known.ends),
            "arr_amount": tables.money(lines.amount),
            "arr_basis": tables.words(np.where(seller >= 0, 1, 0), ("net", "list")),
            "currency": tables.words(world.people.currency[lines.account], words.CURRENCIES),
            "seats": tables.whole(world.people.seats[lines.account], core),
            "term_months": tables.whole(lines.end - lines.start),
            "auto_renew": tables.truths(world.luck("auto renew").uniform(0, lines.account) < 0.6),
            "sold_by_partner_id": tables.words(seller, partner_ids(world)),
            "marketplace": tables.words(place, words.MARKETPLACES),
            "opportunity_id": deals,
            "renewed_from_id": pc.take(ids, pa.array(known.before, mask=known.before < 0)),
        },
    )


def partner_ids(world: World) -> pa.Array:
    """`partner_id` by position."""
    return tables.numbered("prm:P", np.arange(1, len(world.roster) + 1), 3)


def renewal(world: World, known: Contracts, deals: pa.Array) -> pa.Table:
    """One row per line due by a year after the last day; `deals` is its renewal opportunity."""
    at = np.flatnonzero(known.is_renewal_due(world.calendar.end_day))
    lines, outcome, after = known.lines.take(at), known.outcome[at], known.after[at]
    ids = line_ids(world, known.lines.account, known.number)
    into = np.where(outcome == RENEWED, after, -1)
    forgotten = world.luck("undated").uniform(known.number[at], lines.account) < 0.005
    term = known.lines.end[into] - known.lines.start[into]
    return tables.feed(
        "renewal",
        {
            "renewal_id": tables.joined(pc.replace_substring(pc.take(ids, pa.array(at)), "S", "R")),
            "account_id": tables.words(lines.account, world.account_ids),
            "subscription_id": pc.take(ids, pa.array(at)),
            "new_subscription_id": pc.take(ids, pa.array(into, mask=into < 0)),
            "opportunity_id": pc.take(deals, pa.array(at)),
            "due_on": tables.days(known.ends[at]),
            "due_amount": tables.money(lines.amount),
            "renewed_amount": tables.money(
                np.where(outcome == RENEWED, known.lines.amount[into], 0), outcome != OPEN
            ),
            "decided_on": tables.days(known.decided[at], (outcome != OPEN) & ~forgotten),
            "outcome": tables.words(outcome, _OUTCOMES),
            "term_months": tables.whole(term, outcome == RENEWED),
            "currency": tables.words(world.people.currency[lines.account], words.CURRENCIES),
        },
    )


def adjustment(world: World, known: Contracts) -> pa.Table:
    """Refunds and credit notes on a few lines."""
    lines = known.lines
    luck = world.luck("adjustment")
    chosen = (luck.uniform(known.number, lines.account) < 0.012) & (lines.amount > 0)
    day = known.starts + world.luck("adjusted after").whole(5, 120, known.number, lines.account)
    at = np.flatnonzero(chosen & (day <= world.calendar.end_day))
    share = 0.02 + 0.1 * world.luck("adjusted by").uniform(known.number[at], lines.account[at])
    ids = pc.take(line_ids(world, lines.account, known.number), pa.array(at))
    return tables.feed(
        "adjustment",
        {
            "adjustment_id": tables.joined(pc.replace_substring(ids, "S", "J")),
            "subscription_id": ids,
            "on": tables.days(day[at]),
            "amount": tables.money(-np.rint(lines.amount[at] * share).astype(np.int64)),
            "currency": tables.words(world.people.currency[lines.account[at]], words.CURRENCIES),
        },
    )
