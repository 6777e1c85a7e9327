"""Retention: the newest runs stay, with the ledgers that they name."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lichen.runs.manifest import MANIFEST
from lichen.runs.pointer import read_pointer, runs_folder
from lichen.runs.store import list_runs

REMOVING = ".removing-"
LEDGERS = Path(".lichen") / "ledger"


@dataclass(frozen=True)
class Removed:
    """What retention took away."""

    runs: tuple[str, ...]
    ledgers: tuple[str, ...]


def retain(root: Path, keep: int) -> Removed:
    """Keep the `keep` newest runs and the one pointed at; remove the others and their ledgers.

    A ledger goes only when a removed run named it and no kept run does: one that was loaded but
    not yet published stays. Called under the workspace lock.
    """
    pointer = read_pointer(root)
    runs = list_runs(root)
    staying = set(runs[:keep]) | ({pointer.run_id} if pointer else set())
    leaving = [run_id for run_id in runs if run_id not in staying]
    named = {run_id: _ledger_of(root, run_id) for run_id in runs}
    needed = {named[run_id] for run_id in staying if run_id in named}
    for run_id in leaving:
        _remove(runs_folder(root) / run_id)
    orphaned = sorted({key for run in leaving if (key := named[run])} - needed)
    for key in orphaned:
        _remove(root / LEDGERS / key)
    return Removed(tuple(leaving), tuple(orphaned))


def _ledger_of(root: Path, run_id: str) -> str | None:
    # Read leniently: a damaged run's ledger must still be found, or kept, by name.
    try:
        manifest: Any = json.loads((runs_folder(root) / run_id / MANIFEST).read_text("utf-8"))
        key = str(manifest["ledger"]["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return key if key.isalnum() else None


def _remove(folder: Path) -> None:
    """Take the folder's name away first, so that nobody reads one that is half gone."""
    if not folder.is_dir():
        return
    doomed = folder.with_name(f"{REMOVING}{folder.name}")
    # A killed run may have left half of one behind, and a folder is not renamed onto another.
    shutil.rmtree(doomed, ignore_errors=True)
    os.rename(folder, doomed)
    shutil.rmtree(doomed, ignore_errors=True)
