"""What a run writes down about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lichen.workspace.stages import ReadFeeds

if TYPE_CHECKING:
    from lichen.kernel.periods import Window
    from lichen.ledger import Ledger
    from lichen.ledger.facts import Facts
    from lichen.vocabulary.finding import Finding
    from lichen.workspace.measures import RegisteredMeasure
    from lichen.workspace.plan import RunPlan


def manifest_of(
    plan: RunPlan,
    facts_read: Ledger,
    day: date,
    windows: Mapping[str, Window],
    run_id: str,
    measures: Sequence[RegisteredMeasure],
    findings: Sequence[Finding],
    accounting: pa.Table,
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """Everything that a reader needs to trace a figure of this run; see DESIGN, *Run*."""
    definitions = plan.definitions
    content = definitions.model_dump(mode="json")
    return {
        "run_id": run_id,
        "as_of": day.isoformat(),
        "workspace": content["workspace"],
        "windows": {
            kind: [window.opens_on.isoformat(), window.closes_on.isoformat()]
            for kind, window in windows.items()
        },
        "definitions": {
            "version": definitions.version,
            "hashes": definitions.hashes(),
            "signed": False,
            "content": content,
        },
        "targets": content["target"],
        "ledger": _ledger(plan, facts_read),
        "inputs": _inputs(plan, accounting),
        "accounting": accounting.to_pylist(),
        "findings": [asdict(finding) for finding in findings],
        "engine": plan.engine,
        "plugins": {measure.name: measure.provider for measure in measures},
        "seconds": dict(seconds),
    }


def accounting_of_run(accounting: pa.Table, facts: Facts) -> pa.Table:
    """The load's accounting, for the day of this run."""
    return accounting


def _ledger(plan: RunPlan, facts_read: Ledger) -> dict[str, Any]:
    folder = facts_read.folder
    return {
        "key": facts_read.key,
        "folder": folder.relative_to(plan.root).as_posix(),
        "files": sorted(
            path.relative_to(plan.root).as_posix() for path in folder.rglob("*.parquet")
        ),
        "newest_fact": facts_read.newest_fact.isoformat() if facts_read.newest_fact else None,
    }


def _inputs(plan: RunPlan, accounting: pa.Table) -> list[dict[str, Any]]:
    records = {
        row["name"]: row["records"] for row in accounting.to_pylist() if row["level"] == "file"
    }
    files = next(stage.files for stage in plan.stages if isinstance(stage, ReadFeeds))
    return [
        {
            "file": file.path,
            "entity": file.entity,
            "hash": file.hash,
            "bytes": file.bytes,
            "records": records.get(file.path),
        }
        for file in files
    ]
