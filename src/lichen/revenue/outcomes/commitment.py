"""Commitment: how much of the ARR at a close customers have signed for years."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import month_end
from lichen.revenue.calendar import whole
from lichen.revenue.exchange import convert
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.vocabulary.metrics.advocacy import MULTI_YEAR_MONTHS


def features(asked: Asked) -> ir.Table:
    """ARR at the close of each window in lines whose term is known, and in those of years.

    Credits are netted: an account has never more than its ARR for years, and never less than none.
    """
    parts = [_at(asked, place, closes) for place, (_, closes) in enumerate(asked.ends)]
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.filter(rows.termed > 0)
    none = whole(0)
    return rows.select(
        "account_key",
        "month",
        multi_year_arr=ibis.greatest(ibis.least(rows.multi_year, rows.termed), none),
        termed_arr=rows.termed,
        termed_n=whole(1),
    )


def _at(asked: Asked, place: int, closes: int) -> ir.Table:
    """account_key, month, termed and multi_year at one month end, in the workspace's currency."""
    day = ibis.date(month_end(closes))
    lines = asked.facts.table("subscription")
    open_then = (lines.starts_on <= day) & (lines.ends_on.isnull() | (lines.ends_on > day))
    lines = lines.filter(lines.account_key.notnull(), lines.term_months.notnull(), open_then)
    long = lines.term_months >= MULTI_YEAR_MONTHS
    own = asked.definitions.workspace.currency
    held = lines.select(
        "account_key",
        currency=ibis.coalesce(lines.currency, ibis.literal(own)),
        termed=lines.arr_minor,
        multi_year=ibis.ifelse(long, lines.arr_minor, whole(0)),
    )
    summed = held.group_by(["account_key", "currency"]).aggregate(
        termed=held.termed.sum().cast("int64"), multi_year=held.multi_year.sum().cast("int64")
    )
    amounts = _in_own_currency(asked, summed, closes)
    account = amounts.group_by("account_key").aggregate(
        termed=amounts.termed.sum().cast("int64"), multi_year=amounts.multi_year.sum().cast("int64")
    )
    return account.mutate(month=whole(place))


def _in_own_currency(asked: Asked, summed: ir.Table, closes: int) -> ir.Table:
    """Amounts at the rate of the close, rounded once for each account and currency."""
    if asked.levels.foreign is None:
        return summed
    own = asked.definitions.workspace.currency
    engine, rates = asked.facts.engine, asked.levels.rates
    listed = engine.to_arrow(summed.select("currency").distinct())["currency"].to_pylist()
    foreign = sorted(set(listed) - {own})
    rates.require((currency, closes) for currency in foreign)
    quoted = engine.from_arrow(rates.table(foreign, [closes])).select("currency", "rate")
    abroad = summed.inner_join(quoted, "currency")
    converted = abroad.select(
        "account_key",
        "currency",
        termed=convert(abroad.termed, abroad.rate),
        multi_year=convert(abroad.multi_year, abroad.rate),
    )
    return summed.filter(summed.currency == own).union(converted)


FAMILY = Family(
    "commitment",
    needs=(("subscription", "term_months"),),
    features=features,
    figures=(Share("multi_year_share", "multi_year_arr", "termed_arr", "termed_n"),),
)
