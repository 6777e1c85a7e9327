"""`lichen instrument`: load the feeds and say what arrived, what did not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lichen.cli.options import (
    AskedWindow,
    By,
    Decide,
    ExplainFlag,
    Folder,
    Format,
    Metric,
    ProposeFlag,
    RunId,
    ShownAs,
    SourceName,
    SuggestFlag,
    WriteFeeds,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from lichen.vocabulary.finding import Finding
    from lichen.workspace.opening import Workspace

EXAMPLES = 5


def instrument(
    folder: Folder,
    metric: Metric = None,
    by: By = None,
    window: AskedWindow = None,
    run: RunId = None,
    form: ShownAs = Format.TABLE,
    explain: ExplainFlag = False,
    write_feeds: WriteFeeds = None,
    suggest: SuggestFlag = False,
    source: SourceName = None,
    propose: ProposeFlag = False,
    decide: Decide = None,
) -> None:
    """Which facts arrived, and can we trust them? Loads the feeds; --run reads a published load.

    --metric and --by keep only the findings that touch these figures.
    """
    from lichen.cli.reviewing import apply_decided, propose_pairs
    from lichen.cli.suggesting import suggest_mappings
    from lichen.workspace import open_workspace
    from lichen.workspace.errors import NoWindowOfFacts, SourceAlone
    from lichen.workspace.touching import named, touching

    workspace = open_workspace(folder)
    if window is not None:
        raise NoWindowOfFacts(window, workspace.root)
    if source is not None and not suggest:
        raise SourceAlone(source, workspace.root)
    metrics, dimensions = named(metric, by)
    if suggest:
        suggest_mappings(workspace, source, form)
    elif decide is not None:
        apply_decided(workspace, decide)
    elif propose:
        propose_pairs(workspace)
    elif explain:
        _explain([*workspace.plan().as_dict()[:2], _mappings(workspace)], form)
    elif write_feeds is not None:
        _write_feeds(folder, write_feeds)
    else:
        seen = _loaded(folder) if run is None else _published(folder, run)
        _tell(replace(seen, findings=touching(seen.findings, metrics, dimensions)), form)


@dataclass(frozen=True)
class Seen:
    """What a load, or a run's load, gave.

    `drift` has a row per change in the exports, `not_read` the files that were not looked at.
    """

    accounting: pa.Table
    quarantine: pa.Table
    findings: tuple[Finding, ...]
    drift: list[dict[str, Any]] = field(default_factory=list)
    not_read: tuple[str, ...] = ()


def _mappings(workspace: Workspace) -> dict[str, Any]:
    """How the exports of every source would be mapped, as a stage of the plan."""
    from lichen.ledger.exports.explaining import explain_exports
    from lichen.ledger.planning import plan_load

    sources = plan_load(workspace.root, workspace.definitions).sources
    return {"stage": "map exports", "lines": list(explain_exports(sources))}


def _explain(stages: list[dict[str, Any]], form: Format) -> None:
    from lichen.cli.printing import print_json, tell

    if form is Format.JSON:
        print_json(stages)
    else:
        tell("\n".join(line for stage in stages for line in stage["lines"]))


def _tell(seen: Seen, form: Format) -> None:
    from lichen.cli.printing import print_json, print_rows, tell

    reasons = quarantine_reasons(seen.quarantine)
    if form is Format.JSON:
        print_json(
            {
                "accounting": seen.accounting.to_pylist(),
                "quarantine": reasons,
                "findings": [asdict(finding) for finding in seen.findings],
                "schema_drift": seen.drift,
                "not_read": list(seen.not_read),
            }
        )
    elif form is Format.CSV:
        print_rows(seen.accounting.to_pylist(), form, seen.accounting.column_names)
    else:
        _print_tables(seen.accounting, reasons, seen.findings)
        _print_drift(seen.drift)
        if seen.not_read:
            tell(f"\nNot read: {', '.join(seen.not_read)}")


def quarantine_reasons(quarantine: pa.Table) -> list[dict[str, Any]]:
    """Quarantined values by entity, column and reason: counts, and where the first ones are."""
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in quarantine.to_pylist():
        key = (row["entity"], row["column"] or "", row["reason"])
        group = groups.setdefault(
            key,
            {
                "entity": row["entity"],
                "column": row["column"],
                "reason": row["reason"],
                "count": 0,
                "found": row["value"],
                "expected": row["expected"],
                "next_step": row["next_step"],
                "examples": [],
            },
        )
        group["count"] += 1
        if len(group["examples"]) < EXAMPLES:
            group["examples"].append(_where(row))
    return sorted(groups.values(), key=lambda group: -group["count"])


def _where(row: Mapping[str, Any]) -> str:
    """The file and record, or the value itself for rows that a day's view set aside."""
    return f"{row['file']}:{row['record']}" if row["file"] else str(row["value"])


def _loaded(folder: Any) -> Seen:
    from lichen import ledger
    from lichen.cli.progress_bar import watched
    from lichen.engines import connect
    from lichen.ledger.drift import as_rows
    from lichen.runs import workspace_lock
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    with workspace_lock(workspace.root, "lichen instrument"), watched() as progress:
        loaded = ledger.load(workspace.root, workspace.definitions, progress=progress)
        drift = [row for source, found in loaded.drift.items() for row in as_rows(source, found)]
        if loaded.newest_fact is None:
            found = loaded.findings
            return Seen(loaded.accounting, loaded.quarantine, found, drift, loaded.not_read)
        with connect(threads=2) as engine:
            facts = loaded.as_of(loaded.default_as_of(workspace.definitions), engine)
            kept = ledger.accounted(loaded, facts)
        return Seen(kept.accounting, kept.quarantine, facts.findings, drift, loaded.not_read)


def _published(folder: Any, run: str) -> Seen:
    from lichen.workspace import open_workspace

    published = open_workspace(folder).published(run)
    return Seen(published.table("accounting"), published.table("quarantine"), published.findings)


def _print_tables(
    accounting: pa.Table, reasons: list[dict[str, Any]], findings: tuple[Finding, ...]
) -> None:
    from lichen.cli.printing import print_rows, tell

    rows = accounting.to_pylist()
    for level in dict.fromkeys(row["level"] for row in rows):
        shown = [row for row in rows if row["level"] == level]
        columns = [name for name in accounting.column_names if _speaks(name, shown)]
        typer.echo(f"Per {level}")
        print_rows(shown, Format.TABLE, [name for name in columns if name != "level"])
        typer.echo("")
    _print_reasons(reasons)
    if findings:
        typer.echo("Findings")
    for finding in findings:
        tell(f"  {finding.severity}: {finding.sentence}")


def _print_drift(drift: list[dict[str, Any]]) -> None:
    """What changed in the exports since the load before, as a diff."""
    for source in dict.fromkeys(row["source"] for row in drift):
        typer.echo(f"\nChanged in the exports of {source} since the last load")
        for row in drift:
            if row["source"] == source:
                typer.echo(f"  {row['line']}")


def _write_feeds(folder: Any, target: Path) -> None:
    """Load, and write the ledger out as canonical feeds."""
    from lichen import ledger
    from lichen.cli.progress_bar import watched
    from lichen.ledger.feeds_out import write_feeds
    from lichen.runs import workspace_lock
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    with workspace_lock(workspace.root, "lichen instrument"), watched() as progress:
        loaded = ledger.load(workspace.root, workspace.definitions, progress=progress)
    written = write_feeds(loaded, target, workspace.definitions)
    for entity, rows in written.items():
        typer.echo(f"{target / entity}.parquet: {rows:,} rows")


def _speaks(name: str, rows: list[Mapping[str, Any]]) -> bool:
    """A column that this level does not use stays away."""
    return any(row[name] is not None for row in rows)


def _print_reasons(reasons: list[dict[str, Any]]) -> None:
    if not reasons:
        typer.echo("Nothing was quarantined.\n")
        return
    typer.echo("Quarantined")
    for group in reasons:
        column = f".{group['column']}" if group["column"] else ""
        found = f" found {group['found']!r}," if group["found"] is not None else ""
        typer.echo(
            f"  {group['count']:,} in {group['entity']}{column}: {group['reason']};{found} "
            "expected "
            f"{group['expected']}. {group['next_step']} See {', '.join(group['examples'])}."
        )
    typer.echo("")
