"""How a single file is refused."""

from __future__ import annotations

from lichen.ledger.errors import FeedProblem, FeedsUnusable


def refused(where: str, found: str, step: str) -> FeedsUnusable:
    """One problem as the error that lists problems."""
    return FeedsUnusable([FeedProblem(where, found, step)])
