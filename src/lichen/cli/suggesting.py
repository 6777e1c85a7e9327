"""`lichen instrument DIR --suggest`: a mapping proposed for exports, and what it still needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from lichen.cli.options import Format

if TYPE_CHECKING:
    from lichen.ledger.suggest.exported import Proposed
    from lichen.workspace.opening import Workspace

COLUMNS = ("source", "table", "entity", "confidence", "mapped", "missing")


def suggest_mappings(workspace: Workspace, source: str | None, form: Format) -> None:
    """Write a proposal for every source, or for one, and print what it holds and where it is."""
    from lichen.cli.printing import print_json, print_rows
    from lichen.cli.progress_bar import watched
    from lichen.ledger.suggest.exported import propose
    from lichen.runs import workspace_lock

    with workspace_lock(workspace.root, "lichen instrument --suggest"), watched() as progress:
        proposed = propose(workspace.root, workspace.definitions, source, progress)
    rows = [row for one in proposed for row in _rows(one)]
    if form is Format.JSON:
        files = [{"source": p.suggestion.source, "file": str(p.path)} for p in proposed]
        print_json({"suggestions": rows, "files": files})
    elif form is Format.CSV:
        print_rows(rows, form, COLUMNS)
    else:
        for one in proposed:
            _tell(one)


def _rows(one: Proposed) -> list[dict[str, Any]]:
    """One row a map: what was found for it and what is missing; tables without a map last."""
    rows: list[dict[str, Any]] = [
        {
            "source": one.suggestion.source,
            "table": row.table if row.name is None else f"{row.table} ({row.name})",
            "entity": row.entity,
            "confidence": row.confidence.value,
            "mapped": sum(column.is_active for column in row.columns),
            "missing": list(row.missing),
        }
        for row in one.suggestion.maps
    ]
    rest = ({"source": one.suggestion.source, "table": t.table} for t in one.suggestion.unmapped)
    return [*rows, *(dict.fromkeys(COLUMNS) | row for row in rest)]


def _tell(one: Proposed) -> None:
    from lichen.cli.printing import print_rows, tell

    print_rows(_rows(one), Format.TABLE, COLUMNS[1:])
    active = sum(row.is_active for row in one.suggestion.maps)
    tell(f"\nWritten to {one.path}")
    if one.in_force is not None:
        tell(
            f"Loads of {one.suggestion.source} still read {one.in_force}: take over what you want, "
            f"or name the file as `mapping` of [sources.{one.suggestion.source}] in lichen.toml."
        )
    elif not active:
        tell("No map is complete yet: fill in what is marked TODO before the next load.")
    else:
        tell(
            f"{active} of {len(one.suggestion.maps)} maps are complete. Read them, then --explain."
        )
    typer.echo("")
