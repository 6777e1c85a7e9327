"""Growth of accounts before the quarter, where no partner can have changed anything yet."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import ratio
from lichen.engines.joins import left_join
from lichen.kernel.periods import month_end
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.covariates.asked import QUARTER_MONTHS, landmarks_of
from lichen.value.comparison.held import KEYS, arr_on
from lichen.vocabulary.definitions import Definitions

PLACEBO_MONTHS = 12
"""How much earlier the placebo's time zero is; its covariates are `covariates_at(shift=…)`."""


def placebo_growth(facts: Facts, definitions: Definitions, points: ir.Table) -> ir.Table:
    """ARR at Q0 / ARR twelve months before T0: account_key, landmark, growth.

    Both at the rate of the earlier day; null without ARR then. One row a point.

    Raises:
        RateMissing: ARR in a foreign currency meets the earlier day without a fresh rate.
    """
    engine = facts.engine
    listed = landmarks_of(engine, points)
    early = [landmark - PLACEBO_MONTHS for landmark in listed]
    ends = [month_end(landmark - QUARTER_MONTHS) for landmark in listed]
    calendar = engine.from_arrow(
        pa.table(
            {
                "at": pa.array(listed, pa.int64()),
                "rate_month": pa.array(early, pa.int64()),
                "earlier": pa.array([month_end(month) for month in early], pa.date32()),
                "q0": pa.array(ends, pa.date32()),
            }
        )
    )
    dated = points.select(*KEYS).inner_join(calendar, points.landmark == calendar.at).drop("at")
    lines = facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull(), lines.starts_on.notnull())
    lines = lines.select("starts_on", "ends_on", "arr_minor", "currency", owner=lines.account_key)
    met = dated.inner_join(lines, [dated.account_key == lines.owner, lines.starts_on <= dated.q0])
    held = arr_on(facts, definitions, met, {"was": "earlier", "now": "q0"})
    held = held.filter(held.was > 0)
    grown = held.select(*KEYS, growth=ratio(ibis.greatest(held.now, whole(0)), held.was))
    return engine.materialise(left_join(points.select(*KEYS), grown, KEYS))
