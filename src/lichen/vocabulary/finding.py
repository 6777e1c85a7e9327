"""A finding: something about the facts that a reader of figures should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self


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
    `dimensions` name the figures it stands beside; both empty = all. `month_ends` are the first
    and last of each stretch of month ends that it speaks of; empty = whatever the window.
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
    month_ends: tuple[tuple[date, date], ...] = ()

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """A finding as it was written as JSON, by this version or by one with fewer fields."""
        lists = {name: tuple(stored[name]) for name in ("examples", "metrics", "dimensions")}
        spans = tuple(
            (date.fromisoformat(first), date.fromisoformat(last))
            for first, last in stored.get("month_ends", ())
        )
        told = {**stored, **lists, "severity": Severity(stored["severity"]), "month_ends": spans}
        return cls(**{name: told[name] for name in cls.__dataclass_fields__ if name in told})
