"""One writer at a time; the second is told who the first is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lichen.runs import WorkspaceLocked, workspace_lock

HOLD = """
import sys
from pathlib import Path
from lichen.runs import workspace_lock
with workspace_lock(Path(sys.argv[1]), "lichen run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(root: Path) -> subprocess.Popen[str]:
    """A process that holds the workspace until its stdin closes."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_writer_is_told_who_holds_the_workspace_and_what_to_do(tmp_path: Path) -> None:
    first = holder(tmp_path)
    with pytest.raises(WorkspaceLocked) as caught, workspace_lock(tmp_path, "lichen run"):
        pass
    first.communicate()
    message = str(caught.value)
    assert f"process {first.pid}" in message
    assert "`lichen run`" in message
    assert "since 20" in message
    assert "Wait for it to end" in message


def test_a_killed_writer_leaves_the_workspace_free(tmp_path: Path) -> None:
    first = holder(tmp_path)
    first.kill()
    first.communicate()
    with workspace_lock(tmp_path, "lichen run"):
        assert (tmp_path / ".lichen" / "lock.holder").read_text().find(str(os.getpid())) > 0


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), workspace_lock(tmp_path, "lichen run"):
        raise RuntimeError
    with workspace_lock(tmp_path, "lichen run"):
        pass
