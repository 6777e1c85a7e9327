"""`lichen attribute`: comes later."""

from __future__ import annotations

from lichen.cli.later import announce
from lichen.cli.options import Folder


def attribute(folder: Folder) -> None:
    """Who took part, and what share is theirs? Comes later."""
    announce("attribute", "shares of pipeline by rule")
