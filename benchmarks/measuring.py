"""One measurement, one child process: nothing of one job warms or weighs on another."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPEATS = 3
LICHEN = str(Path(sys.executable).with_name("lichen"))
"""The command as installed beside this Python."""


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds, peak resident megabytes of the whole process, and what it found."""

    wall: float
    cpu: float
    peak_mb: float
    found: Any = None


class ChildFailed(Exception):
    """A measured process ended with an error; the end of what it said follows."""

    def __init__(self, command: Sequence[str], said: str) -> None:
        super().__init__(f"{' '.join(command)} failed:\n{said[-2000:]}")


def whole_process(command: Sequence[str]) -> Cost:
    """A process from start to end, as a person at the terminal meets it."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if child.returncode:
        raise ChildFailed(command, text)
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def job(name: str, *arguments: str) -> Cost:
    """A job of `benchmarks.jobs` in its own process: median of its repeats, imports left out."""
    outer = whole_process([sys.executable, "-m", "benchmarks.jobs", name, *arguments])
    told = json.loads(outer.found.strip().splitlines()[-1])
    return Cost(told["wall"], told["cpu"], outer.peak_mb, told["found"])


def repeated(work: Callable[[], Any], repeats: int = REPEATS) -> dict[str, Any]:
    """Medians of wall and CPU seconds over repeats in this process."""
    walls, cpus, found = [], [], None
    for _ in range(repeats):
        before, began = cpu_seconds(), time.perf_counter()
        found = work()
        walls.append(time.perf_counter() - began)
        cpus.append(cpu_seconds() - before)
    middle = repeats // 2
    return {"wall": sorted(walls)[middle], "cpu": sorted(cpus)[middle], "found": found}


def cpu_seconds() -> float:
    """CPU seconds of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def folder_of(root: Path, accounts: int) -> Path:
    """Where the facts of this size lie."""
    return root / f"{accounts}"
