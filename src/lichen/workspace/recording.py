"""What a run writes down about itself: its manifest, and the tables that no measure makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pyarrow as pa

from lichen import involvement
from lichen.vocabulary.finding import Finding
from lichen.workspace.stages import ReadFeeds

if TYPE_CHECKING:
    from lichen.kernel.periods import Window
    from lichen.ledger import Accounted, Ledger
    from lichen.ledger.facts import Facts
    from lichen.vocabulary.definitions import Definitions
    from lichen.workspace.measures import RegisteredMeasure
    from lichen.workspace.plan import RunPlan

FINDING_TYPES: dict[str, pa.DataType] = {
    "count": pa.int64(),
    "examples": pa.list_(pa.string()),
    "metrics": pa.list_(pa.string()),
    "dimensions": pa.list_(pa.string()),
    "arr_share": pa.float64(),
    "month_ends": pa.list_(pa.list_(pa.date32())),
}


@dataclass(frozen=True)
class Record:
    """Everything that a reader needs to trace a figure of this run; see DESIGN, *Run*."""

    plan: RunPlan
    held: Ledger
    accounted: Accounted
    day: date
    windows: Mapping[str, Window]
    run_id: str
    measures: Sequence[RegisteredMeasure]
    findings: Sequence[Finding]
    seconds: Mapping[str, float]

    def manifest(self) -> dict[str, Any]:
        """The manifest, short of what publishing adds (format, version, time, file hashes)."""
        definitions = self.plan.definitions
        content = definitions.model_dump(mode="json")
        return {
            "run_id": self.run_id,
            "as_of": self.day.isoformat(),
            "workspace": content["workspace"],
            "windows": {
                kind: [window.opens_on.isoformat(), window.closes_on.isoformat()]
                for kind, window in self.windows.items()
            },
            "definitions": {
                "version": definitions.version,
                "hashes": definitions.hashes(),
                "signed": False,
                "content": content,
            },
            "targets": content["target"],
            "ledger": self._ledger(),
            "inputs": self._inputs(),
            "accounting": self.accounted.accounting.to_pylist(),
            "findings": [asdict(finding) for finding in self.findings],
            "engine": self.plan.engine,
            "plugins": {measure.name: measure.provider for measure in self.measures},
            "seconds": dict(self.seconds),
        }

    def _ledger(self) -> dict[str, Any]:
        folder, root, newest = self.held.folder, self.plan.root.resolve(), self.held.newest_fact
        return {
            "key": self.held.key,
            "folder": folder.relative_to(root).as_posix(),
            "files": sorted(
                path.relative_to(root).as_posix() for path in folder.rglob("*.parquet")
            ),
            "newest_fact": newest.isoformat() if newest else None,
        }

    def _inputs(self) -> list[dict[str, Any]]:
        rows = self.held.accounting.to_pylist()
        records = {row["name"]: row["records"] for row in rows if row["level"] == "file"}
        stages = self.plan.stages
        files = next(stage.files for stage in stages if isinstance(stage, ReadFeeds))
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


def own_tables(
    held: Ledger, accounted: Accounted, facts: Facts, definitions: Definitions, opens_on: date
) -> dict[str, pa.Table | ir.Table]:
    """The run's tables about its facts; `groups` are those valid at `opens_on`."""
    accounts = facts.table("account").select("account_key", "account_id", "name")
    groups = involvement.groups_at(facts, definitions, opens_on)
    named = groups.inner_join(accounts.drop("name"), "account_key")
    placed = named.select("account_key", "account_id", "dimension", "value")
    return {
        "accounting": accounted.accounting,
        "quarantine": accounted.quarantine,
        "contradictions": held.contradictions,
        "marker_overlaps": involvement.marker_overlaps(facts, definitions),
        "accounts": accounts.order_by("account_key"),
        "partners": facts.table("partner").select("partner_id", "name").order_by("partner_id"),
        "groups": placed.order_by("account_key", "dimension", "value"),
    }


def findings_table(findings: Sequence[Finding]) -> pa.Table:
    """Findings as an Arrow table, columns as in `Finding`."""
    names = list(Finding.__dataclass_fields__)
    schema = pa.schema([(name, FINDING_TYPES.get(name, pa.string())) for name in names])
    columns = {name: [getattr(each, name) for each in findings] for name in names}
    return pa.table(columns, schema=schema)
