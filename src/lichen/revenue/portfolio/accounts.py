"""Accounts on a closing day: their ARR, how many partners serve them, what is due, who covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.exchange import convert
from lichen.revenue.gather import product
from lichen.revenue.levels import Levels
from lichen.revenue.portfolio.membership import at_month, group_spans, partner_spans
from lichen.revenue.spans import end_points
from lichen.vocabulary.grouping import Grouping

YEAR = 12
CELLS = ("csm", "partner", "both", "neither")
"""Who covers an account: a CSM alone, a partner practice alone, both, or nobody."""

PRACTICE = {"partner": 1, "hybrid": 1}
"""Groups of `served_via` in which a partner has a post-sale role."""


@dataclass(frozen=True, eq=False)
class Served:
    """Accounts with ARR at a month end, and the partners that serve them then.

    `serving` has account_key, partner_key, from_month, to_month, and no rows where the request
    knows no partners; `practice` the same for accounts with a post-sale role of a partner, None
    where csm_key or involvement is not mapped.
    """

    facts: Facts
    levels: Levels
    groupings: Sequence[Grouping]

    @cached_property
    def serving(self) -> ir.Table | None:
        """The partners' spans on accounts; None where no grouping speaks of partners."""
        return partner_spans(self.facts, self.groupings)

    @cached_property
    def practice(self) -> ir.Table | None:
        """Spans in which an account has a partner practice; None where that cannot be known."""
        known = self.facts.is_mapped("account", "csm_key") and self.facts.is_mapped("involvement")
        if not known:
            return None
        return group_spans(self.facts.engine, self.groupings, "served_via", PRACTICE)

    def at(self, month: int, *, ahead: bool) -> ir.Table:
        """account_key, arr, partners and the features of figures, of accounts with ARR then.

        `ahead` adds what falls due in the year after and who covers the account, which are known
        for the newest close only; else both are 0.
        """
        points = end_points(self.levels, month - YEAR, month)
        rows = points.filter(points.booked > 0).select("account_key", arr=points.booked)
        rows = left_join(rows, self._partners(month), "account_key")
        rows = left_join(rows, self._due(month) if ahead else _none(rows, "due"), "account_key")
        rows = rows.mutate(
            partners=ibis.coalesce(rows.partners, whole(0)), due=ibis.coalesce(rows.due, whole(0))
        )
        covered = self._covered(rows, month) if ahead else rows.mutate(csm=whole(0), team=whole(0))
        return self.facts.engine.materialise(covered)

    def serving_at(self, month: int) -> ir.Table | None:
        """account_key, partner_key at a month end."""
        return None if self.serving is None else at_month(self.serving, month)

    def _partners(self, month: int) -> ir.Table:
        there = self.serving_at(month)
        if there is None:
            return _none(self.facts.table("account"), "partners")
        return there.group_by("account_key").aggregate(partners=there.count().cast("int64"))

    def _due(self, month: int) -> ir.Table:
        """Undecided renewals of the year ahead by account, at the rate of the closing day: due."""
        home = self.levels.definitions.workspace.currency
        rows = self.facts.table("renewal")
        rows = rows.filter(rows.account_key.notnull(), rows.due_on.notnull())
        plain = rows.select(
            "account_key",
            at=month_of(rows.due_on),
            minor=rows.due_minor,
            unit=ibis.coalesce(rows.currency, ibis.literal(home)),
            open=(rows.outcome != "renewed") & (rows.outcome != "churned"),
        )
        plain = plain.filter(plain.at > month, plain.at <= month + YEAR, plain.open)
        found = self.facts.engine.to_arrow(plain.select("unit").distinct())["unit"].to_pylist()
        self.levels.rates.require((unit, month) for unit in found)
        quotes = self.facts.engine.from_arrow(self.levels.rates.table({home, *found}, [month]))
        met = plain.inner_join(quotes, plain.unit == quotes.currency)
        valued = met.select("account_key", due=convert(met.minor, met.rate))
        return valued.group_by("account_key").aggregate(due=valued.due.sum().cast("int64"))

    def _covered(self, rows: ir.Table, month: int) -> ir.Table:
        """Adds csm and team (a partner practice), each 1 or 0."""
        accounts = self.facts.table("account")
        named = accounts.csm_key.notnull() & (accounts.csm_key != "")
        looked = accounts.filter(named).select("account_key", csm=whole(1))
        rows = left_join(rows, looked, "account_key")
        if self.practice is None:
            team = _none(rows, "team")
        else:
            team = at_month(self.practice, month).rename(team="code")
        rows = left_join(rows, team, "account_key")
        zero = whole(0)
        return rows.mutate(csm=ibis.coalesce(rows.csm, zero), team=ibis.coalesce(rows.team, zero))


def _none(rows: ir.Table, name: str) -> ir.Table:
    """No rows, of account_key and `name`."""
    return rows.select("account_key", **{name: whole(0)}).limit(0)


def account_measures(rows: ir.Table) -> Mapping[str, ir.Value]:
    """What one account with ARR on the closing day adds to its groups."""
    zero, one = whole(0), whole(1)
    served, alone = rows.partners > 0, rows.partners == 1
    due = rows.due > 0
    found = {
        "n": one,
        "arr": rows.arr,
        "arr*arr": product(rows.arr, rows.arr),
        "attached": ibis.ifelse(served, one, zero),
        "arr_any": ibis.ifelse(served, rows.arr, zero),
        "alone_n": ibis.ifelse(alone, one, zero),
        "arr_alone": ibis.ifelse(alone, rows.arr, zero),
        "due_any": ibis.ifelse(served, rows.due, zero),
        "due_any_n": ibis.ifelse(served & due, one, zero),
        "due_alone": ibis.ifelse(alone, rows.due, zero),
        "due_alone_n": ibis.ifelse(alone & due, one, zero),
    }
    for name, inside in _cells(rows).items():
        found[f"{name}_n"] = ibis.ifelse(inside, one, zero)
        found[f"{name}_arr"] = ibis.ifelse(inside, rows.arr, zero)
    return found


def _cells(rows: ir.Table) -> dict[str, ir.BooleanValue]:
    csm, team = rows.csm > 0, rows.team > 0
    return {
        "csm": csm & ~team,
        "partner": team & ~csm,
        "both": csm & team,
        "neither": ~csm & ~team,
    }
