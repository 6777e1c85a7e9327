"""Lines with their ARR in one currency, for shares that only weigh what findings are about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.money import currency_digits
from lichen.ledger.facts import Facts


def arr_share(facts: Facts, accounts: ir.Table, own: str) -> float | None:
    """The share of ARR on the facts' day that lies on the account_keys of a table.

    None without ARR, or where a currency has no rate. `own` is the workspace's currency.
    """
    rates = facts.tables.get("fx_rate")
    lines = valued_lines(facts.table("subscription"), latest_rates(facts.engine, rates, own))
    there = lines.filter(is_open(lines, facts.as_of))
    held = there.semi_join(accounts, "account_key")
    whole, part = (
        facts.engine.to_arrow(
            each.aggregate(value=each.value.sum().cast("int64"), unknown=each.value.isnull().any())
        ).to_pylist()[0]
        for each in (there, held)
    )
    if not whole["value"] or whole["unknown"]:
        return None
    return float(part["value"] or 0) / float(whole["value"])


def latest_rates(engine: Engine, rates: ir.Table | None, own: str) -> dict[str, float]:
    """Workspace minor units for one minor unit of each currency, by its latest rate."""
    if rates is None:
        return {own: 1.0}
    newest = rates.group_by("currency").aggregate(on=rates["on"].max())
    found = engine.to_arrow(rates.semi_join(newest, ["currency", "on"]).select("currency", "rate"))
    digits = currency_digits(own)
    factors = {
        code: float(rate) * 10.0 ** (digits - currency_digits(code))
        for code, rate in zip(*(column.to_pylist() for column in found.columns), strict=True)
    }
    return {**factors, own: 1.0}


def valued_lines(lines: ir.Table, rates: Mapping[str, float]) -> ir.Table:
    """Lines with ARR above zero, their product filled in, and their `value` in one currency.

    The value is null where the currency has no rate.
    """
    # Doubles in good time: literals may else be decimals, whose products are many times dearer.
    minor = lines.arr_minor.cast("float64")
    value = ibis.cases(
        *(
            (lines.currency == code, lines.arr_minor)
            if rate == 1
            else (lines.currency == code, (minor * rate).round().cast("int64"))
            for code, rate in sorted(rates.items(), key=lambda each: (each[1] != 1, each[0]))
        ),
        else_=ibis.null("int64"),
    )
    return lines.filter(lines.arr_minor > 0).select(
        "account_key",
        "subscription_id",
        "starts_on",
        "ends_on",
        product=lines.product.fill_null(""),
        value=value,
    )


def is_open(lines: ir.Table, day: date) -> ir.BooleanValue:
    """Whether a line is open on a day."""
    then = ibis.date(day)
    return (lines.starts_on <= then) & (lines.ends_on.isnull() | (lines.ends_on > then))
