"""`lichen model`: comes later."""

from __future__ import annotations

from lichen.cli.later import announce
from lichen.cli.options import Folder


def model(folder: Folder) -> None:
    """What is a customer served with partners worth, against similar ones? Comes later."""
    announce("model", "comparison with similar accounts, and customer lifetime value")
