"""Partners on a closing day: whether signed and active, and what hangs on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.portfolio.accounts import Served
from lichen.revenue.portfolio.activity import activity
from lichen.vocabulary.definitions import Definitions

LONG_AGO = date(1900, 1, 31)


@dataclass(frozen=True)
class Exposure:
    """What hangs on a partner: accounts with ARR that it serves, their ARR and renewals ahead.

    `alone_minor` is the ARR of accounts that no other partner serves. Minor units.
    """

    accounts: int = 0
    arr_minor: int = 0
    alone_minor: int = 0
    due_minor: int = 0


@dataclass(frozen=True)
class Partner:
    """One partner as the ledger knows it."""

    key: int
    identity: str
    name: str
    kinds: tuple[str, ...]
    standing: str | None
    tier: str | None
    joined_on: date | None
    left_on: date | None

    def is_signed(self, day: date) -> bool:
        """Whether it had joined by the day and not left; without a joining day it always had."""
        joined = self.joined_on is None or self.joined_on <= day
        return joined and (self.left_on is None or self.left_on > day)

    def joined_in(self, window: Window) -> bool:
        """Whether it joined in the window."""
        return self.joined_on is not None and _holds(window, self.joined_on)

    def left_in(self, window: Window) -> bool:
        """Whether it left in the window."""
        return self.left_on is not None and _holds(window, self.left_on)


@dataclass(frozen=True)
class OnDay:
    """The portfolio on one closing day, by partner key."""

    day: date
    partners: Sequence[Partner]
    active: frozenset[int]
    exposed: Mapping[int, Exposure]

    def is_active(self, partner: Partner) -> bool:
        """Whether a signed partner did something for customers lately."""
        return partner.is_signed(self.day) and partner.key in self.active

    def is_idle(self, partner: Partner) -> bool:
        """Whether a signed partner serves no account with ARR."""
        return partner.is_signed(self.day) and partner.key not in self.exposed

    @property
    def largest_first(self) -> list[Partner]:
        """Partners that serve an account with ARR, most ARR first, ties by id."""
        serving = [partner for partner in self.partners if partner.key in self.exposed]
        return sorted(serving, key=lambda p: (-self.exposed[p.key].arr_minor, p.identity))


def partners_of(facts: Facts) -> list[Partner]:
    """Every partner, by id."""
    rows = facts.table("partner").select(
        "partner_key", "partner_id", "name", "kinds", "standing", "tier", "joined_on", "left_on"
    )
    return [
        Partner(
            row["partner_key"],
            row["partner_id"],
            row["name"],
            tuple(sorted({kind for kind in (row["kinds"] or "").split("|") if kind})),
            row["standing"],
            row["tier"],
            row["joined_on"],
            row["left_on"],
        )
        for row in facts.engine.to_arrow(rows).sort_by("partner_id").to_pylist()
    ]


def on_day(
    served: Served, definitions: Definitions, partners: Sequence[Partner], day: date, rows: ir.Table
) -> OnDay:
    """The portfolio at a month end; `rows` are the accounts as `Served.at` gives them."""
    facts = served.facts
    lately = month_end(month_index(day) - definitions.portfolio.active_months)
    seen = facts.engine.to_arrow(activity(facts, definitions, lately, day))
    active = frozenset(seen["partner_key"].to_pylist())
    return OnDay(day, partners, active, _exposed(served, month_index(day), rows))


def _exposed(served: Served, month: int, rows: ir.Table) -> dict[int, Exposure]:
    there = served.serving_at(month)
    if there is None:
        return {}
    met = there.inner_join(rows, "account_key")
    alone = ibis.ifelse(met.partners == 1, met.arr, whole(0))
    summed = met.group_by("partner_key").aggregate(
        accounts=met.count().cast("int64"),
        arr_minor=met.arr.sum().cast("int64"),
        alone_minor=alone.sum().cast("int64"),
        due_minor=met.due.sum().cast("int64"),
    )
    listed = served.facts.engine.to_arrow(summed).to_pylist()
    return {row.pop("partner_key"): Exposure(**row) for row in listed}


def last_seen(facts: Facts, definitions: Definitions, day: date) -> dict[int, date]:
    """The last day on which each partner was seen at work, up to `day`."""
    found = facts.engine.to_arrow(activity(facts, definitions, LONG_AGO, day))
    return dict(zip(found["partner_key"].to_pylist(), found["last_on"].to_pylist(), strict=True))


def certified(facts: Facts, day: date) -> dict[int, int]:
    """People of each partner with a certification in force on the day."""
    rows = facts.table("certification")
    held = rows.filter(rows.earned_on <= day, rows.expires_on.isnull() | (rows.expires_on > day))
    counted = held.group_by("partner_key").aggregate(people=held.person_key.nunique())
    found = facts.engine.to_arrow(counted)
    return dict(zip(found["partner_key"].to_pylist(), found["people"].to_pylist(), strict=True))


def portfolio_table(
    there: OnDay, last_on: Mapping[int, date], people: Mapping[int, int]
) -> pa.Table:
    """One row for each partner that had joined or serves an account, most ARR exposed first."""
    shown = there.largest_first
    shown += [
        each
        for each in there.partners
        if each.key not in there.exposed and (each.joined_on or there.day) <= there.day
    ]
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for partner in shown:
        exposed = there.exposed.get(partner.key, Exposure())
        row = {
            "partner_id": partner.identity,
            "name": partner.name,
            "kinds": "|".join(partner.kinds),
            "standing": partner.standing,
            "tier": partner.tier,
            "joined_on": partner.joined_on,
            "left_on": partner.left_on,
            "signed": partner.is_signed(there.day),
            "active": there.is_active(partner),
            "accounts": exposed.accounts,
            "arr_minor": exposed.arr_minor,
            "renewals_due_minor": exposed.due_minor,
            "sole_partner_arr_minor": exposed.alone_minor,
            "certified_people": people.get(partner.key, 0),
            "last_activity_on": last_on.get(partner.key),
        }
        for name, value in row.items():
            columns[name].append(value)
    return pa.table(columns, schema=SCHEMA)


SCHEMA = pa.schema(
    [
        ("partner_id", pa.string()),
        ("name", pa.string()),
        ("kinds", pa.string()),
        ("standing", pa.string()),
        ("tier", pa.string()),
        ("joined_on", pa.date32()),
        ("left_on", pa.date32()),
        ("signed", pa.bool_()),
        ("active", pa.bool_()),
        ("accounts", pa.int64()),
        ("arr_minor", pa.int64()),
        ("renewals_due_minor", pa.int64()),
        ("sole_partner_arr_minor", pa.int64()),
        ("certified_people", pa.int64()),
        ("last_activity_on", pa.date32()),
    ]
)


def _holds(window: Window, day: date) -> bool:
    return window.opens_on < day <= window.closes_on
