"""What an account had bought: how long ago, how far into its term, how many products and seats."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import month_of
from lichen.value.comparison.covariates.asked import FACT_DAY, KEYS, NEWEST, Asked
from lichen.value.comparison.covariates.guard import Number, Source
from lichen.value.comparison.held import is_live

TERM = ("subscription", "term_months")
RECORDED = ("renewal", "recorded_at")


def read(asked: Asked) -> ir.Table:
    """tenure, months_to_term_end, products and seats, from the lines that had started by Q0.

    The end of a term is that of start and term, as agreed when the line began: an end that was
    entered later already tells what came of it.
    """
    columns = ("ends_on", "term_months", "product", "seats")
    lines = asked.before(asked.dated("subscription", "starts_on", *columns), "starts_on")
    elapsed = lines.q0_month - month_of(lines.starts_on)
    term = ibis.ifelse(lines.term_months > 0, lines.term_months, ibis.null("int64"))
    live = is_live(lines, "q0")
    named = ibis.coalesce(lines["product"], ibis.literal(""))
    rows = asked.summed(
        lines,
        tenure=log1p(elapsed.max()),
        months_to_term_end=(term - elapsed % term).min(where=live),
        products=named.nunique(where=live),
        seats=log1p(lines.seats.sum(where=live)),
    )
    if not asked.facts.is_mapped(*TERM) and asked.facts.is_mapped(*RECORDED):
        return _or_due(asked, rows)
    return rows


def _or_due(asked: Asked, rows: ir.Table) -> ir.Table:
    """months_to_term_end of the next renewal due, where no line says its term.

    Of renewals that had been recorded by Q0: others may have been written down once they came.
    """
    dues = asked.facts.table("renewal")
    dues = dues.filter(dues.due_on.notnull(), dues.recorded_on.notnull())
    dues = dues.select("account_key", "due_on", **{FACT_DAY: dues.recorded_on})
    met = asked.before(dues, "due_on")
    ahead = met.filter(met.due_on > met.q0)
    left = (month_of(ahead.due_on) - ahead.q0_month).min()
    due = ahead.group_by(list(KEYS)).aggregate(months_to_due=left, newest_due=ahead[FACT_DAY].max())
    both = left_join(rows.drop("months_to_term_end"), due, KEYS)
    newest = ibis.greatest(both[NEWEST], ibis.coalesce(both.newest_due, both[NEWEST]))
    return both.mutate(months_to_term_end=both.months_to_due, **{NEWEST: newest})


def log1p(value: ir.Value) -> ir.Value:
    """ln(1 + value) of a whole number from 0 on; null below."""
    counted = ibis.ifelse(value >= 0, value, ibis.null("int64"))
    return (counted.cast("float64") + ibis.literal(1.0, "float64")).log()


CONTRACT = Source(
    "contract",
    read,
    (
        Number("tenure", (("subscription", "starts_on"),), "Add a subscription feed."),
        Number(
            "months_to_term_end",
            (TERM,),
            "Map subscription.term_months, or recorded_at of the renewal feed.",
            instead=(RECORDED, ("renewal", "due_on")),
        ),
        Number("products", (("subscription", "product"),), "Map subscription.product."),
        Number("seats", (("subscription", "seats"),), "Map subscription.seats."),
    ),
)
