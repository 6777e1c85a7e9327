"""The pointer: the small file that says which run readers see."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from lichen.runs.durable import replace_text

POINTER = "latest"


@dataclass(frozen=True)
class Pointer:
    """The run that readers see, and the seal of its manifest."""

    run_id: str
    seal: str


def runs_folder(root: Path) -> Path:
    """Where a workspace keeps its runs."""
    return root / "runs"


def write_pointer(root: Path, pointer: Pointer) -> None:
    """Let readers see this run from now on."""
    replace_text(runs_folder(root) / POINTER, json.dumps(asdict(pointer), indent=1) + "\n")


def read_pointer(root: Path) -> Pointer | None:
    """What the pointer says; None where it is missing or does not say it."""
    try:
        content = json.loads((runs_folder(root) / POINTER).read_text(encoding="utf-8"))
        return Pointer(str(content["run_id"]), str(content["seal"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
