"""`lichen instrument`: load the feeds and say what arrived, what did not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from lichen.cli.options import (
    AskedWindow,
    By,
    ExplainFlag,
    Folder,
    Format,
    Metric,
    RunId,
    ShownAs,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from lichen.vocabulary.finding import Finding

EXAMPLES = 5


def instrument(
    folder: Folder,
    metric: Metric = None,
    by: By = None,
    window: AskedWindow = None,
    run: RunId = None,
    form: ShownAs = Format.TABLE,
    explain: ExplainFlag = False,
) -> None:
    """Which facts arrived, and can we trust them? Loads the feeds; --run reads a published load.

    --metric and --by keep only the findings that touch these figures.
    """
    from lichen.cli.printing import print_json, print_rows, tell
    from lichen.workspace import open_workspace
    from lichen.workspace.errors import NoWindowOfFacts
    from lichen.workspace.touching import named, touching

    workspace = open_workspace(folder)
    if window is not None:
        raise NoWindowOfFacts(window, workspace.root)
    metrics, dimensions = named(metric, by)
    if explain:
        stages = workspace.plan().as_dict()[:2]
        if form is Format.JSON:
            print_json(stages)
        else:
            tell("\n".join(line for stage in stages for line in stage["lines"]))
        return
    accounting, quarantine, findings = _loaded(folder) if run is None else _published(folder, run)
    findings = touching(findings, metrics, dimensions)
    reasons = quarantine_reasons(quarantine)
    if form is Format.JSON:
        print_json(
            {
                "accounting": accounting.to_pylist(),
                "quarantine": reasons,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    elif form is Format.CSV:
        print_rows(accounting.to_pylist(), form, accounting.column_names)
    else:
        _print_tables(accounting, reasons, findings)


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


def _loaded(folder: Any) -> tuple[pa.Table, pa.Table, tuple[Finding, ...]]:
    from lichen import ledger
    from lichen.cli.watching import watched
    from lichen.engines import connect
    from lichen.runs import workspace_lock
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    with workspace_lock(workspace.root, "lichen instrument"), watched() as progress:
        loaded = ledger.load(workspace.root, workspace.definitions, progress=progress)
        if loaded.newest_fact is None:
            return loaded.accounting, loaded.quarantine, loaded.findings
        with connect(threads=2) as engine:
            facts = loaded.as_of(loaded.default_as_of(workspace.definitions), engine)
            kept = ledger.accounted(loaded, facts)
        return kept.accounting, kept.quarantine, facts.findings


def _published(folder: Any, run: str) -> tuple[pa.Table, pa.Table, tuple[Finding, ...]]:
    from lichen.workspace import open_workspace

    published = open_workspace(folder).published(run)
    return published.table("accounting"), published.table("quarantine"), published.findings


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
