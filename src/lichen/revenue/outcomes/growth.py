"""Growth: what accounts brought that had no ARR before, and what those grew by that had."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Amount, Asked, Family, Share


def features(asked: Asked) -> ir.Table:
    """The rise of each account between the ends of each window, as booked; falls count nowhere."""
    rows = asked.served
    rows = rows.filter(rows.closing > rows.opening)
    rise = rows.closing - rows.opening
    is_new = rows.opening <= 0
    zero, one = whole(0), whole(1)
    return rows.select(
        "account_key",
        "month",
        growth=rise,
        growth_n=one,
        growth_new=ibis.ifelse(is_new, rise, zero),
        growth_new_n=ibis.ifelse(is_new, one, zero),
        growth_existing=ibis.ifelse(is_new, zero, rise),
        growth_existing_n=ibis.ifelse(is_new, zero, one),
    )


FAMILY = Family(
    "growth",
    needs=(("subscription", "arr_amount"),),
    features=features,
    figures=(
        Share("growth_share", "growth_existing", "growth", "growth_n"),
        Amount("new_arr", "growth_new", "growth_new_n"),
        Amount("expansion_arr", "growth_existing", "growth_existing_n"),
    ),
)
