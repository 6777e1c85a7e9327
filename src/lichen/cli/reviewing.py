"""`lichen instrument DIR --propose` and `--decide`: pairs for a person, and what they decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lichen.workspace.opening import Workspace


def propose_pairs(workspace: Workspace) -> None:
    """Load, and write the pairs that may be one company into the review file."""
    from lichen import ledger
    from lichen.cli.progress_bar import watched
    from lichen.ledger.identity import read_decisions, write_proposals
    from lichen.ledger.identity.proposed import propose_for
    from lichen.runs import workspace_lock

    with workspace_lock(workspace.root, "lichen instrument --propose"), watched() as progress:
        loaded = ledger.load(workspace.root, workspace.definitions, progress=progress)
        least = workspace.definitions.identity.minimum_score
        proposed = propose_for(loaded, read_decisions(workspace.root), least)
        pairs = [pair for one in proposed for pair in one.pairs]
        path = write_proposals(workspace.root, pairs)
    typer.echo(f"{path}: {len(pairs):,} pairs that may be one company.")
    for one in proposed:
        if one.not_compared:
            typer.echo(
                f"{one.not_compared:,} {one.entity} rows were not compared: too many others share "
                "each of their words. A domain of their own lets them be matched."
            )
    typer.echo("Fill verdict with same or different where you know, then use --decide NAME.")


def apply_decided(workspace: Workspace, decided_by: str) -> None:
    """Move what was filled in into the decisions."""
    from lichen.ledger.identity import apply_reviewed
    from lichen.runs import workspace_lock

    with workspace_lock(workspace.root, "lichen instrument --decide"):
        count = apply_reviewed(workspace.root, decided_by, datetime.now(UTC).date())
    moved = "1 decision" if count == 1 else f"{count:,} decisions"
    typer.echo(f"{moved} moved to decisions/identity.csv; the next load follows them.")
