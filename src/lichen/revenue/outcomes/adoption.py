"""Adoption: how much of what was sold is used, how broadly, and where it is going."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import month_of, whole
from lichen.revenue.outcomes.family import Asked, Family, Share

MONTHS = 3
"""Adoption is read over this many months, so that one quiet month decides nothing."""

TRENDS = (3, 12)


def features(asked: Asked) -> ir.Table:
    """Users and seats of the last months of each window, beside those of earlier months.

    Only accounts with ARR at the close count, so that churn is not taken for disuse; a trend
    counts accounts with use in both stretches.
    """
    facts = asked.facts
    usage = facts.table("usage")
    usage = usage.filter(usage.account_key.notnull(), usage.month.notnull())
    first = min(closes for _, closes in asked.ends) - max(TRENDS) - MONTHS
    dated = usage.mutate(at=month_of(usage.month))
    recent = dated.filter(dated.at > first)
    totals = facts.engine.materialise(_monthly(recent))
    stretches = [_stretch(asked, totals, lag) for lag in (0, *TRENDS)]
    together = ibis.union(*stretches, _breadth(asked, recent))
    names = [name for name in together.columns if name not in ("account_key", "month")]
    summed = together.group_by(["account_key", "month"]).aggregate(
        **{name: together[name].sum().cast("int64") for name in names}
    )
    alive = asked.served.filter(asked.served.closing > 0).select("account_key", "month")
    held = summed.semi_join(alive, ["account_key", "month"])
    return held.select("account_key", "month", **_counted(held))


def _counted(rows: ir.Table) -> dict[str, ir.Value]:
    """Sums of an account as features: what has no yardstick counts nowhere."""
    zero, one = whole(0), whole(1)
    licensed = rows.seats_0 > 0
    found: dict[str, ir.Value] = {
        "adoption_users": ibis.ifelse(licensed, rows.users_0, zero),
        "adoption_seats": ibis.ifelse(licensed, rows.seats_0, zero),
        "adoption_n": ibis.ifelse(licensed, one, zero),
        "breadth_features": rows.features,
        "breadth_n": ibis.ifelse(rows.features > 0, one, zero),
    }
    for lag in TRENDS:
        there = (rows[f"rows_{lag}"] > 0) & (rows.rows_0 > 0) & (rows[f"users_{lag}"] > 0)
        found[f"trend_{lag}_now"] = ibis.ifelse(there, rows.users_0, zero)
        found[f"trend_{lag}_then"] = ibis.ifelse(there, rows[f"users_{lag}"], zero)
        found[f"trend_{lag}_kept"] = ibis.least(
            found[f"trend_{lag}_now"], found[f"trend_{lag}_then"]
        )
        found[f"trend_{lag}_n"] = ibis.ifelse(there, one, zero)
    lag = TRENDS[-1]
    seated = licensed & (rows[f"seats_{lag}"] > 0)
    found["seats_now"] = ibis.ifelse(seated, rows.seats_0, zero)
    found["seats_then"] = ibis.ifelse(seated, rows[f"seats_{lag}"], zero)
    found["seats_kept"] = ibis.least(found["seats_now"], found["seats_then"])
    found["seats_n"] = ibis.ifelse(seated, one, zero)
    return found


def _monthly(usage: ir.Table) -> ir.Table:
    """Users and seats of an account in a month: account_key, at, users, seats."""
    by_product = usage.group_by(["account_key", "at", "product"]).aggregate(**of_product(usage))
    return by_product.group_by(["account_key", "at"]).aggregate(
        users=by_product.users.sum(), seats=by_product.seats.sum()
    )


def of_product(usage: ir.Table) -> dict[str, ir.Value]:
    """users and seats of one product in one month, of rows grouped by these.

    A product's total is its row without a feature; where there is none, its largest feature.
    """
    is_total = usage.feature.isnull() | (usage.feature == "")
    return {
        name: ibis.coalesce(column.max(where=is_total), column.max(), whole(0))
        for name, column in (("users", usage.active_users), ("seats", usage.seats))
    }


def _stretch(asked: Asked, totals: ir.Table, lag: int) -> ir.Table:
    rows = asked.last_months(totals, MONTHS, lag)
    values = {name: whole(0) for name in _names()}
    values |= {
        f"users_{lag}": rows.users.cast("int64"),
        f"seats_{lag}": rows.seats.cast("int64"),
        f"rows_{lag}": whole(1),
    }
    return rows.select("account_key", "month", **values)


def _breadth(asked: Asked, usage: ir.Table) -> ir.Table:
    """Each feature that somebody used in the last months, once."""
    used = usage.filter(
        usage.feature.notnull(),
        usage.feature != "",
        (ibis.coalesce(usage.active_users, whole(0)) > 0)
        | (ibis.coalesce(usage.events, whole(0)) > 0),
    )
    rows = asked.last_months(used.select("account_key", "at", "product", "feature"), MONTHS)
    rows = rows.select("account_key", "month", "product", "feature").distinct()
    values = {**dict.fromkeys(_names(), whole(0)), "features": whole(1)}
    return rows.select("account_key", "month", **values)


def _names() -> tuple[str, ...]:
    lags = (0, *TRENDS)
    return (*(f"{what}_{lag}" for lag in lags for what in ("users", "seats", "rows")), "features")


def _then_and_now(metric: str, stem: str, parameters: str = "") -> Share:
    """The same accounts twice: few move much, so those that did carry the interval."""
    now, then, n, kept = (f"{stem}_{what}" for what in ("now", "then", "n", "kept"))
    return Share(metric, now, then, n, parameters, kept)


FAMILY = Family(
    "adoption",
    needs=(("usage", "active_users"),),
    features=features,
    figures=(
        Share("adoption", "adoption_users", "adoption_seats", "adoption_n"),
        Share("feature_breadth", "breadth_features", "breadth_n", "breadth_n"),
        *(_then_and_now("usage_trend", f"trend_{k}", f"months={k}") for k in TRENDS),
        _then_and_now("seat_expansion", "seats"),
    ),
)
