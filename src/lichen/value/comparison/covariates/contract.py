"""What an account had bought: how long ago, how far into its term, how many products and seats."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import month_of
from lichen.value.comparison.covariates.asked import Asked
from lichen.value.comparison.covariates.guard import Number, Source
from lichen.value.comparison.held import is_live


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
    return asked.summed(
        lines,
        tenure=log1p(elapsed.max()),
        months_to_term_end=(term - elapsed % term).min(where=live),
        products=named.nunique(where=live),
        seats=log1p(lines.seats.sum(where=live)),
    )


def log1p(value: ir.Value) -> ir.Value:
    """ln(1 + value) of a whole number from 0 on; null below."""
    counted = ibis.ifelse(value >= 0, value, ibis.null("int64"))
    return (counted.cast("float64") + ibis.literal(1.0, "float64")).log()


CONTRACT = Source(
    "contract",
    read,
    (
        Number("tenure", ("subscription", "starts_on"), "Add a subscription feed."),
        Number(
            "months_to_term_end",
            ("subscription", "term_months"),
            "Map subscription.term_months.",
        ),
        Number("products", ("subscription", "product"), "Map subscription.product."),
        Number("seats", ("subscription", "seats"), "Map subscription.seats."),
    ),
)
