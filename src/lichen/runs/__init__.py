"""Published runs: immutable folders of figures, behind a pointer that is never half written."""

from lichen.runs.errors import NoRun, NoRunBefore, RunDamaged, RunFormatRefused, WorkspaceLocked
from lichen.runs.lock import workspace_lock
from lichen.runs.manifest import RUN_FORMAT
from lichen.runs.pointer import Pointer, read_pointer
from lichen.runs.publish import TableWriter, publish
from lichen.runs.retention import Removed, retain
from lichen.runs.store import Run, latest, list_runs, open_run, previous

__all__ = [
    "RUN_FORMAT",
    "NoRun",
    "NoRunBefore",
    "Pointer",
    "Removed",
    "Run",
    "RunDamaged",
    "RunFormatRefused",
    "TableWriter",
    "WorkspaceLocked",
    "latest",
    "list_runs",
    "open_run",
    "previous",
    "publish",
    "read_pointer",
    "retain",
    "workspace_lock",
]
