"""`lichen act`: comes later."""

from __future__ import annotations

from lichen.cli.later import announce
from lichen.cli.options import Folder


def act(folder: Folder) -> None:
    """Where should the next hour or dollar go? Comes later."""
    announce("act", "risks, next plays and fund mix")
