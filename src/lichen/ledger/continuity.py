"""A renewal late by no more than the grace days is no churn: the ended line runs on to it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.vocabulary.finding import Finding

FAR_DAY = "9999-12-31"


def close_gaps(engine: Engine, lines: ir.Table, grace_days: int) -> tuple[ir.Table, list[Finding]]:
    """Lines whose product starts again within `grace_days` end where the late one starts.

    A gap is a stretch in which an account has no line of a product between two that it has. Lines
    of no length take no part. `lines` are subscriptions as of a day; so is the result.
    """
    gaps = engine.materialise(_gaps(lines, grace_days))
    count = engine.to_arrow(gaps.aggregate(n=gaps.count()))["n"][0].as_py()
    if not count:
        return lines, []
    product = lines.product.fill_null("")
    marked = lines.mutate(
        gap_product=product, real=ibis.ifelse(_has_length(lines), lines.ends_on, ibis.null("date"))
    )
    joined = marked.join(
        gaps,
        [
            marked.account_key == gaps.gap_account,
            marked.gap_product == gaps.of_product,
            marked.real == gaps.gap_from,
        ],
        how="left",
    )
    late = joined.gap_to.notnull()
    closed = engine.materialise(
        joined.mutate(ends_on=ibis.ifelse(late, joined.gap_to, joined.ends_on), late=late)
    )
    found = engine.to_arrow(
        closed.filter(closed.late).select("subscription_id").order_by("subscription_id")
    )["subscription_id"].to_pylist()
    finding = Finding(
        "late_renewal",
        "subscription",
        len(found),
        f"{len(found)} lines ended and their product was renewed within {grace_days} days; "
        "they count as continuous, at the ended line's amount.",
        examples=tuple(found[:5]),
    )
    return closed.select(*lines.columns), [finding]


def _gaps(lines: ir.Table, grace_days: int) -> ir.Table:
    """gap_account, of_product, gap_from, gap_to: lapses that a late renewal closes."""
    real = lines.filter(_has_length(lines)).select(
        "account_key",
        "starts_on",
        of_product=lines.product.fill_null(""),
        until=lines.ends_on.fill_null(ibis.literal(FAR_DAY).cast("date")),
    )
    before = ibis.window(
        group_by=["account_key", "of_product"],
        order_by=["starts_on", "until"],
        preceding=(None, 1),
    )
    seen = real.mutate(covered=real.until.max().over(before))
    grace = (seen.covered + ibis.interval(days=grace_days)).cast("date")
    return seen.filter(
        seen.covered.notnull() & (seen.starts_on > seen.covered) & (seen.starts_on <= grace)
    ).select(
        "of_product",
        gap_account=seen.account_key,
        gap_from=seen.covered,
        gap_to=seen.starts_on,
    )


def _has_length(lines: ir.Table) -> ir.BooleanValue:
    return lines.ends_on.isnull() | (lines.ends_on > lines.starts_on)
