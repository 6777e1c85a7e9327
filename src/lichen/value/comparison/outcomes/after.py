"""The outcomes of accounts after a landmark, one column each."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts
from lichen.value.comparison.held import KEYS
from lichen.value.comparison.outcomes import revenue, serving, value, voice
from lichen.value.comparison.outcomes.cases import cases_of
from lichen.value.comparison.outcomes.reading import Reading
from lichen.value.comparison.outcomes.registry import outcome_named
from lichen.vocabulary.definitions import Definitions

READINGS: tuple[Reading, ...] = (
    revenue.ARR,
    revenue.RENEWALS,
    serving.ADOPTION,
    serving.COST,
    value.VALUE,
    voice.ADVOCACY,
    voice.NPS,
    voice.CSAT,
)


def outcomes_after(
    facts: Facts,
    definitions: Definitions,
    points: ir.Table,
    horizon: int,
    names: Iterable[str],
) -> ir.Table:
    """Outcomes over (T0, T0 + `horizon` months] of `points` (account_key, landmark, t0).

    account_key, landmark and one float64 column for each of `names`: null where the account is no
    case of the outcome, where no feed provides it, where there was no ARR at T0, and where the
    horizon is not over on the day of the facts. Facts of the horizon are as they are known on
    that day. One row a point.

    Raises:
        UnknownName: a name is no outcome.
        RateMissing: ARR in a foreign currency meets a T0 without a fresh rate.
    """
    wanted = tuple(dict.fromkeys(outcome_named(name).name for name in names))
    cases = cases_of(facts, definitions, points, horizon)
    rows = cases.table.select(*KEYS, "closing")
    for reading in READINGS:
        if set(reading.names) & set(wanted) and reading.is_mapped(cases):
            found = reading.read(cases).select(*KEYS, *reading.names)
            rows = left_join(rows, facts.engine.materialise(found), KEYS)
            rows = rows.mutate(**_filled(rows, reading))
    missing = {name: ibis.null("float64") for name in wanted if name not in rows.columns}
    rows = rows.mutate(**missing) if missing else rows
    every = points.select(*KEYS)
    return facts.engine.materialise(left_join(every, rows.select(*KEYS, *wanted), KEYS))


def _filled(rows: ir.Table, reading: Reading) -> dict[str, ir.Value]:
    """The outcomes of one reading as float64, with what a case without a row has."""
    gone, there = (
        ibis.null("float64") if value is None else ibis.literal(value, "float64")
        for value in (reading.gone, reading.absent)
    )
    without = ibis.ifelse(rows.closing > 0, there, gone)
    return {name: ibis.coalesce(rows[name].cast("float64"), without) for name in reading.names}
