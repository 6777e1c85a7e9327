"""What a pilot changed: offered less held out, as they were drawn.

Definition and worked table: docs/algorithms/pilots.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

import ibis
import ibis.expr.types as ir
import numpy as np

from lichen.engines.joins import left_join
from lichen.inference import experiment, multiplicity
from lichen.inference.estimate import Estimate
from lichen.involvement.attributes import attributes_with_history
from lichen.kernel.periods import month_end, month_index
from lichen.ledger.facts import Facts
from lichen.value.comparison.answer import rarer_of
from lichen.value.comparison.estimates import effect_of
from lichen.value.comparison.outcomes import OUTCOMES, Outcome, outcome_named, outcomes_after
from lichen.value.comparison.panel import Bools, Floats, Ints
from lichen.value.pilots.assign import SEGMENT, assign, eve_of
from lichen.value.pilots.compliance import compliance_findings, compliance_of
from lichen.value.pilots.judging import Evidence, judge, sentence_of
from lichen.value.pilots.result import PilotOutcome, PilotReading
from lichen.vocabulary.definitions import Definitions, Pilot
from lichen.vocabulary.figure import Verdict

SEGMENTS_OF_TODAY = (
    "Segments on the eve of the pilot are not known, so those of today decide who takes part. Load "
    "attribute_change rows of segment."
)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The accounts of a pilot as arrays, one element an account; outcomes are NaN where none."""

    offered: Bools
    unit: Ints
    outcomes: Mapping[str, Floats]


def analyse(
    facts: Facts,
    definitions: Definitions,
    pilot: Pilot,
    outcomes: Sequence[str] = (),
    horizon: int | None = None,
) -> PilotReading:
    """The pilot by intention to treat on the outcomes named (none = all), after `horizon` months.

    Outcomes run over (eve, eve + horizon] of the accounts that were customers on the eve. Where
    partners were drawn, errors are clustered by partner. Holm's adjustment goes over all primary
    outcomes, whatever was asked. The default horizon is that of the definitions.

    Raises:
        UnknownName: there is no such outcome.
        RateMissing: ARR in a foreign currency meets the eve without a fresh rate.
    """
    for name in outcomes:
        outcome_named(name)
    months = horizon or definitions.comparison.horizon
    every = [each for each in OUTCOMES.values() if not each.since_start]
    arms = assign(facts, definitions, pilot)
    drawn = _drawn(facts, definitions, pilot, arms, months)
    compliance = compliance_of(facts, pilot, arms, months)
    told = _outcomes(facts, definitions, pilot, drawn, every, months)
    return PilotReading(
        pilot=pilot.name,
        play=pilot.play,
        unit=pilot.unit,
        share_held_out=pilot.held_out,
        starts_on=pilot.starts_on,
        horizon=months,
        compliance=compliance,
        outcomes=tuple(each for each in told if not outcomes or each.outcome in outcomes),
        findings=(*compliance_findings(compliance, pilot), *_segment_findings(facts, pilot)),
    )


def _drawn(
    facts: Facts, definitions: Definitions, pilot: Pilot, arms: ir.Table, horizon: int
) -> Drawn:
    eve = eve_of(facts, pilot)
    landmark = ibis.literal(month_index(eve), "int64")
    points = facts.engine.materialise(
        arms.select("account_key", landmark=landmark, t0=ibis.date(eve))
    )
    names = [name for name, each in OUTCOMES.items() if not each.since_start]
    after = outcomes_after(facts, definitions, points, horizon, names).drop("landmark")
    rows = left_join(arms, after, "account_key").order_by("account_key")
    unit = f"{pilot.unit}_key"
    columns = list(dict.fromkeys((unit, "account_key", "held_out", *names)))
    table = facts.engine.to_arrow(rows.select(*columns))
    return Drawn(
        offered=~np.asarray(table["held_out"].to_pylist(), dtype=np.bool_),
        unit=np.asarray(table[unit].to_pylist(), dtype=np.int64),
        outcomes={
            name: np.array([nan if v is None else v for v in table[name].to_pylist()], dtype=float)
            for name in names
        },
    )


def _outcomes(
    facts: Facts,
    definitions: Definitions,
    pilot: Pilot,
    drawn: Drawn,
    every: Sequence[Outcome],
    horizon: int,
) -> list[PilotOutcome]:
    estimates = [_estimate(drawn, each.name) for each in every]
    p = np.array([experiment.p_value(each) for each in estimates])
    adjusted = multiplicity.holm(np.where([each.primary for each in every], p, nan))
    until = _until(eve_of(facts, pilot), horizon)
    told = []
    for outcome, estimate, raw, holm in zip(every, estimates, p, adjusted, strict=True):
        evidence = _evidence(drawn, outcome, estimate, until, float(holm))
        said = judge(evidence, outcome, pilot, facts.as_of, definitions.comparison)
        told.append(_told(pilot, outcome, evidence, said, float(raw)))
    return told


def _estimate(drawn: Drawn, name: str) -> Estimate:
    values = drawn.outcomes[name]
    known = np.isfinite(values)
    return experiment.difference(values[known], drawn.offered[known], drawn.unit[known])


def _evidence(
    drawn: Drawn, outcome: Outcome, estimate: Estimate, until: date, adjusted_p: float
) -> Evidence:
    values = drawn.outcomes[outcome.name]
    known = np.isfinite(values)
    arms = [known & drawn.offered, known & ~drawn.offered]
    counts, units = (
        tuple(map(len, each))
        for each in ([values[arm] for arm in arms], [np.unique(drawn.unit[arm]) for arm in arms])
    )
    means = tuple(float(values[arm].mean()) if arm.any() else nan for arm in arms)
    return Evidence(
        estimate=estimate,
        counts=(counts[0], counts[1]),
        units=(units[0], units[1]),
        means=(means[0], means[1]),
        rarer=rarer_of(values[known]) if outcome.is_binary else None,
        until=until,
        adjusted_p=adjusted_p,
    )


def _told(
    pilot: Pilot,
    outcome: Outcome,
    found: Evidence,
    said: tuple[Verdict, tuple[str, ...]],
    p: float,
) -> PilotOutcome:
    estimate, wide = found.estimate, experiment.interval(found.estimate, 0.99)
    return PilotOutcome(
        outcome=outcome.name,
        unit=outcome.unit,
        direction=int(outcome.direction),
        primary=outcome.primary,
        offered=found.counts[0],
        held_out=found.counts[1],
        offered_mean=_known(found.means[0]),
        held_out_mean=_known(found.means[1]),
        effect=effect_of(estimate),
        low99=_known(wide[0]),
        high99=_known(wide[1]),
        p=_known(p),
        adjusted_p=_known(found.adjusted_p),
        verdict=said[0],
        reasons=said[1],
        sentence=sentence_of(found, outcome, pilot, said, wide),
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _until(eve: date, horizon: int) -> date:
    """The last day of the horizon: a month end after a month end, else the same day of a month."""
    end = month_end(month_index(eve) + horizon)
    return end if eve == month_end(month_index(eve)) else end.replace(day=min(eve.day, end.day))


def _segment_findings(facts: Facts, pilot: Pilot) -> list[str]:
    if not pilot.segments or SEGMENT in attributes_with_history(facts):
        return []
    return [SEGMENTS_OF_TODAY]
