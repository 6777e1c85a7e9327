"""How much ARR an account had, and where it was going."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.value.comparison.covariates.asked import FACT_DAY, KEYS, NEWEST, Asked
from lichen.value.comparison.covariates.guard import Number, Source
from lichen.value.comparison.held import arr_on

TREND_MONTHS = 6


def read(asked: Asked) -> ir.Table:
    """log_arr, arr_trend and no_arr_before, in constant currency at Q0's rate."""
    lines = asked.dated("subscription", "starts_on", "ends_on", "arr_minor", "currency")
    met = asked.before(lines, "starts_on", also=(TREND_MONTHS,))
    met = met.mutate(rate_month=met.q0_month)
    days = {"now": "q0", "then": f"ago_{TREND_MONTHS}"}
    held = arr_on(asked.facts, asked.definitions, met, days, FACT_DAY)
    there = held.then > 0
    now = ibis.ifelse(held.now > 0, held.now, ibis.null("int64")).cast("float64").log()
    then = ibis.ifelse(there, held.then, ibis.null("int64")).cast("float64").log()
    zero, one = (ibis.literal(value, "float64") for value in (0.0, 1.0))
    return held.select(
        *KEYS,
        log_arr=now,
        arr_trend=ibis.ifelse(there, now - then, zero),
        no_arr_before=ibis.ifelse(there, zero, one),
        **{NEWEST: held[FACT_DAY]},
    )


_LACKING = "Add a subscription feed."
_NEEDS = (("subscription", "arr_amount"),)

ARR = Source(
    "arr",
    read,
    tuple(Number(name, _NEEDS, _LACKING) for name in ("log_arr", "arr_trend", "no_arr_before")),
)
