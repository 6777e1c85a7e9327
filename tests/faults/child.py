"""`lichen` in a process of its own, with one thing going wrong on purpose.

usage: child.py DISTURBANCE ARGUMENT...   the arguments are those of `lichen`
       child.py readers ROOT FIGURE_ID    what each reading verb answers, as JSON

A disturbance is `none`, `file_size=BYTES` (no file may grow beyond), `days=-3` (the clock),
`hold` (wait for stdin once the workspace is locked), `kill` (die there by SIGKILL), or
`CHANGE@WHEN`: `rewrite` a feed or let the `feeds` folder `vanish`, `planned` (before it is read)
or while `reading`.
"""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import lichen.runs.publish as publishing
import lichen.workspace.applying as applying
import lichen.workspace.measures as measuring
import lichen.workspace.numbering as numbering
import lichen.workspace.plan as planning
from lichen.cli import main
from lichen.workspace.measures import registered_measures

loading = import_module("lichen.ledger.load")  # the package has a function of that name
FEW = [("involved",), ("segment",), ("partner",), ("served_via",)]
SPINE = ("retention", "renewals", "movements")
NEXT = "subscription.next.csv"


def lichen(arguments: list[str]) -> None:
    """The command, by four dimensions and three measures: the suite has many runs to make."""
    planning.default_dimensions = lambda definitions: FEW  # type: ignore[attr-defined]
    measuring.registered_measures = planning.registered_measures = few_measures  # type: ignore[attr-defined]
    main(arguments)


def few_measures() -> list[Any]:
    """The measures of the spine: what goes wrong does not ask what is measured."""
    return [each for each in registered_measures() if each.name in SPINE]


def before(module: Any, name: str, happens: Any) -> None:
    """Let something happen whenever a function of a module is about to be called."""
    function = getattr(module, name)

    def call(*arguments: Any, **named: Any) -> Any:
        happens()
        return function(*arguments, **named)

    setattr(module, name, call)


def limit_files(size: int) -> None:
    """No file may grow beyond `size` bytes; Python ignores the signal, so writes fail."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def move_clock(days: float) -> None:
    """Everything that names or dates a run sees another day."""

    class Moved(datetime):
        @classmethod
        def now(cls, zone: Any = None) -> Any:
            return datetime.now(zone or UTC) + timedelta(days=days)

    for module in (numbering, publishing):
        module.datetime = Moved  # type: ignore[attr-defined]


def hold() -> None:
    """Say that the workspace is locked, and wait to be let go."""
    print("held", file=sys.__stdout__, flush=True)
    sys.stdin.read()


def kill() -> None:
    """End as a process does that the system kills."""
    os.kill(os.getpid(), signal.SIGKILL)


def change(what: str, root: Path) -> None:
    """Rewrite a feed in its place, or take the folder of feeds away."""
    if what == "rewrite":
        (root / "feeds" / "subscription.csv").write_bytes((root / NEXT).read_bytes())
    else:
        shutil.rmtree(root / "feeds", ignore_errors=True)


def disturb(disturbance: str, root: Path) -> None:
    """Prepare what goes wrong."""
    what, _, when = disturbance.partition("@")
    name, _, value = what.partition("=")
    if when:
        place = (applying.ledger, "load") if when == "planned" else (loading, "accounts_of")
        before(*place, lambda: change(what, root))
    elif name == "file_size":
        limit_files(int(value))
    elif name == "days":
        move_clock(float(value))
    elif name in ("hold", "kill"):
        before(applying.ledger, "load", {"hold": hold, "kill": kill}[name])


def answers(root: str, figure: str) -> list[dict[str, Any]]:
    """What each verb that reads the published run says, and how it ends."""
    asked = (
        ["govern", root],
        ["measure", root, "--metric", "nrr", "--window", "12m", "--format", "json"],
        ["explain", root, figure],
    )
    found = []
    for arguments in asked:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
        found.append(
            {"verb": arguments[0], "code": code, "out": out.getvalue(), "err": err.getvalue()}
        )
    return found


if __name__ == "__main__":
    asked, *rest = sys.argv[1:]
    if asked == "readers":
        print(json.dumps(answers(*rest)))
    else:
        disturb(asked, Path(rest[1]))
        lichen(rest)
