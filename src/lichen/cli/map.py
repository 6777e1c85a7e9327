"""`lichen map`: comes later."""

from __future__ import annotations

from lichen.cli.later import announce
from lichen.cli.options import Folder


def map(folder: Folder) -> None:
    """Where in the customer journey can a partner help? Comes later."""
    announce("map", "coverage and friction of the customer journey")
