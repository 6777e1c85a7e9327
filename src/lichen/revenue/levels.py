"""ARR of accounts over time, as changes rather than as one row for every month.

Accounts whose every line is in the workspace currency go by events. Accounts with a foreign line
get a row for each month end, because an exchange rate moves their ARR every month.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from functools import cached_property

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import FAR_MONTH, last_month_end, month_end, month_index
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.exchange import MonthRates, month_rates
from lichen.revenue.foreign import ForeignLevels
from lichen.revenue.lives import lives_of
from lichen.vocabulary.definitions import Definitions


@dataclass(frozen=True, eq=False)
class Levels:
    """ARR in minor units of the workspace currency, up to the last month end of the facts.

    Tables are expressions of the facts' engine, computed when first used and then kept.
    """

    facts: Facts
    definitions: Definitions
    ends: dict[tuple[int, int], ir.Table] = field(default_factory=dict, repr=False)
    """What `spans.end_points` has worked out so far, by months of opening and closing."""

    @cached_property
    def last_month(self) -> int:
        """Month index of the last month end on or before the as-of day."""
        return month_index(last_month_end(self.facts.as_of))

    @cached_property
    def first_month(self) -> int | None:
        """Month index of the first change of ARR; None without subscriptions."""
        found = [self._first_of(self.deltas)]
        if self.foreign is not None:
            found.append(self._first_of(self.foreign.deltas))
        known = [month for month in found if month is not None]
        return min(known) if known else None

    def _first_of(self, deltas: ir.Table) -> int | None:
        row = self.facts.engine.to_arrow(deltas.aggregate(first=deltas.month.min()))
        first: int | None = row["first"][0].as_py()
        return first

    @cached_property
    def foreign(self) -> ForeignLevels | None:
        """Accounts with any line in another currency; None where there is none."""
        lines = self._lines
        foreign = lines.filter(lines.currency != self._currency)
        accounts = foreign.select("account_key").distinct()
        kept = self.facts.engine.materialise(accounts)
        if not self.facts.engine.to_arrow(kept.aggregate(n=kept.count()))["n"][0].as_py():
            return None
        theirs = _changes(lines.semi_join(kept, "account_key"), self.last_month, ("currency",))
        changes = self.facts.engine.materialise(theirs)
        return ForeignLevels(self.facts.engine, kept, changes, self.rates, self.last_month)

    @cached_property
    def rates(self) -> MonthRates:
        """The rates of every currency into the workspace's, by month end."""
        return month_rates(self.facts, self._currency, self.definitions.revenue.rate_max_age_days)

    @cached_property
    def deltas(self) -> ir.Table:
        """Changes of ARR of accounts in the workspace currency: account_key, month, delta."""
        lines = self._lines
        if self.foreign is not None:
            lines = lines.anti_join(self.foreign.accounts, "account_key")
        return self.facts.engine.materialise(_changes(lines, self.last_month, ()))

    @cached_property
    def steps(self) -> ir.Table:
        """ARR between its changes: account_key, month, to_month, opening, closing, is_new.

        `closing` holds at month ends from `month` up to `to_month` (FAR_MONTH when it never
        changes again); `opening` held before.
        """
        deltas = self.deltas
        by_month = ibis.window(group_by=deltas.account_key, order_by=deltas.month)
        closing = deltas.delta.sum().over(
            group_by=deltas.account_key, order_by=deltas.month, rows=(None, 0)
        )
        steps = deltas.mutate(
            closing=closing.cast("int64"),
            to_month=ibis.coalesce(deltas.month.lead().over(by_month), whole(FAR_MONTH)),
            # The first change of an account can only lift it from nothing.
            is_new=ibis.row_number().over(by_month) == 0,
        )
        return self.facts.engine.materialise(
            steps.mutate(opening=steps.closing - steps.delta).drop("delta")
        )

    @cached_property
    def arrivals(self) -> ir.Table:
        """The first month end at which each account had ARR: account_key, since."""
        steps = self.steps
        first = steps.filter(steps.is_new).select("account_key", since=steps.month)
        if self.foreign is not None:
            monthly = self.foreign.lagged(1)
            there = monthly.filter(monthly.booked > 0)
            first = first.union(there.group_by("account_key").aggregate(since=there.month.min()))
        return self.facts.engine.materialise(first)

    @cached_property
    def first_starts(self) -> ir.Table:
        """The month in which each account's first line starts: account_key, first_month."""
        lines = self._lines
        first = lines.group_by("account_key").aggregate(first_month=month_of(lines.starts_on).min())
        return self.facts.engine.materialise(first)

    @cached_property
    def lives(self) -> ir.Table:
        """When each account came and first went, to the day: see `lives_of`."""
        lives = lives_of(self._lines, month_end(self.last_month))
        return self.facts.engine.materialise(lives)

    @property
    def _currency(self) -> str:
        return self.definitions.workspace.currency

    @property
    def _lines(self) -> ir.Table:
        lines = self.facts.table("subscription")
        lines = lines.filter(lines.account_key.notnull(), lines.starts_on.notnull())
        return lines.select(
            "account_key",
            "starts_on",
            "ends_on",
            arr=lines.arr_minor,
            currency=ibis.coalesce(lines.currency, ibis.literal(self._currency)),
        )


def _changes(lines: ir.Table, last_month: int, also_by: tuple[str, ...]) -> ir.Table:
    """Lines as changes of ARR by account and month (and `also_by`), up to `last_month`."""
    keys = ("account_key", *also_by)
    # Days are compared as days, so that months are only worked out for what counts.
    until = ibis.date(month_end(last_month))
    started = lines.filter(lines.starts_on <= until)
    ended = lines.filter(lines.ends_on <= until)
    starts = started.select(*keys, month=month_of(started.starts_on), delta=started.arr)
    ends = ended.select(*keys, month=month_of(ended.ends_on), delta=-ended.arr)
    events = starts.union(ends)
    changes = events.group_by([*keys, "month"]).aggregate(delta=events.delta.sum().cast("int64"))
    return changes.filter(changes.delta != 0)


_KEPT: dict[int, tuple[weakref.ref[Facts], Levels]] = {}


def levels_of(facts: Facts, definitions: Definitions) -> Levels:
    """The levels of these facts; measures of one run share what was computed once."""
    held = _KEPT.get(id(facts))
    if held is not None and held[0]() is facts and held[1].definitions is definitions:
        return held[1]
    levels = Levels(facts, definitions)
    _KEPT.clear()
    _KEPT[id(facts)] = (weakref.ref(facts), levels)
    return levels
