"""What can be wrong with a run or its workspace, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lichen.kernel.errors import LichenError


class NoRun(LichenError):
    """Nothing readable has been published."""

    def __init__(self, root: Path, reasons: tuple[str, ...] = ()) -> None:
        self.root = root
        self.reasons = reasons
        sentence = f"No run has been published in {root}."
        if reasons:
            sentence = f"No run in {root} can be read: {' '.join(reasons)}"
        super().__init__(sentence, f"Publish one with `lichen run {root}`.")


class SeveralRuns(LichenError):
    """More than one run has an id that begins like this."""

    def __init__(self, beginning: str, matching: Sequence[str]) -> None:
        self.beginning = beginning
        self.matching = tuple(matching)
        super().__init__(
            f"{len(matching)} runs have an id that begins with '{beginning}'.",
            f"Name one of them: {', '.join(matching)}.",
        )


class NoRunBefore(LichenError):
    """A run was to be compared with the one before it, and there is none."""

    def __init__(self, run_id: str, root: Path) -> None:
        self.run_id = run_id
        super().__init__(
            f"There is no run before {run_id} to compare with.",
            f"Publish another with `lichen run {root}` when facts, definitions or the day changed.",
        )


class RunDamaged(LichenError):
    """A run's files are not those that its manifest describes."""

    def __init__(self, run_id: str, what: str) -> None:
        self.run_id = run_id
        self.what = what
        super().__init__(
            f"Run {run_id} is damaged: {what}.",
            "Restore its folder from a backup, or delete it and run again.",
        )


class RunFormatRefused(LichenError):
    """A run was written in a format that this version does not read."""

    def __init__(self, run_id: str, found: object, readable: tuple[int, ...]) -> None:
        self.run_id = run_id
        self.found = found
        self.readable = readable
        newer = isinstance(found, int) and found > max(readable)
        super().__init__(
            f"Run {run_id} has run_format {found}; this version of Lichen reads "
            f"{' and '.join(map(str, readable))}.",
            "Upgrade Lichen, or name another run with --run."
            if newer
            else "Publish a new run with `lichen run`, or name another with --run.",
        )


class WorkspaceLocked(LichenError):
    """Another process is writing in this workspace."""

    def __init__(self, root: Path, purpose: str, pid: int | None, host: str, since: str) -> None:
        self.root = root
        self.pid = pid
        self.host = host
        self.since = since
        who = f"`{purpose}` (process {pid} on {host}, since {since})" if pid else "another process"
        super().__init__(
            f"The workspace {root} is locked by {who}.",
            "Wait for it to end and try again, or stop that process; the last published run "
            "stays readable meanwhile.",
        )
