"""Carrying a plan out: from feeds to a published run, under the workspace lock."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from lichen import ledger
from lichen.engines import connect
from lichen.kernel.ahead import settle
from lichen.kernel.progress import Progress
from lichen.ledger import Ledger
from lichen.runs import Run, retain, workspace_lock
from lichen.workspace.clock import Clock, collector_at_rest
from lichen.workspace.days import check_reach
from lichen.workspace.errors import NEEDED, FeedsChanged, NothingToMeasure
from lichen.workspace.plan import RunPlan
from lichen.workspace.stages import ResolveLedger

MEASURING_MEMORY = "4GB"
SPILL = "spill-"


def apply(plan: RunPlan, progress: Progress) -> Run:
    """Carry out every stage; see `RunPlan.apply`."""
    with workspace_lock(plan.root, "lichen run"), collector_at_rest():
        _sweep_spilled(plan.root)
        clock = Clock(progress)
        with clock.stage("read feeds", "Reading feeds"):
            held = ledger.load(plan.root, plan.definitions, progress=progress)
        # Imported once feeds are read: all of Ibis comes with it, and may be coming already.
        settle()
        from lichen.workspace.measuring import measure_and_publish

        _as_planned(plan, held)
        day = plan.asked_as_of or _default_day(held, plan)
        check_reach(day, held.newest_by(day))
        with (
            TemporaryDirectory(dir=plan.root / ".lichen", prefix=SPILL) as spill,
            connect(plan.engine, memory_limit=_memory(), scratch=Path(spill)) as engine,
        ):
            run = measure_and_publish(plan, held, day, engine, clock)
        retain(plan.root, plan.definitions.runs.keep)
        return run


def _sweep_spilled(root: Path) -> None:
    """Remove what killed runs spilled; the lock says that none of them still runs."""
    for left in (root / ".lichen").glob(f"{SPILL}*"):
        shutil.rmtree(left, ignore_errors=True)


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
