"""A run published once more with other tables, to see pages and doors read what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from lichen.runs import Run, latest, publish

LATER = "20991231T000000000000Z-0c0c0c0c"


def with_tables(root: Path, tables: Mapping[str, pa.Table], without: tuple[str, ...] = ()) -> Run:
    """The latest run of the workspace, with these tables and without those."""
    run = latest(root)
    held = {name: run.table(name) for name in run.table_names if name not in without}
    manifest = {**run.manifest, "run_id": LATER}
    return publish(root, manifest, run.figures(), {**held, **tables})
