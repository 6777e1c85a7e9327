"""What covariates are asked for, and the facts that were there before the quarter began."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.kernel.periods import month_end
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions

KEYS = ("account_key", "landmark")
FACT_DAY = "fact_day"
NEWEST = "newest"

QUARTER_MONTHS = 3
START_DAYS = 30
"""At a first contract time zero is so many days after the start, as in time to value."""


@dataclass(frozen=True, eq=False)
class Asked:
    """The points that covariates are asked for, and how facts are brought to them.

    `points` has account_key, landmark (month index of T0) and q0, the last day of which a fact may
    be used: the month end three months (and `shift` more) before T0, or the day of the first start.
    """

    facts: Facts
    definitions: Definitions
    points: ir.Table
    landmarks: tuple[int, ...]
    shift: int = 0

    def q0_month(self, landmark: int) -> int:
        """The month index of Q0 of a landmark."""
        return landmark - QUARTER_MONTHS - self.shift

    def moments(self, *months: int) -> ir.Table:
        """The points known at Q0: account_key, landmark, q0, q0_month, and `ago_<m>` for `months`,

        the month end m months before Q0. Accounts that were recorded only later are left out.
        """
        quarter = {landmark: self.q0_month(landmark) for landmark in self.landmarks}
        columns = {"q0_month": pa.array(quarter.values(), pa.int64())}
        for back in months:
            days = [month_end(month - back) for month in quarter.values()]
            columns[f"ago_{back}"] = pa.array(days, pa.date32())
        calendar = self.facts.engine.from_arrow(
            pa.table({"at": pa.array(quarter, pa.int64()), **columns})
        )
        points = self.known
        return points.inner_join(calendar, points.landmark == calendar.at).drop("at")

    @cached_property
    def known(self) -> ir.Table:
        """The points whose account had been recorded by Q0: account_key, landmark, q0."""
        accounts, points = self.facts.table("account"), self.points
        if not self.facts.is_mapped("account", "recorded_at"):
            return points
        owners = accounts.select(owner=accounts.account_key, owner_on=accounts.recorded_on)
        known = points.inner_join(owners, points.account_key == owners.owner)
        known = known.filter(known.owner_on.isnull() | (known.owner_on <= known.q0))
        return self.facts.engine.materialise(known.select(*points.columns))

    def dated(self, entity: str, day: str, *columns: str) -> ir.Table:
        """Rows of an entity with their `day`: account_key, `columns`, day, fact_day.

        `fact_day` is the day by which the row had happened and was known: the later of the two
        where the feed says when it was recorded.
        """
        return self.known_by(entity, self.facts.table(entity), day).select(
            "account_key", *dict.fromkeys((*columns, day)), FACT_DAY
        )

    def known_by(self, entity: str, rows: ir.Table, day: str) -> ir.Table:
        """Rows of an entity that name an account and a `day`, with `fact_day`."""
        rows = rows.filter(rows[day].notnull())
        known = rows[day]
        if self.facts.is_mapped(entity, "recorded_at"):
            known = ibis.greatest(known, ibis.coalesce(rows.recorded_on, known))
        return rows.mutate(**{FACT_DAY: known})

    def before(
        self, rows: ir.Table, day: str, *, since: int | None = None, also: tuple[int, ...] = ()
    ) -> ir.Table:
        """The dated rows of each point that were known at Q0, with its landmark, q0 and q0_month.

        Only days after the month end `since` months before Q0, where given; `also` are other
        distances whose month ends the rows shall carry, as in `moments`.
        """
        wanted = also if since is None else (since, *also)
        points = self.moments(*dict.fromkeys(wanted)).rename(owner="account_key")
        meets = [rows.account_key == points.owner, rows[FACT_DAY] <= points.q0]
        if since is not None:
            meets.append(rows[day] > points[f"ago_{since}"])
        return rows.inner_join(points, meets).drop("owner")

    def summed(self, rows: ir.Table, **values: ir.Value) -> ir.Table:
        """One row a point: account_key, landmark, `values`, and the newest day of a fact in it."""
        return rows.group_by(list(KEYS)).aggregate(**values, **{NEWEST: rows[FACT_DAY].max()})


def asked_for(
    facts: Facts, definitions: Definitions, points: ir.Table, design: str, shift: int
) -> Asked:
    """The points of a design with the last day of which a fact may be used.

    `quarter`: Q0 is the month end three months before the landmark, and `shift` more;
    `first_contract`: the day of the first start, 30 days before `t0`.
    """
    engine = facts.engine
    listed = landmarks_of(engine, points)
    if design == "first_contract":
        began = (points.t0 - ibis.interval(days=START_DAYS)).cast("date")
        kept = engine.materialise(points.select(*KEYS, q0=began))
        return Asked(facts, definitions, kept, listed, shift)
    days = [month_end(landmark - QUARTER_MONTHS - shift) for landmark in listed]
    quarters = engine.from_arrow(
        pa.table({"at": pa.array(listed, pa.int64()), "q0": pa.array(days, pa.date32())})
    )
    dated = points.inner_join(quarters, points.landmark == quarters.at)
    return Asked(facts, definitions, engine.materialise(dated.select(*KEYS, "q0")), listed, shift)


def landmarks_of(engine: Engine, points: ir.Table) -> tuple[int, ...]:
    """The landmarks there are, in order."""
    found = engine.to_arrow(points.select("landmark").distinct())["landmark"].to_pylist()
    return tuple(sorted(found))
