"""ARR of accounts with a line in another currency, month end by month end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, month_end
from lichen.revenue.calendar import whole
from lichen.revenue.exchange import MonthRates, RateMissing, convert


@dataclass(frozen=True, eq=False)
class ForeignLevels:
    """Levels of the few accounts whose ARR an exchange rate moves.

    `deltas` has account_key, currency, month and delta in minor units of its own currency, all
    currencies of these accounts, the workspace's included.
    """

    engine: Engine
    accounts: ir.Table
    deltas: ir.Table
    rates: MonthRates
    last_month: int
    _lagged: dict[int, ir.Table] = field(default_factory=dict)

    @cached_property
    def monthly(self) -> ir.Table:
        """account_key, currency, month, minor: what stood at each month end, 0 left out.

        Raises:
            RateMissing: a month end with such ARR has no fresh rate.
        """
        deltas = self.deltas
        by = ibis.window(group_by=[deltas.account_key, deltas.currency], order_by=deltas.month)
        level = deltas.delta.sum().over(
            group_by=[deltas.account_key, deltas.currency], order_by=deltas.month, rows=(None, 0)
        )
        spans = deltas.select(
            "account_key",
            "currency",
            from_month=deltas.month,
            to_month=ibis.coalesce(deltas.month.lead().over(by), whole(FAR_MONTH)),
            minor=level.cast("int64"),
        )
        spans = spans.filter(spans.minor != 0)
        months = self.months
        monthly = spans.inner_join(
            months, [spans.from_month <= months.month, months.month < spans.to_month]
        ).select("account_key", "currency", "month", "minor")
        kept = self.engine.materialise(monthly)
        needed = self.engine.to_arrow(kept.select("currency", "month").distinct()).to_pylist()
        self.rates.require((row["currency"], row["month"]) for row in needed)
        return kept

    @cached_property
    def months(self) -> ir.Table:
        """Month indexes from the first change of these accounts to the last month end."""
        deltas = self.deltas
        first = self.engine.to_arrow(deltas.aggregate(first=deltas.month.min()))["first"][0].as_py()
        span = range(self.last_month if first is None else first, self.last_month + 1)
        return self.engine.from_arrow(pa.table({"month": pa.array(list(span), pa.int64())}))

    @cached_property
    def rate_table(self) -> ir.Table:
        """currency, rate_month, rate: every rate that may be asked for."""
        named = self.engine.to_arrow(self.deltas.select("currency").distinct())["currency"]
        span = self.engine.to_arrow(self.months)["month"].to_pylist()
        return self.engine.from_arrow(self.rates.table(named.to_pylist(), span))

    def lagged(self, months: int) -> ir.Table:
        """Every month end with the one `months` earlier, as `apart` gives them."""
        if months not in self._lagged:
            self._lagged[months] = self._month_by_month(months)
        return self._lagged[months]

    def _month_by_month(self, months: int) -> ir.Table:
        last = self.last_month
        return self._valued(
            lambda table: table.filter(table.month + months <= last).mutate(
                window=table.month + months
            ),
            lambda table: table.mutate(window=table.month),
            months,
        )

    def apart(self, opens: int, closes: int) -> ir.Table:
        """The two month ends of one window, converted.

        account_key, month (the closing), opening (at the opening's rate), closing (at the
        opening's rate where there was opening ARR, else at its own), booked (at its own rate).
        """
        return self._valued(
            lambda table: table.filter(table.month == opens).mutate(window=whole(closes)),
            lambda table: table.filter(table.month == closes).mutate(window=whole(closes)),
            closes - opens,
        )

    def _valued(
        self,
        opening: Callable[[ir.Table], ir.Table],
        closing: Callable[[ir.Table], ir.Table],
        months: int,
    ) -> ir.Table:
        zero = whole(0)
        old, new = opening(self.monthly), closing(self.monthly)
        both = old.select("account_key", "currency", "window", was=old.minor, now=zero).union(
            new.select("account_key", "currency", "window", was=zero, now=new.minor)
        )
        paired = both.group_by(["account_key", "currency", "window"]).aggregate(
            was=both.was.sum().cast("int64"), now=both.now.sum().cast("int64")
        )
        paired = _with_rate(paired, self.rate_table, paired.window - months, "old_rate")
        paired = _with_rate(paired, self.rate_table, paired.window, "new_rate")
        unpriced = (paired.now != 0) & paired.old_rate.isnull()
        summed = paired.group_by(["account_key", "window"]).aggregate(
            opening=ibis.coalesce(convert(paired.was, paired.old_rate), zero).sum().cast("int64"),
            held=ibis.coalesce(convert(paired.now, paired.old_rate), zero).sum().cast("int64"),
            booked=ibis.coalesce(convert(paired.now, paired.new_rate), zero).sum().cast("int64"),
            unpriced=ibis.ifelse(unpriced, paired.currency, ibis.null("string")).min(),
        )
        kept = self.engine.materialise(summed)
        self._require_opening_rates(kept, months)
        return kept.select(
            "account_key",
            "opening",
            "booked",
            month=kept.window,
            closing=ibis.ifelse(kept.opening > 0, kept.held, kept.booked),
        )

    def _require_opening_rates(self, summed: ir.Table, months: int) -> None:
        """A currency that an account took up after L still needs L's rate."""
        lacking = summed.filter(summed.opening > 0, summed.unpriced.notnull())
        rows = self.engine.to_arrow(lacking.select("unpriced", "window").distinct()).to_pylist()
        missing: dict[str, set[date]] = {}
        for row in rows:
            missing.setdefault(row["unpriced"], set()).add(month_end(row["window"] - months))
        if missing:
            raise RateMissing(missing, self.rates.max_age_days)


def _with_rate(table: ir.Table, rates: ir.Table, month: ir.Value, name: str) -> ir.Table:
    """The table with the rate at `month` added under `name`, null where there is none."""
    keyed = table.mutate(wanted_month=month)
    quoted = rates.select(
        rate_currency=rates.currency, wanted_month=rates.rate_month, found=rates.rate
    )
    joined = keyed.left_join(
        quoted,
        [keyed.currency == quoted.rate_currency, keyed.wanted_month == quoted.wanted_month],
    )
    return joined.select(*table.columns, **{name: quoted.found})
