"""ARR of accounts with a line in another currency, month end by month end."""

from __future__ import annotations

from collections.abc import Sequence
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

LAGS = (1, 12)
"""The lags of movements and of rolling windows, which every run asks for."""


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
        listed = pa.table({"month": pa.array(self.months, pa.int64())})
        months = self.engine.from_arrow(listed)
        monthly = spans.inner_join(
            months, [spans.from_month <= months.month, months.month < spans.to_month]
        ).select("account_key", "currency", "month", "minor")
        kept = self.engine.materialise(monthly)
        needed = self.engine.to_arrow(kept.select("currency", "month").distinct()).to_pylist()
        self.rates.require((row["currency"], row["month"]) for row in needed)
        return kept

    @cached_property
    def months(self) -> range:
        """Month indexes from the first change of these accounts to the last month end."""
        deltas = self.deltas
        first = self.engine.to_arrow(deltas.aggregate(first=deltas.month.min()))["first"][0].as_py()
        return range(self.last_month if first is None else first, self.last_month + 1)

    @cached_property
    def rate_table(self) -> ir.Table:
        """currency, rate_month, rate: every rate that may be asked for."""
        named = self.engine.to_arrow(self.deltas.select("currency").distinct())["currency"]
        return self.engine.from_arrow(self.rates.table(named.to_pylist(), self.months))

    def lagged(self, months: int) -> ir.Table:
        """Every month end with the one `months` earlier, as `apart` gives them."""
        return self._priced(self._every(months), months)

    def apart(self, opens: int, closes: int) -> ir.Table:
        """The two month ends of one window, converted.

        account_key, month (the closing), opening (at the opening's rate), closing (at the
        opening's rate where there was opening ARR, else at its own), booked (at its own rate).
        """
        months = closes - opens
        if months in self._lagged:
            every = self._every(months)
            return self._priced(every.filter(every.month == closes), months)
        return self._priced(self._valued([(opens, closes)]), months)

    def _every(self, months: int) -> ir.Table:
        """`_valued` of every month end with the one `months` earlier.

        The lags that every run asks for are valued by one statement, which takes a third of what
        it takes to write one for each.
        """
        if months not in self._lagged:
            lags = LAGS if months in LAGS else (months,)
            valued = self._valued([(month - lag, month) for lag in lags for month in self.months])
            for lag in lags:
                self._lagged[lag] = valued.filter(valued.lag == lag)
        return self._lagged[months]

    def _valued(self, pairs: Sequence[tuple[int, int]]) -> ir.Table:
        """Both month ends of each pair: account_key, month (the later), lag, opening, held (what
        stands at the later, at the rate of the earlier), booked, unpriced (a currency that has no
        rate at the earlier).
        """
        zero = whole(0)
        wanted, monthly = self._pairs(pairs), self.monthly
        old = monthly.inner_join(wanted, monthly.month == wanted.opens)
        new = monthly.inner_join(wanted, monthly.month == wanted.closes)
        keys = ("account_key", "currency", "opens", "closes")
        both = old.select(*keys, was=old.minor, now=zero).union(
            new.select(*keys, was=zero, now=new.minor)
        )
        paired = both.group_by(keys).aggregate(
            was=both.was.sum().cast("int64"), now=both.now.sum().cast("int64")
        )
        paired = _with_rate(paired, self.rate_table, paired.opens, "old_rate")
        paired = _with_rate(paired, self.rate_table, paired.closes, "new_rate")
        unpriced = (paired.now != 0) & paired.old_rate.isnull()
        summed = paired.group_by(["account_key", "opens", "closes"]).aggregate(
            opening=ibis.coalesce(convert(paired.was, paired.old_rate), zero).sum().cast("int64"),
            held=ibis.coalesce(convert(paired.now, paired.old_rate), zero).sum().cast("int64"),
            booked=ibis.coalesce(convert(paired.now, paired.new_rate), zero).sum().cast("int64"),
            unpriced=ibis.ifelse(unpriced, paired.currency, ibis.null("string")).min(),
        )
        return self.engine.materialise(
            summed.select(
                "account_key",
                "opening",
                "held",
                "booked",
                "unpriced",
                month=summed.closes,
                lag=summed.closes - summed.opens,
            )
        )

    def _pairs(self, pairs: Sequence[tuple[int, int]]) -> ir.Table:
        opens, closes = zip(*pairs, strict=True)
        return self.engine.from_arrow(
            pa.table({"opens": pa.array(opens, pa.int64()), "closes": pa.array(closes, pa.int64())})
        )

    def _priced(self, valued: ir.Table, months: int) -> ir.Table:
        self._require_opening_rates(valued, months)
        return valued.select(
            "account_key",
            "opening",
            "booked",
            "month",
            closing=ibis.ifelse(valued.opening > 0, valued.held, valued.booked),
        )

    def _require_opening_rates(self, valued: ir.Table, months: int) -> None:
        """A currency that an account took up after L still needs L's rate."""
        lacking = valued.filter(valued.opening > 0, valued.unpriced.notnull())
        rows = self.engine.to_arrow(lacking.select("unpriced", "month").distinct()).to_pylist()
        missing: dict[str, set[date]] = {}
        for row in rows:
            missing.setdefault(row["unpriced"], set()).add(month_end(row["month"] - months))
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
