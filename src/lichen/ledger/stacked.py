"""Lines of one product open on each other: above a declared share of ARR, growth means nothing.

Overlaps of a whole ledger are looked at when it is loaded (`checks.overlaps`). This asks what a
figure may ask: how much ARR lay on stacked lines at the month ends that its window rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.periods import last_month_end, month_index
from lichen.ledger.stretches import (
    changes,
    in_words,
    joined,
    open_months,
    spells,
    starts_and_ends,
    stretches,
)
from lichen.ledger.valued import is_open, valued_lines
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.metrics import METRICS, Base

TOUCHED = tuple(
    name for name, metric in METRICS.items() if metric.base in (Base.COHORT, Base.MOVEMENTS)
)
EXAMPLES = 5
OF_PRODUCT = ("account_key", "product")


def stacked_lines(
    engine: Engine, lines: ir.Table, day: date, limit: float, rates: Mapping[str, float]
) -> list[Finding]:
    """One finding of severity error where stacked lines hold more than `limit` of ARR.

    Lines are stacked on a month end when several of one account and product, with ARR above zero,
    are open on it. The finding names every month end up to `day` on which they hold more, so that
    other windows keep their figures. `rates` give the workspace's minor units for one of a
    currency. With `limit` 1, or on month ends where a line has no rate, nothing is said.
    """
    if limit >= 1 or not rates:
        return []
    last = month_index(last_month_end(day))
    seen = open_months(valued_lines(lines, rates), last)
    course = stretches(engine, seen, _stacked_changes(engine, seen, last), last)
    over = [one for one in course if one.share > limit]
    if not over:
        return []
    worst, spans = max(over, key=lambda one: (one.share, one.last)), joined(over)
    sentence = (
        f"Lines of one product that lie on each other hold {worst.share:.0%} of ARR on "
        f"{worst.last}, and more than revenue.overlap_share ({limit:.0%}) at month ends "
        f"{in_words(spans)}. New lines on old ones look like growth, so NRR, GRR, expansion and "
        "churn of windows that open or close then have no meaning until this is settled. End the "
        "line that a new one replaces at the source; if lines of one product are meant to add up, "
        "set revenue.overlap_share = 1."
    )
    return [
        Finding(
            "stacked_lines",
            "subscription",
            worst.number,
            sentence,
            Severity.ERROR,
            _examples(engine, seen, worst.last),
            TOUCHED,
            arr_share=worst.share,
            month_ends=spans,
        )
    ]


def _stacked_changes(engine: Engine, lines: ir.Table, last: int) -> ir.Table:
    """How many lines are stacked, and their ARR, as changes by month."""
    names = ("number", "value")
    # Where any two lines share a month end, two that follow on each other in this order do.
    order = {"group_by": OF_PRODUCT, "order_by": [lines.month, lines.until]}
    marked = lines.mutate(before=lines.until.lag().over(**order))
    on_another = marked.filter(marked.before > marked.month).select(*OF_PRODUCT).distinct()
    suspects = engine.materialise(lines.semi_join(on_another, list(OF_PRODUCT)))
    value = suspects.value.fill_null(0).cast("int64")
    number = ibis.literal(1, "int64")
    changed = changes(suspects, OF_PRODUCT, last, number=number, value=value)
    open_lines = spells(changed, OF_PRODUCT, names, last)
    stacked = open_lines.filter(open_lines.number > 1)
    return starts_and_ends(stacked, (), names)


def _examples(engine: Engine, lines: ir.Table, day: date) -> tuple[str, ...]:
    """The first of a day's stacked lines."""
    there = lines.filter(is_open(lines, day))
    groups = there.group_by(OF_PRODUCT).aggregate(lines=there.count())
    several = groups.filter(groups.lines > 1).select(*OF_PRODUCT)
    stacked = there.semi_join(several, list(OF_PRODUCT)).select("subscription_id")
    ids = engine.to_arrow(stacked.order_by("subscription_id").limit(EXAMPLES))
    return tuple(ids["subscription_id"].to_pylist())
