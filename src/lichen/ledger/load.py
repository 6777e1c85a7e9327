"""From a workspace's feeds to its ledger."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded
from lichen.kernel.progress import Progress, silent
from lichen.kernel.writing import writing
from lichen.ledger import inputs, quarantine, store
from lichen.ledger.accounting import Account, as_table
from lichen.ledger.arrived import Arrived, provided
from lichen.ledger.build import Build
from lichen.ledger.canonical import accounts_of, read_canonical
from lichen.ledger.contracts import declare_lists
from lichen.ledger.drift import Schema, compare, keep, read_last, schema_of
from lichen.ledger.errors import FeedChanged
from lichen.ledger.exports.read import read_exports
from lichen.ledger.identity import read_decisions, write_ids
from lichen.ledger.identity.registered import as_table as ids_table
from lichen.ledger.identity.registered import from_table as ids_from_table
from lichen.ledger.ledger import LEDGER_FORMAT, Drift, Ledger, finding_as_json, from_info
from lichen.ledger.newest import newest_fact
from lichen.ledger.parsed import parsed_folder
from lichen.ledger.planning import LoadPlan, plan_load
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding


def load(root: Path, definitions: Definitions, *, progress: Progress = silent) -> Ledger:
    """Read the feeds of a workspace into its ledger, or take the one that they made before.

    Raises:
        NoFeeds, FeedsUnusable: files that cannot be read at all, every one of them listed.
        MappingUnusable: a mapping has mistakes, or names what is not there.
        MissingRates: foreign flows without an exchange rate.
        FeedChanged: a file was written to meanwhile.
    """
    root = root.resolve()
    store.sweep_staging(root)
    progress("Finding feeds")
    plan = plan_load(root, definitions)
    info = store.read_info(plan.folder, deep=True) if plan.cached else None
    if info is None or info.get("contents") != plan.contents:
        # The same content under other names: tables are equal, but accounting names the files.
        _Load(root, plan, definitions, progress).commit()
        info = store.read_info(plan.folder, deep=False)
    if info is None:
        raise FeedChanged([name for names in plan.names.values() for name in names])
    _register(plan)
    drift = _drift(root, info["schemas"])
    inputs.keep(root, [read.file for read in plan.files], definitions)
    used = {parsed_folder(root, read.file, definitions).name for read in plan.files}
    store.sweep_unused(root / ".lichen" / "parsed", used)
    store.sweep_unused(root / ".lichen" / "raw", ())
    return replace(from_info(plan.folder, info), drift=drift, not_read=plan.not_read)


def _register(plan: LoadPlan) -> None:
    """Keep the canonical ids of a ledger, so that they stay when systems are added."""
    given = ids_from_table(pq.read_table(plan.folder / "identity.parquet"))
    ids = plan.ids.renewed(given, plan.load)
    if ids.rows() != plan.ids.rows():
        write_ids(plan.root, ids)


def _drift(root: Path, schemas: Mapping[str, Any]) -> Drift:
    """How each source differs from its last load; this one is remembered from now on."""
    found: Drift = {}
    for source, stored in schemas.items():
        last, now = read_last(root, source), schema_of(stored)
        if last is not None:
            found[source] = compare(last, now)
        if last != now:
            keep(root, source, now)
    return found


@dataclass
class _Load:
    """One ledger in the making."""

    root: Path
    plan: LoadPlan
    definitions: Definitions
    progress: Progress
    arrived: dict[str, list[Arrived]] = field(default_factory=lambda: defaultdict(list))
    arrivals: list[Account] = field(default_factory=list)
    rejected: list[pa.Table] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    schemas: dict[str, Schema] = field(default_factory=dict)

    def commit(self) -> None:
        """Build the ledger aside, then put it in its place."""
        staging, scratch = store.staging_folder(self.root), store.staging_folder(self.root)
        try:
            with Embedded(scratch) as session:
                declare_lists(session)
                self._read_feeds(session)
                self._read_exports(session)
                content = self._fill(session, staging)
            store.commit(staging, self.plan.folder, content)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.rmtree(staging, ignore_errors=True)

    def _read_feeds(self, session: Embedded) -> None:
        files = [read.file for read in self.plan.files]
        parsed = read_canonical(session, self.root, files, self.definitions, self.progress)
        for one in parsed:
            self.arrived[one.file.entity].append(one)
        self.arrivals += accounts_of(parsed)

    def _read_exports(self, session: Embedded) -> None:
        exports = read_exports(
            session, self.root, self.plan.sources, self.definitions, self.progress
        )
        for entity, rows in exports.rows.items():
            self.arrived[entity] += rows
        self.arrivals += exports.accounts
        self.rejected += exports.quarantined
        self.found += exports.findings
        for source, seen in exports.tables.items():
            self.schemas[source] = Schema({name: seen.seen(session, name) for name in seen.tables})

    def _fill(self, session: Embedded, staging: Path) -> dict[str, Any]:
        """Write tables, accounting and quarantine; what `info.json` says of them."""
        tables = staging / "tables"
        tables.mkdir()
        build = Build(
            session,
            tables,
            self.arrived,
            self.arrivals,
            self.definitions,
            self.progress,
            read_decisions(self.root),
            self.plan.ids.canonical,
        )
        accounts, findings = build.run()
        newest = newest_fact(session, self.arrived, self.definitions)
        changed = self.plan.changed()
        if changed:
            raise FeedChanged(changed)
        rejected = pa.concat_tables([quarantine.empty(), *self.rejected, *build.quarantined])
        _write_beside(
            staging,
            accounting=as_table(accounts),
            identity=ids_table(build.identities.registered),
            quarantine=rejected,
        )
        return {
            "format": LEDGER_FORMAT,
            "key": self.plan.key,
            "mapped": {name: sorted(provided(rows)) for name, rows in self.arrived.items()},
            "rows": build.accepted,
            "findings": [finding_as_json(finding) for finding in [*findings, *self.found]],
            "newest_fact": newest.isoformat() if newest else None,
            "currency": self.definitions.workspace.currency,
            "overlap_share": self.definitions.revenue.overlap_share,
            "grace_days": self.definitions.revenue.grace_days,
            "files": self.plan.names,
            "contents": self.plan.contents,
            "schemas": {source: asdict(schema) for source, schema in self.schemas.items()},
        }


def _write_beside(staging: Path, **tables: pa.Table) -> None:
    """Write what stands beside the tables of a ledger, each under its name."""
    for name, table in tables.items():
        path = staging / f"{name}.parquet"
        with writing(path):
            pq.write_table(table, path, compression="zstd")
