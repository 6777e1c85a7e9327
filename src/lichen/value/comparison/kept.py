"""Which comparable accounts are kept: a share of each stratum, by what the exposures in it need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.ledger.facts import Facts
from lichen.value.comparison.sampling import drawn

Cell = tuple[int, int]
"""An exposure, by place, and a stratum."""


def cells(engine: Engine, rows: ir.Table) -> Counter[Cell]:
    """How many rows each exposure has in each stratum."""
    counted = rows.group_by("exposure", "stratum").agg(n=rows.count())
    return Counter(
        {
            (row["exposure"], row["stratum"]): row["n"]
            for row in engine.to_arrow(counted).to_pylist()
        }
    )


def controls_by_cell(
    engine: Engine, pool: ir.Table, starts: ir.Table, exposures: int
) -> Counter[Cell]:
    """How many comparable accounts each exposure has in each stratum, started ones left out."""
    strata = pool.group_by("stratum").agg(n=pool.count())
    sizes = {row["stratum"]: row["n"] for row in engine.to_arrow(strata).to_pylist()}
    renamed = starts.select("exposure", "day", starter="account_key")
    started = pool.join(renamed, [pool.account_key == renamed.starter, renamed.day <= pool.t0_day])
    controls = Counter({(e, stratum): n for e in range(exposures) for stratum, n in sizes.items()})
    controls.subtract(cells(engine, started))
    return controls


def comparable_accounts(
    engine: Engine, pool: ir.Table, starts: ir.Table, exposures: int
) -> tuple[int, ...]:
    """How many distinct accounts are comparable for each exposure, at one landmark or at several.

    Who had started by its first landmark is comparable at none.
    """
    first = pool.group_by("account_key").agg(first=pool.t0_day.min())
    first = engine.materialise(first.rename(owner="account_key"))
    every = engine.to_arrow(first.aggregate(n=first.count()))["n"][0].as_py()
    started = starts.join(first, [starts.account_key == first.owner, starts.day <= first["first"]])
    counted = started.group_by("exposure").agg(n=started.owner.nunique())
    barred = {row["exposure"]: row["n"] for row in engine.to_arrow(counted).to_pylist()}
    return tuple(every - barred.get(place, 0) for place in range(exposures))


FEWEST = 5
"""However many accounts with the partner there are, each keeps so many comparable ones."""


def shares_of(
    exposed: Counter[Cell], controls: Counter[Cell], most: int, in_all: int
) -> dict[Cell, float]:
    """The share of comparable accounts kept for each exposure in each stratum with exposed.

    At most `most` for each exposed account of a stratum, and fewer (but not below FEWEST) where
    that would be more than `in_all` for an exposure: more would cost time and tell hardly more.
    """
    each = {e: _for_each(e, exposed, controls, most, in_all) for e in {e for e, _ in exposed}}
    return {
        cell: min(1.0, each[cell[0]] * count / controls[cell])
        for cell, count in sorted(exposed.items())
        if controls[cell] > 0
    }


def _for_each(
    exposure: int, exposed: Counter[Cell], controls: Counter[Cell], most: int, in_all: int
) -> int:
    """How many comparable accounts each exposed one of this exposure may keep."""
    own = {cell: count for cell, count in exposed.items() if cell[0] == exposure}

    def kept(each: int) -> int:
        return sum(min(controls[cell], each * count) for cell, count in own.items())

    lowest = min(FEWEST, most)
    return next((n for n in range(most, lowest, -1) if kept(n) <= in_all), lowest)


def share_table(shares: Mapping[Cell, float]) -> pa.Table:
    """exposure, stratum, share: the same as a table."""
    return pa.table(
        {
            "exposure": pa.array([exposure for exposure, _ in shares], pa.int64()),
            "stratum": pa.array([stratum for _, stratum in shares], pa.int64()),
            "share": pa.array(list(shares.values()), pa.float64()),
        }
    )


def kept_controls(facts: Facts, pool: ir.Table, shares: Mapping[Cell, float]) -> ir.Table:
    """The comparable accounts that any exposure keeps, with the `draw` that decides for which."""
    most: dict[int, float] = {}
    for (_, stratum), share in shares.items():
        most[stratum] = max(share, most.get(stratum, 0.0))
    table = pa.table(
        {
            "of_stratum": pa.array(list(most), pa.int64()),
            "most": pa.array(list(most.values()), pa.float64()),
        }
    )
    wanted = pool.join(facts.engine.from_arrow(table), [("stratum", "of_stratum")])
    wanted = wanted.drop("of_stratum")
    if all(share == 1.0 for share in shares.values()):
        chosen = wanted.mutate(draw=ibis.literal(0.0))
    else:
        rows = drawn(facts, wanted)
        chosen = rows.filter(rows.draw < rows.most)
    return facts.engine.materialise(chosen.drop("most"))
