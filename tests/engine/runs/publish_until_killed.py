"""Publish runs in a child process, and die by SIGKILL where the parent asks.

usage: publish_until_killed.py ROOT STEP. STEP n kills before the n-th call that makes something
durable or visible (fsync, rename, replace); 0 publishes one run and prints how many such calls
there were; -1 publishes for ever and prints a line after the first.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.engine.runs.small_runs import figures_of_run, manifest_of_run

from lichen.kernel.ids import new_run_id
from lichen.runs import publish, retain, workspace_lock

calls = 0


def counted(function: Callable[..., Any], fatal: int) -> Callable[..., Any]:
    """The function, dying instead of its `fatal`-th call among all counted ones."""

    def call(*arguments: Any, **named: Any) -> Any:
        global calls
        calls += 1
        if calls == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)

    return call


def publish_one(root: Path) -> None:
    """One run whose figures and table both carry its id."""
    run_id = new_run_id("killed")
    figures = figures_of_run(run_id)
    tables = {
        "end_points": pa.table({"account_id": ["a"] * 5000, "run_id": [run_id] * 5000}),
        "movements": pa.table({"account_id": ["a"] * 5000, "run_id": [run_id] * 5000}),
    }
    with workspace_lock(root, "lichen run"):
        publish(root, manifest_of_run(run_id), figures, tables)
        retain(root, keep=5)


def main() -> None:
    """Publish as asked."""
    root, step = Path(sys.argv[1]), int(sys.argv[2])
    if step >= 0:
        for name in ("fsync", "rename", "replace"):
            setattr(os, name, counted(getattr(os, name), step))
    publish_one(root)
    print(calls, flush=True)
    while step < 0:
        publish_one(root)


if __name__ == "__main__":
    main()
