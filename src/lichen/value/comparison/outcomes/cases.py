"""The accounts that are cases of a horizon, and how facts are brought to them."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import month_end
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import month_of
from lichen.value.comparison.covariates.asked import landmarks_of
from lichen.value.comparison.held import KEYS, arr_on
from lichen.vocabulary.definitions import Definitions


@dataclass(frozen=True, eq=False)
class Cases:
    """Points with ARR at T0 whose horizon has ended.

    `table` has account_key, landmark, t0, until (the last day of the horizon), lately (three
    months before that), opening (ARR at T0) and closing (ARR at the end, at T0's rate), in minor
    units; one row a point.
    """

    facts: Facts
    definitions: Definitions
    table: ir.Table
    horizon: int

    def within(self, rows: ir.Table, day: str, after: str = "t0") -> ir.Table:
        """The rows whose `day` lies in (T0, T0 + h] of a case, with the case's columns."""
        cases = self.table.rename(owner="account_key")
        meets = [
            rows.account_key == cases.owner,
            rows[day] > cases[after],
            rows[day] <= cases.until,
        ]
        return rows.inner_join(cases, meets).drop("owner")


def cases_of(facts: Facts, definitions: Definitions, points: ir.Table, horizon: int) -> Cases:
    """The cases among `points` (account_key, landmark, t0) with `horizon` months after T0.

    A horizon from a month end ends at a month end; from another day, on the same day of the month.

    Raises:
        RateMissing: ARR in a foreign currency meets a T0 without a fresh rate.
    """
    dated = facts.engine.materialise(_with_horizon(facts, points, horizon))
    lines = facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull(), lines.starts_on.notnull())
    lines = lines.select("starts_on", "ends_on", "arr_minor", "currency", owner=lines.account_key)
    met = dated.inner_join(
        lines, [dated.account_key == lines.owner, lines.starts_on <= dated.until]
    )
    held = arr_on(facts, definitions, met, {"opening": "t0", "closing": "until"})
    there = held.filter(held.opening > 0)
    keyed = there.select(*KEYS, "opening", "closing").rename(owner="account_key", at="landmark")
    table = dated.inner_join(
        keyed, [dated.account_key == keyed.owner, dated.landmark == keyed.at]
    ).drop("owner", "at", "rate_month")
    return Cases(facts, definitions, facts.engine.materialise(table), horizon)


def _with_horizon(facts: Facts, points: ir.Table, horizon: int) -> ir.Table:
    """The points whose horizon is over, with until, lately and rate_month."""
    engine = facts.engine
    listed = landmarks_of(engine, points)
    ends = {
        "t0_end": [month_end(landmark) for landmark in listed],
        "until_end": [month_end(landmark + horizon) for landmark in listed],
        "lately_end": [month_end(landmark + horizon - 3) for landmark in listed],
    }
    columns = {name: pa.array(days, pa.date32()) for name, days in ends.items()}
    calendar = engine.from_arrow(pa.table({"at": pa.array(listed, pa.int64()), **columns}))
    met = points.inner_join(calendar, points.landmark == calendar.at)
    at_end = met.t0 == met.t0_end
    rows = met.select(
        *KEYS,
        "t0",
        until=ibis.ifelse(at_end, met.until_end, _months_after(met.t0, horizon)),
        lately=ibis.ifelse(at_end, met.lately_end, _months_after(met.t0, horizon - 3)),
        rate_month=month_of(met.t0),
    )
    return rows.filter(rows.until <= ibis.date(facts.as_of))


def _months_after(day: ir.Value, months: int) -> ir.Value:
    return (day + ibis.interval(months=months)).cast("date")
