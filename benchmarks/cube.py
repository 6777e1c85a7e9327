"""The cube as Lichen computes it: ARR retention over rolling 12 months by six groupings.

Every contender gives the same: for each group and month end, the accounts with ARR twelve months
before, that ARR, its ARR now, the smaller of both, and the accounts still there. What is compared
is each measure's total over groups and months, and the total of the squared counts, which tells
groupings apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir

from lichen.engines import connect
from lichen.kernel.periods import month_index
from lichen.kernel.progress import silent
from lichen.ledger.facts import Facts, MeasureRequest
from lichen.revenue.gather import Gatherer
from lichen.revenue.levels import Levels
from lichen.revenue.retention import measure
from lichen.revenue.spans import rolling_windows
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.grouping import Grouping

MEASURES = ("n", "x", "y", "kept", "retained")
LAG = 12


def events(bench: Path, as_of: date, kind: str) -> dict[str, int]:
    """By events and running sums, from Parquet to the sums of every group and month."""
    with connect("duckdb") as engine:
        facts = _facts(bench, as_of, engine)
        levels = Levels(facts, Definitions())
        spans = engine.materialise(rolling_windows(levels, LAG))
        last = month_index(as_of)
        months = range(min(levels.first_month or last, last), last + 1)
        gatherer = Gatherer(engine, _grouping(bench, engine, kind))
        sums = gatherer.over_spans(spans, _measures, months, LAG)
        found = {name: int(sums[name].sum()) for name in MEASURES}
        return {**found, "squares": int((sums["n"] ** 2).sum())}


def published(bench: Path, as_of: date, kind: str) -> int:
    """The same as published: with products for intervals, verdicts and one row per figure."""
    with connect("duckdb") as engine:
        facts = _facts(bench, as_of, engine)
        groupings = [_grouping(bench, engine, kind)]
        request = MeasureRequest(facts, Definitions(), groupings, [], "bench", silent)
        return len(measure(request).figures)


def _facts(bench: Path, as_of: date, engine: object) -> Facts:
    lines = engine.read_parquet([bench / "lines.parquet"])  # type: ignore[attr-defined]
    accounts = lines.select("account_key", account_id=lines.account_key.cast("string")).distinct()
    return Facts(as_of, engine, {"subscription": lines, "account": accounts}, {})  # type: ignore[arg-type]


def _grouping(bench: Path, engine: object, kind: str) -> Grouping:
    read = engine.read_parquet  # type: ignore[attr-defined]
    return Grouping(
        name=kind,
        dimensions=(),
        cells=read([bench / f"{kind}_cells.parquet"]),
        labels=read([bench / f"{kind}_labels.parquet"]),
        dated=kind == "dated",
    )


def _measures(rows: ir.Table) -> Mapping[str, ir.Value]:
    one, none = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    return {
        "n": one,
        "x": rows.opening,
        "y": rows.closing,
        "kept": ibis.least(rows.opening, rows.closing),
        "retained": ibis.ifelse(rows.closing > 0, one, none),
    }
