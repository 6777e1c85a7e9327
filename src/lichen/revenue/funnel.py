"""From the start to value: how many new accounts came to each milestone so far."""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa

from lichen.revenue.calendar import whole
from lichen.revenue.levels import Levels

STARTED = "started"
LOST = "lost"

COLUMNS = ("stage", "accounts", "share", "days")


def funnel_table(levels: Levels, after: date, until: date) -> pa.Table:
    """stage, accounts, share, days: `started`, each milestone in the order of its days, `lost`.

    Of accounts whose first subscription started after one day and up to another: how many had
    reached each milestone by then, not later than they were lost, and how many were lost, as a
    `share` of those that started. `days` is the mean from the start of those who got there, empty
    for the first row and the last.
    """
    lives = levels.lives
    lives = lives.filter(lives.started_on > ibis.date(after), lives.started_on <= ibis.date(until))
    lost = lives.ended_on <= ibis.date(until)
    engine = levels.facts.engine
    ends = engine.to_arrow(
        lives.aggregate(
            started=lives.count().cast("int64"),
            lost=ibis.coalesce(ibis.ifelse(lost, whole(1), whole(0)).sum(), whole(0)).cast("int64"),
        )
    ).to_pylist()[0]
    rows = levels.facts.table("milestone")
    met = rows.filter(rows.reached_on <= ibis.date(until)).inner_join(lives, "account_key")
    there = met.filter(met.ended_on.isnull() | (met.reached_on <= met.ended_on))
    days = there.reached_on.delta(there.started_on, unit="day").cast("int64")
    # The key of a milestone is its account and its name, so rows are accounts.
    reached = there.group_by(stage=there.milestone).aggregate(
        accounts=there.count().cast("int64"), total=days.sum().cast("int64")
    )
    found = engine.to_arrow(reached).to_pylist()
    stages = sorted(
        ((row["stage"], row["accounts"], row["total"] / row["accounts"]) for row in found),
        key=lambda stage: (stage[2], stage[0]),
    )
    started = ends["started"]
    listed = [
        (stage, accounts, accounts / started if started else None, days)
        for stage, accounts, days in (
            (STARTED, started, None),
            *stages,
            (LOST, ends["lost"], None),
        )
    ]
    types = (pa.string(), pa.int64(), pa.float64(), pa.float64())
    return pa.table(
        [pa.array([row[k] for row in listed], kind) for k, kind in enumerate(types)],
        names=list(COLUMNS),
    )
