"""Exchange rates by month end, and exact conversion inside the engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.errors import LichenError
from lichen.kernel.money import currency_digits
from lichen.kernel.periods import month_end
from lichen.ledger.facts import Facts

RATE_TYPE = pa.decimal128(19, 12)
"""Minor units into minor units; with 18 digits of amount the product still fits 38 digits."""

PRODUCT_TYPE = "decimal(38, 12)"

SURE_BELOW = 1e12
"""Minor units up to which a product of doubles tells on which side of a half it lies."""


class RateMissing(LichenError):
    """ARR in a foreign currency meets month ends without a rate that is recent enough."""

    def __init__(self, missing: Mapping[str, Iterable[date]], max_age_days: int) -> None:
        self.missing = {currency: sorted(days) for currency, days in sorted(missing.items())}
        self.max_age_days = max_age_days
        listed = "; ".join(f"{currency} {_span(days)}" for currency, days in self.missing.items())
        super().__init__(
            f"No exchange rate at most {max_age_days} days old for {listed}.",
            "Add rows to the fx_rate feed on or shortly before these days.",
        )


def _span(days: list[date]) -> str:
    if len(days) <= 3:
        return "on " + ", ".join(day.isoformat() for day in days)
    return f"on {len(days)} month ends from {days[0].isoformat()} to {days[-1].isoformat()}"


class MonthRates:
    """The rate of a currency at a month end: the latest on or before it, if recent enough."""

    def __init__(
        self, quotes: Mapping[str, list[tuple[date, Decimal]]], into: str, max_age_days: int
    ) -> None:
        self.into = into
        self.max_age_days = max_age_days
        self._quotes = {currency: sorted(rows) for currency, rows in quotes.items()}

    def at(self, currency: str, month: int) -> Decimal | None:
        """Minor units of the workspace currency for one minor unit; None without a fresh rate."""
        if currency == self.into:
            return Decimal(1)
        quotes = self._quotes.get(currency, [])
        day = month_end(month)
        found = bisect_right(quotes, day, key=lambda quote: quote[0]) - 1
        if found < 0 or (day - quotes[found][0]).days > self.max_age_days:
            return None
        digits = currency_digits(self.into) - currency_digits(currency)
        return quotes[found][1].scaleb(digits)

    def require(self, needed: Iterable[tuple[str, int]]) -> None:
        """Raise `RateMissing` for all of these (currency, month) that have no fresh rate."""
        missing: dict[str, set[date]] = {}
        for currency, month in needed:
            if self.at(currency, month) is None:
                missing.setdefault(currency, set()).add(month_end(month))
        if missing:
            raise RateMissing(missing, self.max_age_days)

    def table(self, currencies: Iterable[str], months: Iterable[int]) -> pa.Table:
        """Rates there are, as (currency, rate_month, rate)."""
        span = list(months)
        rows = [
            (currency, month, rate)
            for currency in sorted(currencies)
            for month in span
            if (rate := self.at(currency, month)) is not None
        ]
        return pa.table(
            {
                "currency": pa.array([row[0] for row in rows], pa.string()),
                "rate_month": pa.array([row[1] for row in rows], pa.int64()),
                "rate": pa.array([row[2] for row in rows], RATE_TYPE),
            }
        )


def month_rates(facts: Facts, into: str, max_age_days: int) -> MonthRates:
    """The workspace's rates as of the facts' day."""
    rates = facts.table("fx_rate").select("currency", "on", "rate")
    quotes: dict[str, list[tuple[date, Decimal]]] = {}
    for row in facts.engine.to_arrow(rates).to_pylist():
        quotes.setdefault(row["currency"], []).append((row["on"], row["rate"]))
    return MonthRates(quotes, into, max_age_days)


def convert(minor: ir.Value, rate: ir.Value) -> ir.Value:
    """`minor` times `rate`, rounded half to even, int64; null where the rate is.

    A product in floating point below `SURE_BELOW` is off by less than 0.001, so away from a half
    it rounds to the one right integer; only near a half, or beyond, are exact decimals needed.
    """
    product = minor.cast("float64") * rate.cast("float64")
    below = product.floor()
    sure = ((product - below - 0.5).abs() > 0.01) & (product.abs() < SURE_BELOW)
    return ibis.ifelse(sure, (product + 0.5).floor().cast("int64"), _exactly(minor, rate))


def _exactly(minor: ir.Value, rate: ir.Value) -> ir.Value:
    """The same in decimals.

    Engines round decimals half up, so the half is decided here: up exactly when the whole part
    below it is odd.
    """
    product = (minor.cast("decimal(18, 0)") * rate).cast(PRODUCT_TYPE)
    below = product.floor().cast("int64")
    rest = product - below.cast("decimal(18, 0)")
    half = ibis.literal(Decimal("0.5"), type="decimal(13, 12)")
    up = (rest > half) | ((rest == half) & (below % 2 != 0))
    return below + ibis.ifelse(up, 1, 0).cast("int64")
