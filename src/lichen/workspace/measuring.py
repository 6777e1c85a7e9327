"""From a ledger to a published run: grouping, measures, findings, files.

Kept apart from what comes before, so that Ibis and all that is built on it may be imported while
feeds are still being read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from lichen import involvement, ledger
from lichen.engines import Engine
from lichen.ledger import Ledger
from lichen.ledger.drift import drift_findings
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.consistency import consistency
from lichen.runs import Run, TableWriter, publish
from lichen.value.comparison.stored import comparison_tables
from lichen.vocabulary.figure import figures_table
from lichen.vocabulary.finding import Finding
from lichen.workspace.clock import Clock
from lichen.workspace.days import reach_findings
from lichen.workspace.errors import NEEDED, NothingToMeasure
from lichen.workspace.measures import RegisteredMeasure, registered_measures
from lichen.workspace.numbering import next_run_id
from lichen.workspace.plan import RunPlan, windows_ending
from lichen.workspace.readable import without_unreadable
from lichen.workspace.recording import Record, findings_table, own_tables
from lichen.workspace.stages import Compare, GroupAccounts

FIGURE_ORDER = ("metric", "base", "groups", "parameters", "window_to", "window_from")


@dataclass(frozen=True)
class Taken:
    """What all measures gave: figures in published order, tables and findings."""

    figures: pa.Table
    tables: Mapping[str, pa.Table | ir.Table]
    findings: tuple[Finding, ...]


def measure_and_publish(
    plan: RunPlan, held: Ledger, day: date, engine: Engine, clock: Clock
) -> Run:
    """Take every measure of the facts on `day`, and publish what they gave as one run.

    Raises:
        NothingToMeasure: no figure has anything in its base.
        LichenError: a measure cannot be taken honestly; nothing is published then.
    """
    windows = windows_ending(day, plan.windows, plan.definitions.workspace.fiscal_year_start)
    run_id, clock_findings = next_run_id(plan.root, _made_of(plan, held, day))
    with clock.stage("as of", f"Seeing the facts as of {day}"):
        facts = held.as_of(day, engine)
    with clock.stage("group accounts", "Grouping accounts"):
        groupings = involvement.groupings(facts, plan.definitions, _dimensions(plan))
        request = MeasureRequest(
            facts=involvement.believed(facts, plan.definitions),
            definitions=plan.definitions,
            groupings=involvement.together(engine, groupings),
            windows=tuple(dict.fromkeys(windows.values())),
            run_id=run_id,
            progress=clock.progress,
        )
    measures = registered_measures()
    taken = take(measures, request, clock)
    if not any(taken.figures["n"].to_pylist()):
        raise NothingToMeasure(day, [name for name in NEEDED if not facts.is_mapped(name)])
    compared = _compared(plan, facts, clock)
    findings = _unique(
        (*held.findings, *drift_findings(held.drift), *facts.findings),
        involvement.findings(facts, plan.definitions),
        (*reach_findings(day, held.newest_fact), *clock_findings),
        (*taken.findings, *compared.findings),
    )
    with clock.stage("publish", "Publishing"):
        kept = ledger.accounted(held, facts)
        figures, spreads = with_consistency(without_unreadable(taken.figures, findings), request)
        tables = {
            **own_tables(held, kept, facts, plan.definitions, windows["12m"].opens_on),
            "findings": findings_table(findings),
            "consistency": spreads,
            **taken.tables,
            **compared.tables,
        }
        record = Record(plan, held, kept, day, windows, run_id, measures, findings, clock.seconds)
        return publish(plan.root, record.manifest(), figures, _writers(tables, engine))


def _compared(plan: RunPlan, facts: Facts, clock: Clock) -> Taken:
    """Tables and findings of the comparisons; nothing where the plan leaves them out."""
    none = figures_table(())
    stage = next((stage for stage in plan.stages if isinstance(stage, Compare)), None)
    if stage is None:
        return Taken(none, {}, ())
    from lichen.value.comparison.compare import compare_default

    with clock.stage(stage.name, "Comparing with similar accounts"):
        found = compare_default(facts, plan.definitions, clock.progress)
    return Taken(none, comparison_tables(found.comparisons, found.ranks), found.findings)


def with_consistency(figures: pa.Table, request: MeasureRequest) -> tuple[pa.Table, pa.Table]:
    """The figures with spreads between their groups, which only published ones can give."""
    spreads, table = consistency(figures, request.definitions, request.run_id)
    return _in_order(pa.concat_tables([figures, figures_table(spreads)])), table


def _in_order(figures: pa.Table) -> pa.Table:
    return figures.sort_by([(name, "ascending") for name in FIGURE_ORDER])


def _made_of(plan: RunPlan, held: Ledger, day: date) -> list[object]:
    return [held.key, plan.definitions.version, day, plan.windows, plan.engine]


def _dimensions(plan: RunPlan) -> Sequence[tuple[str, ...]]:
    return next(stage.dimensions for stage in plan.stages if isinstance(stage, GroupAccounts))


def take(measures: Sequence[RegisteredMeasure], request: MeasureRequest, clock: Clock) -> Taken:
    """What these measures give for one request, figures in published order."""
    results: list[Measured] = []
    for measure in measures:
        with clock.stage(f"measure {measure.name}", f"Measuring {measure.name}"):
            results.append(measure.load()(request))
    figures = figures_table(figure for result in results for figure in result.figures)
    return Taken(
        _in_order(figures),
        {name: table for result in results for name, table in result.tables.items()},
        tuple(finding for result in results for finding in result.findings),
    )


def _writers(
    tables: Mapping[str, pa.Table | ir.Table], engine: Engine
) -> dict[str, pa.Table | TableWriter]:
    return {
        name: table if isinstance(table, pa.Table) else _writer(table, engine)
        for name, table in tables.items()
    }


def _writer(table: ir.Table, engine: Engine) -> Callable[[Path], int]:
    return lambda path: engine.write_parquet(table, path)


def _unique(*groups: Sequence[Finding]) -> tuple[Finding, ...]:
    every = (finding for group in groups for finding in group)
    return tuple({(each.code, each.entity, each.sentence): each for each in every}.values())
