"""Publishing: everything is on disk and named before the pointer moves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lichen.kernel.writing import writing
from lichen.runs.durable import sync_file, sync_folder
from lichen.runs.manifest import MANIFEST, RUN_FORMAT, describe_files, manifest_text, sealed
from lichen.runs.pointer import Pointer, runs_folder, write_pointer
from lichen.runs.store import FIGURES, TABLES, Run

if TYPE_CHECKING:
    import pyarrow as pa

STAGING = ".staging-"

TableWriter = Callable[[Path], int]
"""Writes one Parquet file at a path and returns its rows; for tables still in an engine."""


def publish(
    root: Path,
    manifest: Mapping[str, Any],
    figures: pa.Table,
    tables: Mapping[str, pa.Table | TableWriter],
) -> Run:
    """Write a run and let readers see it, under the workspace lock that the caller holds.

    `manifest` names at least `run_id`; format, version, time and file hashes are added here. The
    run is written beside its place, synced, renamed into it, and only then pointed at, so that
    a kill at any moment leaves readers with the run they had or with the new one.
    """
    run_id = str(manifest["run_id"])
    runs = runs_folder(root)
    staging = runs / f"{STAGING}{run_id}"
    _clear_abandoned(runs)
    (staging / TABLES).mkdir(parents=True)
    try:
        complete = _write_run(staging, manifest, figures, tables)
        os.rename(staging, runs / run_id)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    sync_folder(runs)
    write_pointer(root, Pointer(run_id, complete["seal"]))
    return Run(root, run_id, complete)


def _write_run(
    staging: Path,
    manifest: Mapping[str, Any],
    figures: pa.Table,
    tables: Mapping[str, pa.Table | TableWriter],
) -> dict[str, Any]:
    _write_table(figures, staging / FIGURES)
    rows = {
        name: _write_table(table, staging / TABLES / f"{name}.parquet")
        for name, table in sorted(tables.items())
    }
    files = describe_files(staging)
    for name in files:
        sync_file(staging / name)
    complete = sealed(
        {
            **manifest,
            "run_format": RUN_FORMAT,
            "lichen": version("lichen"),
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "figures": figures.num_rows,
            "table_rows": rows,
            "files": files,
        }
    )
    with writing(staging / MANIFEST):
        (staging / MANIFEST).write_text(manifest_text(complete) + "\n", encoding="utf-8")
    sync_file(staging / MANIFEST)
    sync_folder(staging / TABLES)
    sync_folder(staging)
    return complete


def _write_table(table: pa.Table | TableWriter, path: Path) -> int:
    if callable(table):
        return table(path)
    import pyarrow.parquet as pq

    with writing(path):
        pq.write_table(table, path, compression="zstd")
    return int(table.num_rows)


def _clear_abandoned(runs: Path) -> None:
    """Remove what killed processes left behind; the lock says that none of them still writes."""
    runs.mkdir(parents=True, exist_ok=True)
    for path in runs.glob(".*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.endswith(".tmp"):
            path.unlink(missing_ok=True)
