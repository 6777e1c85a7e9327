"""Carrying a plan out: from feeds to a published run, under the workspace lock."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import ibis.expr.types as ir
import pyarrow as pa

from lichen import involvement, ledger
from lichen.engines import Engine, connect
from lichen.kernel.ids import new_run_id
from lichen.kernel.progress import Progress
from lichen.ledger import Ledger
from lichen.ledger.drift import drift_findings
from lichen.ledger.facts import Measured, MeasureRequest
from lichen.runs import Run, TableWriter, publish, retain, workspace_lock
from lichen.vocabulary.figure import figures_table
from lichen.vocabulary.finding import Finding
from lichen.workspace.days import check_reach, reach_findings
from lichen.workspace.errors import FeedsChanged, NothingToMeasure
from lichen.workspace.measures import RegisteredMeasure, registered_measures
from lichen.workspace.plan import RunPlan, windows_ending
from lichen.workspace.readable import without_unreadable
from lichen.workspace.recording import Record, findings_table, own_tables
from lichen.workspace.stages import GroupAccounts, ResolveLedger

FIGURE_ORDER = ("metric", "base", "groups", "parameters", "window_to", "window_from")
NEEDED = ("account", "subscription")
MEASURING_MEMORY = "4GB"


@dataclass
class Clock:
    """Announces stages and keeps the seconds that each took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, phrase: str) -> Iterator[None]:
        """One stage: `phrase` is shown while it runs."""
        self.progress(phrase)
        begun = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - begun, 3)


@dataclass(frozen=True)
class Taken:
    """What all measures gave: figures in published order, tables and findings."""

    figures: pa.Table
    tables: Mapping[str, pa.Table | ir.Table]
    findings: tuple[Finding, ...]


def apply(plan: RunPlan, progress: Progress) -> Run:
    """Carry out every stage; see `RunPlan.apply`."""
    with workspace_lock(plan.root, "lichen run"), _collector_at_rest():
        clock = Clock(progress)
        with clock.stage("read feeds", "Reading feeds"):
            held = ledger.load(plan.root, plan.definitions, progress=progress)
        _as_planned(plan, held)
        day = plan.asked_as_of or _default_day(held, plan)
        check_reach(day, held.newest_by(day))
        with (
            TemporaryDirectory(dir=plan.root / ".lichen", prefix="spill-") as spill,
            connect(plan.engine, memory_limit=_memory(), scratch=Path(spill)) as engine,
        ):
            run = _measure_and_publish(plan, held, day, engine, clock)
        retain(plan.root, plan.definitions.runs.keep)
        return run


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No search for cycles while a run makes hundreds of expressions, all of which it still needs.

    Looking through them over and over took an eighth of a small run.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _memory() -> str:
    """What the engine may hold in memory before it spills into the workspace."""
    return os.environ.get("LICHEN_MEMORY", MEASURING_MEMORY)


def _as_planned(plan: RunPlan, held: Ledger) -> None:
    """The manifest names the files of the plan, so the load must have read these."""
    planned = next(stage.key for stage in plan.stages if isinstance(stage, ResolveLedger))
    if planned is not None and planned != held.key:
        raise FeedsChanged(planned, held.key)


def _default_day(held: Ledger, plan: RunPlan) -> date:
    if held.newest_fact is None:
        raise NothingToMeasure(None, [name for name in NEEDED if not _accepted(held, name)])
    return held.default_as_of(plan.definitions)


def _accepted(held: Ledger, entity: str) -> int:
    return sum(
        row["accepted"]
        for row in held.accounting.to_pylist()
        if row["level"] == "entity" and row["entity"] == entity
    )


def _measure_and_publish(
    plan: RunPlan, held: Ledger, day: date, engine: Engine, clock: Clock
) -> Run:
    windows = windows_ending(day, plan.windows, plan.definitions.workspace.fiscal_year_start)
    run_id = new_run_id([held.key, plan.definitions.version, day, plan.windows, plan.engine])
    with clock.stage("as of", f"Seeing the facts as of {day}"):
        facts = held.as_of(day, engine)
    with clock.stage("group accounts", "Grouping accounts"):
        groupings = involvement.groupings(facts, plan.definitions, _dimensions(plan))
        request = MeasureRequest(
            facts=facts,
            definitions=plan.definitions,
            groupings=involvement.together(engine, groupings),
            windows=tuple(dict.fromkeys(windows.values())),
            run_id=run_id,
            progress=clock.progress,
        )
    measures = registered_measures()
    taken = _take(measures, request, clock)
    if not any(taken.figures["n"].to_pylist()):
        raise NothingToMeasure(day, [name for name in NEEDED if not facts.is_mapped(name)])
    findings = _unique(
        held.findings,
        drift_findings(held.drift),
        facts.findings,
        involvement.findings(facts, plan.definitions),
        reach_findings(day, held.newest_fact),
        taken.findings,
    )
    with clock.stage("publish", "Publishing"):
        kept = ledger.accounted(held, facts)
        tables = {
            **own_tables(held, kept, facts, plan.definitions, windows["12m"].opens_on),
            "findings": findings_table(findings),
            **taken.tables,
        }
        figures = without_unreadable(taken.figures, findings)
        record = Record(plan, held, kept, day, windows, run_id, measures, findings, clock.seconds)
        return publish(plan.root, record.manifest(), figures, _writers(tables, engine))


def _dimensions(plan: RunPlan) -> Sequence[tuple[str, ...]]:
    return next(stage.dimensions for stage in plan.stages if isinstance(stage, GroupAccounts))


def _take(measures: Sequence[RegisteredMeasure], request: MeasureRequest, clock: Clock) -> Taken:
    results: list[Measured] = []
    for measure in measures:
        with clock.stage(f"measure {measure.name}", f"Measuring {measure.name}"):
            results.append(measure.load()(request))
    figures = figures_table(figure for result in results for figure in result.figures)
    return Taken(
        figures.sort_by([(name, "ascending") for name in FIGURE_ORDER]),
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
