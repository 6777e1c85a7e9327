"""How deep partners are in the accounts."""

from __future__ import annotations

from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit

EMBEDDEDNESS = (
    Metric(
        "embeddedness",
        "Embeddedness",
        Base.SERVED,
        Unit.NUMBER,
        Direction.HIGHER,
        Interval.SCORES,
        "How many ties accounts have with partners at the close: technologies, service roles, "
        "joint events and the community.",
        "ties at the close",
        "accounts with ARR at the close",
        "embeddedness",
        counts=True,
        entities=("involvement", "participation"),
        definitions=("embeddedness",),
    ),
)
