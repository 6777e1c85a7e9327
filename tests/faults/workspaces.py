"""A small workspace with two published runs, and what its feeds make where nothing goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
from tests.faults.child import NEXT, few_measures
from tests.stories.harbor import small_plan, subscriptions, write_csv, write_workspace

from lichen.runs import Run

CHILD = Path(__file__).with_name("child.py")
REPOSITORY = CHILD.parents[2]
POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def child(disturbance: str, *arguments: object) -> list[str]:
    """The command line of a disturbed `lichen`; root goes without its power over permissions."""
    asked = [sys.executable, str(CHILD), disturbance, *map(str, arguments)]
    return [*(POWERLESS if os.getuid() == 0 else ()), *asked]


def environment() -> dict[str, str]:
    """The environment of children: they find these tests, and hide tracebacks as for people."""
    shown = {key: value for key, value in os.environ.items() if key != "LICHEN_DEBUG"}
    paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**shown, "PYTHONPATH": os.pathsep.join(paths)}


def lichen(disturbance: str, *arguments: object) -> Told:
    """Run a disturbed `lichen` to its end."""
    ended = subprocess.run(
        child(disturbance, *arguments), capture_output=True, text=True, env=environment()
    )
    return Told(ended.returncode, ended.stdout, ended.stderr)


def start(disturbance: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a disturbed `lichen` and leave it running."""
    return subprocess.Popen(
        child(disturbance, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def small_run(root: Path) -> Run:
    """A run in this process that nothing disturbs, of what the disturbed ones measure."""
    with patch("lichen.workspace.measuring.registered_measures", few_measures):
        return small_plan(root).apply()


def later_lines() -> list[dict[str, object]]:
    """The lines of Harbor Cloud once account 4 has grown too."""
    lines = subscriptions()
    return [*lines, {**lines[-1], "subscription_id": "s4-more", "account_id": "crm:4"}]


@dataclass(frozen=True)
class Workspace:
    """A workspace whose next run has later lines to read: `feeds/` holds them already."""

    root: Path
    earlier: str
    latest: str
    figure: str
    level: str

    def copy_to(self, root: Path) -> Workspace:
        """The same workspace somewhere else, with nothing linked to this one."""
        shutil.copytree(self.root, root, symlinks=True)
        return replace(self, root=root)

    def read(self) -> list[dict[str, Any]]:
        """What every reading verb answers here."""
        told = lichen("readers", self.root, self.figure)
        assert told.code == 0, told.err
        answers: list[dict[str, Any]] = json.loads(told.out)
        return answers


def workspace(root: Path) -> Workspace:
    """Two runs of the same feeds; then the feeds of a month later arrive."""
    write_workspace(root)
    earlier, latest = small_run(root), small_run(root)
    write_csv(root / NEXT, later_lines())
    shutil.copy(root / NEXT, root / "feeds" / "subscription.csv")
    net, level = (total(latest, metric)["figure_id"] for metric in ("nrr", "arr"))
    return Workspace(root, earlier.run_id, latest.run_id, net, level)


def undisturbed(root: Path, lines: list[dict[str, object]]) -> Run:
    """The run of a fresh workspace with these lines."""
    write_workspace(root)
    write_csv(root / "feeds" / "subscription.csv", lines)
    return small_run(root)


def total(run: Run, metric: str) -> dict[str, Any]:
    """A metric of all accounts at the run's close; of rates, the one over twelve months."""
    window = run.windows["12m"]
    rows = [
        row
        for row in run.figures().to_pylist()
        if (row["metric"], row["groups"], row["window_to"]) == (metric, "", window.closes_on)
    ]
    (found,) = [row for row in rows if row["window_from"] == window.opens_on] or rows
    return found


def figures(run: Run) -> pa.Table:
    """Everything that figures say except which run they are of."""
    return run.figures().drop_columns(["run_id"])
