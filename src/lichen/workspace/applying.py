"""Carrying a plan out: from feeds to a published run, under the workspace lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pyarrow as pa

from lichen import involvement, ledger
from lichen.engines import Engine, connect
from lichen.kernel.ids import new_run_id
from lichen.kernel.progress import Progress
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.runs import Run, TableWriter, publish, retain, workspace_lock
from lichen.vocabulary.figure import figures_table
from lichen.vocabulary.finding import Finding
from lichen.workspace.days import check_reach, reach_findings
from lichen.workspace.errors import NothingToMeasure
from lichen.workspace.measures import RegisteredMeasure, registered_measures
from lichen.workspace.plan import RunPlan, windows_ending
from lichen.workspace.recording import accounting_of_run, manifest_of
from lichen.workspace.stages import GroupAccounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lichen.kernel.periods import Window
    from lichen.ledger import Ledger

FIGURE_ORDER = ("metric", "base", "groups", "parameters", "window_to", "window_from")


@dataclass
class Clock:
    """Seconds that each stage took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, phrase: str) -> Iterator[None]:
        """Announce a stage and time it."""
        self.progress(phrase)
        begun = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - begun, 3)


@dataclass(frozen=True)
class Taken:
    """What all measures gave: figures in published order, tables and findings."""

    figures: pa.Table
    tables: dict[str, pa.Table | ir.Table]
    findings: tuple[Finding, ...]


def apply(plan: RunPlan, progress: Progress) -> Run:
    """Carry out every stage; see `RunPlan.apply`."""
    with workspace_lock(plan.root, "lichen run"):
        clock = Clock(progress)
        with clock.stage("read feeds", "Reading feeds"):
            facts_read = ledger.load(plan.root, plan.definitions, progress=progress)
        day = plan.asked_as_of or facts_read.default_as_of(plan.definitions)
        check_reach(day, facts_read.newest_fact)
        with connect(plan.engine) as engine:
            run = _measure_and_publish(plan, facts_read, day, engine, clock)
        retain(plan.root, plan.definitions.runs.keep)
        return run


def _measure_and_publish(
    plan: RunPlan, facts_read: Ledger, day: date, engine: Engine, clock: Clock
) -> Run:
    windows = windows_ending(day, plan.windows, plan.definitions.workspace.fiscal_year_start)
    run_id = new_run_id([facts_read.key, plan.definitions.version, day, plan.windows, plan.engine])
    with clock.stage("as of", f"Seeing the facts as of {day}"):
        facts = facts_read.as_of(day, engine)
    with clock.stage("group accounts", "Grouping accounts"):
        dimensions = _dimensions(plan)
        groupings = involvement.groupings(facts, plan.definitions, dimensions)
        request = MeasureRequest(
            facts=facts,
            definitions=plan.definitions,
            groupings=groupings,
            windows=tuple(dict.fromkeys(windows.values())),
            run_id=run_id,
            progress=clock.progress,
        )
    measures = registered_measures()
    taken = _take(measures, request, clock)
    if not taken.figures.num_rows:
        raise NothingToMeasure(day, [e for e in ("account", "subscription") if not facts.is_mapped(e)])
    findings = _unique(
        (
            *facts_read.findings,
            *facts.findings,
            *involvement.findings(facts, plan.definitions),
            *reach_findings(day, facts_read.newest_fact),
            *taken.findings,
        )
    )
    accounting = accounting_of_run(facts_read.accounting, facts)
    with clock.stage("publish", "Publishing"):
        manifest = manifest_of(
            plan, facts_read, day, windows, run_id, measures, findings, accounting, clock.seconds
        )
        tables = {
            **_own_tables(facts_read, facts, plan, windows["12m"], accounting, findings),
            **taken.tables,
        }
        return publish(plan.root, manifest, taken.figures, _writers(tables, engine))


def _dimensions(plan: RunPlan) -> Sequence[tuple[str, ...]]:
    return next(stage.dimensions for stage in plan.stages if isinstance(stage, GroupAccounts))


def _take(
    measures: Sequence[RegisteredMeasure], request: MeasureRequest, clock: Clock
) -> Taken:
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


def _own_tables(
    facts_read: Ledger,
    facts: Facts,
    plan: RunPlan,
    window: Window,
    accounting: pa.Table,
    findings: Sequence[Finding],
) -> dict[str, pa.Table | ir.Table]:
    accounts = facts.table("account").select("account_key", "account_id", "name")
    groups = involvement.groups_at(facts, plan.definitions, window.opens_on)
    named = groups.inner_join(accounts.select("account_key", "account_id"), "account_key")
    return {
        "accounting": accounting,
        "quarantine": facts_read.quarantine,
        "findings": _findings_table(findings),
        "accounts": accounts.order_by("account_key"),
        "partners": facts.table("partner").select("partner_id", "name").order_by("partner_id"),
        "groups": named.select("account_key", "account_id", "dimension", "value").order_by(
            "account_key", "dimension", "value"
        ),
    }


def _findings_table(findings: Sequence[Finding]) -> pa.Table:
    names = list(Finding.__dataclass_fields__)
    types: dict[str, Any] = {
        "count": pa.int64(),
        "examples": pa.list_(pa.string()),
        "metrics": pa.list_(pa.string()),
        "dimensions": pa.list_(pa.string()),
        "arr_share": pa.float64(),
    }
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    columns = {name: [getattr(each, name) for each in findings] for name in names}
    return pa.table(columns, schema=schema)


def _writers(
    tables: dict[str, pa.Table | ir.Table], engine: Engine
) -> dict[str, pa.Table | TableWriter]:
    return {
        name: table if isinstance(table, pa.Table) else _writer(table, engine)
        for name, table in tables.items()
    }


def _writer(table: ir.Table, engine: Engine) -> Callable[..., int]:
    return lambda path: engine.write_parquet(table, path)


def _unique(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple({(each.code, each.entity, each.sentence): each for each in findings}.values())
