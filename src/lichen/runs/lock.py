"""The workspace lock: one writer at a time, and a clear word for the second."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from lichen.kernel.writing import writing
from lichen.runs.errors import WorkspaceLocked

LOCK = Path(".lichen") / "lock"
HOLDER = Path(".lichen") / "lock.holder"


@contextmanager
def workspace_lock(root: Path, purpose: str) -> Iterator[None]:
    """Hold the workspace for writing; the system lets go when the process ends, however it ends.

    Raises:
        WorkspaceLocked: another process holds it; the message says which and since when.
    """
    (root / LOCK).parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise _locked(root) from None
    try:
        _sign(root / HOLDER, purpose)
        yield
    finally:
        (root / HOLDER).unlink(missing_ok=True)
        lock.release()


def _sign(path: Path, purpose: str) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "purpose": purpose,
    }
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with writing(path):
            temporary.write_text(json.dumps(holder), encoding="utf-8")
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _locked(root: Path) -> WorkspaceLocked:
    try:
        holder = json.loads((root / HOLDER).read_text(encoding="utf-8"))
        return WorkspaceLocked(
            root, holder["purpose"], holder["pid"], holder["host"], holder["since"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        # The other process took the lock but has not signed it yet.
        return WorkspaceLocked(root, "", None, "", "")
