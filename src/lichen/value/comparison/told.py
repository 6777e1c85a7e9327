"""One comparison, or one ranked partner, as plain values for JSON."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

from lichen.value.comparison.result import Comparison, Counts, Overlap, PartnerRank
from lichen.value.comparison.stored import EFFECTS, KEY, comparison_id

_REST = ("unit", "direction", "primary", "exposed_mean", "control_mean")


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON holds it: dates in ISO form, what is not a finite number as null."""
    held = comparison
    told: dict[str, Any] = {"comparison_id": comparison_id(held)}
    told |= {name: getattr(held, name) for name in (*KEY, *_REST)}
    told["landmarks"] = list(held.landmarks)
    told |= {name: getattr(held, name)._asdict() for name in EFFECTS}
    told |= {name: getattr(held, name) for name in ("low99", "high99", "p", "adjusted_p")}
    told |= {
        "disagree": list(held.disagree),
        "counts": _counts(held.counts),
        "balance": [row._asdict() for row in held.balance],
        "overlap": _overlap(held.overlap),
        "placebo": held.placebo._asdict() if held.placebo else None,
        "e_value": held.e_value._asdict() if held.e_value else None,
        "verdict": held.verdict.value,
        "reasons": list(held.reasons),
        "sentence": held.sentence,
        "findings": list(held.findings),
    }
    return {name: _plain(value) for name, value in told.items()}


def rank_as_json(rank: PartnerRank) -> dict[str, Any]:
    """The ranked partner as JSON holds it."""
    return {name: _plain(value) for name, value in rank._asdict().items()}


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "exposed": counts.exposed,
        "matched": counts.matched,
        "controls": counts.controls,
        "ess": counts.ess,
        "prevalent": counts.prevalent,
        "unmatched": counts.unmatched,
        "pool": counts.pool,
        "by_reason": dict(counts.reasons),
    }


def _overlap(overlap: Overlap | None) -> dict[str, Any] | None:
    return {name: list(each) for name, each in overlap._asdict().items()} if overlap else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
