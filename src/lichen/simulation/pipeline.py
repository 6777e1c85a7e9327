"""The sales pipeline: deals that won, lost or are open, and who touched them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lichen.simulation import tables, words
from lichen.simulation.draws import Bools, Ints
from lichen.simulation.feeds_revenue import (
    CHURNED,
    OPEN,
    Contracts,
    deal_partner,
    partner_ids,
)
from lichen.simulation.partners import ROLE_CODE
from lichen.simulation.population import Rows, first_deal
from lichen.simulation.revenue_path import CORE, CREDIT
from lichen.simulation.world import World

NEW, EXPANSION, CROSS_SELL, RENEWAL = range(4)
_KINDS = ("new", "expansion", "cross_sell", "renewal")
_LETTERS = ("N", "E", "X", "R")
_OUTCOMES = ("open", "won", "lost")
_STAGES = ("qualified", "closed won", "closed lost")
UNKNOWN, NO, YES = -1, 0, 1
RENEWAL_NOTICE = 90
MOST_TOUCHES = 4


@dataclass(frozen=True)
class Deals(Rows):
    """One row per opportunity, by account, kind and number; `line` is what it sold or -1."""

    account: Ints
    kind: Ints
    number: Ints
    line: Ints
    amount: Ints
    created: Ints
    closed: Ints
    outcome: Ints
    direct: Ints

    def __len__(self) -> int:
        return len(self.account)


def draw_deals(world: World, known: Contracts) -> Deals:
    """Every opportunity opened by the last day of fact; one not yet closed then is open."""
    parts = (
        _first(world, known),
        _expansions(world, known),
        _renewals(world, known),
        _fruitless(world),
        _prospects(world),
    )
    names = Deals.__dataclass_fields__
    deals = Deals(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})
    end = world.calendar.end_day
    deals = deals.take(deals.created <= end)
    return deals.take(np.lexsort((deals.number, deals.kind, deals.account)))


def _first(world: World, known: Contracts) -> Deals:
    """The deal that won the customer; a few old ones were never written down."""
    lines = known.lines
    at = np.flatnonzero((lines.slot == CORE) & (known.number == 1))
    at = at[world.luck("no first deal").uniform(0, lines.account[at]) >= 0.03]
    account = lines.account[at]
    opened, closed = first_deal(world.draws, world.people, world.start_day)
    return Deals(
        account,
        _all(NEW, at),
        _all(1, at),
        at,
        lines.amount[at],
        opened[account],
        closed[account],
        _all(1, at),
        _directly(world)[account],
    )


def _directly(world: World) -> Ints:
    """Whether our own people worked on the first deal, as the CRM has it: yes, no or empty."""
    partner = deal_partner(world, world.plan)
    origin = np.zeros(len(world.people), dtype=np.bool_)
    for role in ("resold", "referred", "sourced"):
        origin |= deal_partner(world, world.plan, role) >= 0
    luck = world.luck("direct on deal")
    answers = np.array((NO, YES, UNKNOWN))
    brought = answers[luck.choice((55, 40, 5))]
    helped = answers[luck.choice((9, 85, 6))]
    alone = answers[luck.choice((4, 88, 8))]
    return np.where(origin, brought, np.where(partner >= 0, helped, alone))


def _expansions(world: World, known: Contracts) -> Deals:
    """The deals behind add-on lines."""
    lines = known.lines
    at = np.flatnonzero((lines.slot > CORE) & (lines.slot < CREDIT) & ~lines.renews)
    account, number = lines.account[at], known.number[at]
    closed = known.starts[at] - world.luck("expansion closed").whole(0, 6, number, account)
    opened = closed - world.luck("expansion opened").whole(14, 75, number, account)
    kind = np.where(lines.slot[at] == 1, EXPANSION, CROSS_SELL)
    return Deals(
        account,
        kind,
        number,
        at,
        lines.amount[at],
        opened,
        closed,
        _all(1, at),
        _mostly_direct(world, number, account),
    )


def _renewals(world: World, known: Contracts) -> Deals:
    """The renewal deal of each core line, opened 90 days before it is due."""
    lines = known.lines
    at = np.flatnonzero((lines.slot == CORE) & known.is_renewal_due(world.calendar.end_day))
    account, number, outcome = lines.account[at], known.number[at], known.outcome[at]
    result = np.where(outcome == OPEN, 0, np.where(outcome == CHURNED, 2, 1))
    return Deals(
        account,
        _all(RENEWAL, at),
        number,
        at,
        lines.amount[at],
        known.ends[at] - RENEWAL_NOTICE,
        known.decided[at],
        result,
        _mostly_direct(world, number, account),
    )


def _fruitless(world: World) -> Deals:
    """Expansions that were tried and came to nothing, or are still open."""
    parts = []
    for number in range(91, 94):
        tried = np.flatnonzero(world.luck("tried").uniform(number) < 0.2)
        spread = world.luck("tried in").uniform(number, tried)
        room = world.calendar.months - world.people.start[tried]
        month = world.people.start[tried] + 1 + (spread * room).astype(np.int64)
        inside = (month < world.calendar.months) & (month >= 0)
        tried, month = tried[inside], month[inside]
        alive = world.path.alive[month, tried]
        parts.append(_attempt(world, EXPANSION, number, tried[alive], month[alive]))
    names = Deals.__dataclass_fields__
    return Deals(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _prospects(world: World) -> Deals:
    """Deals with companies that have not bought."""
    at = np.flatnonzero(world.people.start >= world.calendar.months)
    spread = world.luck("prospect since").uniform(0, at)
    return _attempt(world, NEW, 1, at, (spread * world.calendar.months).astype(np.int64))


def _attempt(world: World, kind: int, number: int, at: Ints, month: Ints) -> Deals:
    opened = world.calendar.day(month, world.luck("tried day").whole(1, 28, number, at))
    closed = opened + world.luck("tried for").whole(20, 140, number, at)
    share = 0.1 + 0.3 * world.luck("tried amount").uniform(number, at)
    amount = np.rint(world.people.arr[at] * (1.0 if kind == NEW else share)).astype(np.int64)
    return Deals(
        at,
        _all(kind, at),
        _all(number, at),
        _all(-1, at),
        amount,
        opened,
        closed,
        np.where(closed <= world.calendar.end_day, 2, 0),
        _mostly_direct(world, _all(number, at), at),
    )


def _mostly_direct(world: World, number: Ints, at: Ints) -> Ints:
    return np.array((YES, NO, UNKNOWN))[world.luck("direct").choice((90, 6, 4), number, at)]


def _all(value: int, like: Ints) -> Ints:
    return np.full(len(like), value, dtype=np.int64)


def deal_ids(world: World, account: Ints, kind: Ints, number: Ints) -> pa.Array:
    """`crm:O0000123-E04`."""
    stem = tables.numbered("crm:O", world.people.index[account], 7)
    letters = tables.joined("-", tables.words(kind, _LETTERS))
    return tables.joined(stem, letters, tables.numbered("", number, 2))


def deal_of_lines(world: World, known: Contracts, deals: Deals) -> tuple[pa.Array, pa.Array]:
    """By line, the opportunity that sold it, and the one that is to renew it."""
    ids = deal_ids(world, deals.account, deals.kind, deals.number)
    sold, renews = (np.full(len(known.starts), -1, dtype=np.int64) for _ in range(2))
    position = np.arange(len(deals), dtype=np.int64)
    sells = (deals.line >= 0) & (deals.kind != RENEWAL)
    sold[deals.line[sells]] = position[sells]
    due = deals.kind == RENEWAL
    renews[deals.line[due]] = position[due]
    sold = np.where(known.before >= 0, renews[known.before], sold)
    return _take(ids, sold), _take(ids, renews)


def _take(values: pa.Array, at: Ints) -> pa.Array:
    return pc.take(values, pa.array(at, mask=at < 0))


def opportunity(world: World, deals: Deals) -> pa.Table:
    """One row per opportunity."""
    at, end = deals.account, world.calendar.end_day
    outcome = np.where(deals.closed <= end, deals.outcome, 0)
    partner = deal_partner(world, world.plan)[at]
    source = world.luck("lead source").choice((30, 25, 20, 25), deals.number, at)
    source = np.where((deals.kind == NEW) & (partner >= 0), 4, source)
    return tables.feed(
        "opportunity",
        {
            "opportunity_id": deal_ids(world, at, deals.kind, deals.number),
            "account_id": tables.words(at, world.account_ids),
            "kind": tables.words(deals.kind, _KINDS),
            "amount": tables.money(deals.amount),
            "currency": tables.words(world.people.currency[at], words.CURRENCIES),
            "created_on": tables.days(deals.created),
            "closed_on": tables.days(deals.closed, outcome > 0),
            "stage": tables.words(outcome, _STAGES),
            "outcome": tables.words(outcome, _OUTCOMES),
            "lead_source": tables.words(
                source, ("inbound", "outbound", "event", "customer success", "partner")
            ),
            "is_direct_involved": tables.truths(deals.direct == YES, deals.direct != UNKNOWN),
            "play": tables.words(
                np.where(
                    partner >= 0, world.luck("play").choice((1, 1, 2), deals.number, at) - 1, -1
                ),
                ("better together", "migrate and modernise"),
            ),
        },
    )


_TOUCHES = ("email", "meeting", "demo", "event", "webinar", "technical_validation", "introduction")


def touchpoint(world: World, deals: Deals) -> pa.Table:
    """Up to four touches of each deal while it was open, by us or by a partner at work there."""
    parts = [_touch(world, deals, n) for n in range(MOST_TOUCHES)]
    return pa.concat_tables(parts).sort_by("touchpoint_id")


def _touch(world: World, deals: Deals, n: int) -> pa.Table:
    counter = (deals.number * 4 + deals.kind) * MOST_TOUCHES + n
    chosen = world.luck("touch").uniform(counter, deals.account) < (0.9, 0.7, 0.45, 0.25)[n]
    span = np.minimum(deals.closed, world.calendar.end_day) - deals.created
    share = world.luck("touched on").uniform(counter, deals.account)
    day = deals.created + (share * np.maximum(span, 1)).astype(np.int64)
    at = np.flatnonzero(chosen & (day <= world.calendar.end_day))
    account, counter, day = deals.account[at], counter[at], day[at]
    partner = partner_at(world, account, day)
    theirs = world.luck("touched by").uniform(counter, account) < 0.6
    partner = np.where(theirs, partner, -1)
    kind = world.luck("touch kind").choice((28, 24, 14, 12, 12, 0, 0), counter, account)
    partner_kind = world.luck("touch kind").choice((14, 20, 8, 10, 10, 18, 20), counter, account)
    stem = deal_ids(world, account, deals.kind[at], deals.number[at])
    second = world.luck("touch second").whole(0, 86_399, counter, account)
    return tables.feed(
        "touchpoint",
        {
            "touchpoint_id": tables.joined(
                pc.replace_substring(stem, "O", "T"), tables.numbered("-", _all(n + 1, at), 1)
            ),
            "account_id": tables.joined(tables.words(account, world.account_ids)),
            "opportunity_id": stem,
            "partner_id": pc.take(partner_ids(world), pa.array(partner, mask=partner < 0)),
            "kind": pa.array(_TOUCHES).take(pa.array(np.where(partner >= 0, partner_kind, kind))),
            "happened_at": tables.instants(day, second),
        },
    )


def partner_at(
    world: World, account: Ints, day: Ints, roles: tuple[int, ...] | None = None
) -> Ints:
    """A partner at work with each account on that day (the one who came last), -1 = none."""
    plan = world.involvements
    if roles is not None:
        plan = plan.take(np.isin(plan.role, roles))
    found = np.full(len(account), -1, dtype=np.int64)
    if not len(plan):
        return found
    # Days fit 16 bits from 100 years before the last fact, so account and day sort as one number.
    base = world.calendar.end_day - 36_525
    key = plan.account * 65_536 + (plan.start_day - base)
    last = np.searchsorted(key, account * 65_536 + (day - base), side="right") - 1
    candidate = np.maximum(last, 0)
    works: Bools = (
        (last >= 0) & (plan.account[candidate] == account) & (plan.end_day[candidate] > day)
    )
    found[works] = plan.partner[candidate[works]]
    return found


def involvement_deals(world: World, deals: Deals) -> pa.Array:
    """By involvement, the first deal that it belongs to; null where none was written down."""
    plan = world.involvements
    first = np.full(len(world.people), -1, dtype=np.int64)
    is_first = np.flatnonzero(deals.kind == NEW)
    first[deals.account[is_first]] = is_first
    at = np.where(plan.on_deal, first[plan.account], -1)
    return _take(deal_ids(world, deals.account, deals.kind, deals.number), at)


ORIGIN_MOTIONS = {
    ROLE_CODE["resold"]: "resell",
    ROLE_CODE["co_sold"]: "co-sell",
    ROLE_CODE["sourced"]: "refer",
    ROLE_CODE["referred"]: "refer",
}
