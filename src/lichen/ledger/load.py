"""From a workspace's feeds to its ledger: plan it, or carry it out."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded
from lichen.kernel.ids import content_hash
from lichen.kernel.progress import Progress, silent
from lichen.ledger import inputs, quarantine, store
from lichen.ledger.accounting import as_table
from lichen.ledger.build import Build
from lichen.ledger.contracts import declare_lists
from lichen.ledger.errors import FeedChanged, FeedProblem, FeedsUnusable
from lichen.ledger.feeds import FeedFile, find_feeds
from lichen.ledger.ledger import LEDGER_FORMAT, Ledger, finding_as_json, from_info
from lichen.ledger.newest import newest_fact
from lichen.ledger.parsed import Parsed, header_of, parse, parsed_folder
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES


@dataclass(frozen=True)
class FeedRead:
    """One file of a planned load; `cached` when its content was read before."""

    file: FeedFile
    cached: bool

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path

    @property
    def entity(self) -> str:
        """Whose rows it holds."""
        return self.file.entity

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.file.bytes

    @property
    def hash(self) -> str:
        """Its content."""
        return self.file.hash


@dataclass(frozen=True)
class LoadPlan:
    """What a load would do: the files it takes, the ledger they make, and whether that is there."""

    root: Path
    key: str
    files: tuple[FeedRead, ...]
    cached: bool

    @property
    def folder(self) -> Path:
        """Where the ledger is, or will be."""
        return self.root / ".lichen" / "ledger" / self.key

    def explain(self) -> list[str]:
        """One line a file, then one for the ledger."""
        lines = [
            f"{'take from cache' if read.cached else 'read'} {read.file.name} "
            f"as {read.file.entity} ({read.file.bytes:,} bytes)"
            for read in self.files
        ]
        return [*lines, f"{'use' if self.cached else 'build'} ledger {self.key}"]


def plan_load(root: Path, definitions: Definitions) -> LoadPlan:
    """What `load` would do; nothing is written.

    Raises:
        FeedsUnusable, NoFeeds: as `find_feeds`.
    """
    files = inputs.with_kept(root, find_feeds(root), definitions)
    reads = tuple(
        FeedRead(file, _is_kept(parsed_folder(root, file, definitions))) for file in files
    )
    key = ledger_key(files, definitions)
    return LoadPlan(root, key, reads, _is_kept(root / ".lichen" / "ledger" / key))


def _is_kept(folder: Path) -> bool:
    return store.read_info(folder, deep=False) is not None


def ledger_key(files: Sequence[FeedFile], definitions: Definitions) -> str:
    """The name of the ledger that these files make: their contents, not their names or order."""
    contents = sorted([file.entity, file.format, file.hash] for file in files)
    contracts = {name: repr(ENTITIES[name]) for name in sorted({file.entity for file in files})}
    meaning = {
        "currency": definitions.workspace.currency,
        "time_zone": definitions.workspace.time_zone,
        "revenue": definitions.revenue.model_dump(mode="json"),
        "feeds": {
            name: definitions.feed(name).model_dump(mode="json", exclude={"mode"})
            for name in sorted(contracts)
        },
    }
    return content_hash([LEDGER_FORMAT, contents, contracts, meaning], 16)


def load(root: Path, definitions: Definitions, *, progress: Progress = silent) -> Ledger:
    """Read the feeds of a workspace into its ledger, or take the one that they made before.

    Raises:
        NoFeeds, FeedsUnusable: files that cannot be read at all, every one of them listed.
        MissingRates: foreign flows without an exchange rate.
        FeedChanged: a file was written to meanwhile.
    """
    root = root.resolve()
    store.sweep_staging(root)
    progress("Finding feeds")
    plan = plan_load(root, definitions)
    names = {
        name: sorted(read.file.name for read in plan.files if read.file.entity == name)
        for name in {read.file.entity for read in plan.files}
    }
    info = store.read_info(plan.folder, deep=True) if plan.cached else None
    if info is None or info["files"] != names:
        # The same content under other names: tables are equal, but accounting names the files.
        _build(root, plan, definitions, progress)
        info = store.read_info(plan.folder, deep=False)
    if info is None:
        raise FeedChanged([read.file.name for read in plan.files])
    inputs.keep(root, [read.file for read in plan.files], definitions)
    used = {parsed_folder(root, read.file, definitions).name for read in plan.files}
    store.sweep_unused(root / ".lichen" / "parsed", used)
    return from_info(plan.folder, info)


def _build(root: Path, plan: LoadPlan, definitions: Definitions, progress: Progress) -> None:
    staging = store.staging_folder(root)
    scratch = store.staging_folder(root)
    try:
        with Embedded(scratch) as session:
            declare_lists(session)
            content = _fill(session, staging, root, plan, definitions, progress)
        store.commit(staging, plan.folder, content)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(staging, ignore_errors=True)


def _fill(
    session: Embedded,
    staging: Path,
    root: Path,
    plan: LoadPlan,
    definitions: Definitions,
    progress: Progress,
) -> dict[str, Any]:
    """Write tables, accounting and quarantine; what `info.json` says of them."""
    parsed = _parse_all(session, root, plan, definitions, progress)
    tables = staging / "tables"
    tables.mkdir()
    build = Build(session, tables, parsed, definitions, progress)
    accounts, findings = build.run()
    newest = newest_fact(session, parsed, definitions)
    _assert_unchanged(plan)
    rejected = pa.concat_tables([quarantine.empty(), *build.quarantined])
    pq.write_table(as_table(accounts), staging / "accounting.parquet")
    pq.write_table(rejected, staging / "quarantine.parquet", compression="zstd")
    return {
        "format": LEDGER_FORMAT,
        "key": plan.key,
        "mapped": {name: sorted(_columns(files)) for name, files in parsed.items()},
        "rows": build.accepted,
        "findings": [finding_as_json(finding) for finding in findings],
        "newest_fact": newest.isoformat() if newest else None,
        "grace_days": definitions.revenue.grace_days,
        "files": {name: sorted(file.file.name for file in files) for name, files in parsed.items()},
    }


def _parse_all(
    session: Embedded, root: Path, plan: LoadPlan, definitions: Definitions, progress: Progress
) -> Mapping[str, Sequence[Parsed]]:
    headers = [header_of(read.file) for read in plan.files]
    problems: list[FeedProblem] = [problem for header in headers for problem in header.problems]
    if problems:
        raise FeedsUnusable(problems)
    parsed: dict[str, list[Parsed]] = defaultdict(list)
    for place, (read, header) in enumerate(zip(plan.files, headers, strict=True)):
        progress(f"Reading {read.file.name}", place, len(plan.files))
        try:
            one = parse(session, root, read.file, header, definitions)
        except FeedsUnusable as error:
            problems += error.problems
            continue
        parsed[read.file.entity].append(one)
    if problems:
        raise FeedsUnusable(problems)
    return parsed


def _columns(files: Sequence[Parsed]) -> set[str]:
    return {column for file in files for column in file.columns}


def _assert_unchanged(plan: LoadPlan) -> None:
    changed = [read.file.name for read in plan.files if not read.file.is_unchanged()]
    if changed:
        raise FeedChanged(changed)
