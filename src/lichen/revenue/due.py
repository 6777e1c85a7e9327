"""Renewals due: what was due, what was renewed, what is undecided, in the workspace currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import month_of, whole
from lichen.revenue.exchange import convert
from lichen.revenue.gather import product
from lichen.revenue.levels import Levels


def renewals_due(levels: Levels) -> ir.Table:
    """Renewals due up to the last month end.

    renewal_id, account_key, due_month, due and renewed in minor units of `currency`, decided,
    is_renewed, first_month (in which the account's first line starts; 0 without lines). A renewal
    without an amount renewed counts at the amount due; a lost one at nothing.
    """
    renewals = levels.facts.table("renewal")
    renewals = renewals.filter(renewals.account_key.notnull(), renewals.due_on.notnull())
    home = ibis.literal(levels.definitions.workspace.currency)
    is_renewed = renewals.outcome == "renewed"
    plain = renewals.select(
        "renewal_id",
        "account_key",
        due_month=month_of(renewals.due_on),
        due=renewals.due_minor,
        renewed=ibis.ifelse(
            is_renewed, ibis.coalesce(renewals.renewed_minor, renewals.due_minor), whole(0)
        ),
        currency=ibis.coalesce(renewals.currency, home),
        decided=is_renewed | (renewals.outcome == "churned"),
        is_renewed=is_renewed,
    )
    plain = plain.filter(plain.due_month <= levels.last_month)
    starts = levels.first_starts.rename(owner="account_key")
    joined = plain.left_join(starts, plain.account_key == starts.owner)
    return joined.select(*plain.columns, first_month=ibis.coalesce(joined.first_month, whole(0)))


@dataclass(frozen=True, eq=False)
class DueRenewals:
    """Renewals as `renewals_due` gives them, apart by whether an exchange rate moves them.

    What every window needs of those in other currencies is worked out once.
    """

    levels: Levels
    due: ir.Table

    @cached_property
    def home(self) -> ir.Table:
        """The renewals whose amounts need no exchange rate."""
        return self.due.filter(self.due.currency == self.levels.definitions.workspace.currency)

    @cached_property
    def _foreign(self) -> ir.Table:
        own = self.levels.definitions.workspace.currency
        return self.levels.facts.engine.materialise(self.due.filter(self.due.currency != own))

    @cached_property
    def _dated(self) -> list[tuple[str, int]]:
        """Currencies and due months there are."""
        named = self._foreign.select("currency", "due_month").distinct()
        rows = self.levels.facts.engine.to_arrow(named).to_pylist()
        return [(row["currency"], row["due_month"]) for row in rows]

    def rolling_foreign(self, months: int) -> ir.Table:
        """Renewals in other currencies, once for each window of `months` that holds them.

        Both amounts at the rate of the window's opening, so that a rate never changes a renewal
        rate. Adds `month`, the closing month of the window.

        Raises:
            RateMissing: the opening month end of a window has no fresh rate.
        """
        if not self._dated:
            return self._foreign.mutate(month=self._foreign.due_month).limit(0)
        first = min(month for _, month in self._dated)
        opens = range(first - months, self.levels.last_month - months + 1)
        self.levels.rates.require(
            (currency, month)
            for currency, due_month in self._dated
            for month in range(due_month - months, due_month)
            if month in opens
        )
        quotes = self.levels.rates.table({currency for currency, _ in self._dated}, opens)
        return _priced(self._foreign, self.levels.facts.engine.from_arrow(quotes), months)


def _priced(due: ir.Table, rates: ir.Table, months: int) -> ir.Table:
    quoted = rates.rename(quoted="currency")
    joined = due.inner_join(
        quoted,
        [
            due.currency == quoted.quoted,
            due.due_month <= quoted.rate_month + months,
            quoted.rate_month < due.due_month,
        ],
    )
    others = [name for name in due.columns if name not in ("due", "renewed")]
    return joined.select(
        *others,
        month=joined.rate_month + months,
        due=convert(joined.due, joined.rate),
        renewed=convert(joined.renewed, joined.rate),
    )


def due_measures(rows: ir.Table) -> Mapping[str, ir.Value]:
    """What one renewal due adds to its groups.

    In the letters of the algorithm page: x due and decided, y renewed, kept = min(x, y); the
    undecided apart, as number, amount and amount squared; xx, xy, yy for the intervals.
    """
    zero, one = whole(0), whole(1)
    x = ibis.ifelse(rows.decided, rows.due, zero)
    y = rows.renewed
    return {
        "n": ibis.ifelse(rows.decided, one, zero),
        "renewed": ibis.ifelse(rows.is_renewed, one, zero),
        "undecided": ibis.ifelse(rows.decided, zero, one),
        "x": x,
        "y": y,
        "kept": ibis.least(x, y),
        "open": ibis.ifelse(rows.decided, zero, rows.due),
        "xx": product(x, x),
        "xy": product(x, y),
        "yy": product(y, y),
        "open_squared": product(rows.due, ibis.ifelse(rows.decided, zero, rows.due)),
    }
