"""A finding: something about the facts that a reader of figures should know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding limits what may be said."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One counted observation, with the records it rests on and the metrics it touches.

    `code` is stable and short (`late_renewal`), `sentence` is for people and ends with what to do
    where something can be done. `examples` name records (`subscription.csv:17`) or ids, at most
    five. `arr_share` is the share of ARR concerned, where that has meaning. `metrics` and
    `dimensions` name the figures it stands beside; both empty = all.
    """

    code: str
    entity: str
    count: int
    sentence: str
    severity: Severity = Severity.NOTE
    examples: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    arr_share: float | None = None
