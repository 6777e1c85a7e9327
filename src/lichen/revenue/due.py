"""Renewals due: what was due, what was renewed, what is undecided, in the workspace currency."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.exchange import MonthRates, convert, month_rates
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


def in_home_currency(levels: Levels, due: ir.Table) -> ir.Table:
    """The renewals whose amounts need no exchange rate."""
    return due.filter(due.currency == levels.definitions.workspace.currency)


def rolling_foreign(levels: Levels, due: ir.Table, months: int) -> ir.Table:
    """Renewals in other currencies, once for each window of `months` that holds them.

    Both amounts at the rate of the window's opening, so that a rate never changes a renewal rate.
    Adds `month`, the closing month of the window.

    Raises:
        RateMissing: the opening month end of a window has no fresh rate.
    """
    theirs = due.filter(due.currency != levels.definitions.workspace.currency)
    engine = levels.facts.engine
    kept = engine.materialise(theirs)
    span = _span(engine, kept)
    if span is None:
        return kept.mutate(month=kept.due_month).limit(0)
    currencies, first = span
    rates = month_rates(
        levels.facts,
        levels.definitions.workspace.currency,
        levels.definitions.revenue.rate_max_age_days,
    )
    opens = range(first - months, levels.last_month - months + 1)
    return _priced(kept, _required_rates(engine, kept, rates, currencies, opens, months), months)


def _span(engine: Engine, due: ir.Table) -> tuple[list[str], int] | None:
    rows = engine.to_arrow(
        due.group_by("currency").aggregate(first=due.due_month.min())
    ).to_pylist()
    if not rows:
        return None
    return [row["currency"] for row in rows], min(row["first"] for row in rows)


def _required_rates(
    engine: Engine,
    due: ir.Table,
    rates: MonthRates,
    currencies: list[str],
    opens: range,
    months: int,
) -> ir.Table:
    dated = engine.to_arrow(due.select("currency", "due_month").distinct()).to_pylist()
    rates.require(
        (row["currency"], month)
        for row in dated
        for month in range(row["due_month"] - months, row["due_month"])
        if month in opens
    )
    return engine.from_arrow(rates.table(currencies, opens))


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
