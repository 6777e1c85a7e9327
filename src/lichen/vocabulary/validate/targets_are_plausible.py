"""The value of a target is one that its metric can have."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.definitions import Target
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.metrics import METRICS, Metric, Unit
from lichen.vocabulary.metrics import Interval as IntervalKind
from lichen.vocabulary.problems import Problem

HIGHEST_RATIO = 3.0
"""Above 300% a yearly retention was almost surely meant in percent."""


def targets_are_plausible(draft: Draft) -> Iterator[Problem]:
    """110 in place of 1.10 would make every figure miss, quietly."""
    for row, target in draft.targets:
        metric = METRICS.get(target.metric)
        if metric is None:
            continue
        sentence = _doubt(metric, target)
        if sentence:
            key = ("target", row, "value")
            yield Problem(Severity.WARNING, key, sentence, _percent_hint(metric, target.value))


def _doubt(metric: Metric, target: Target) -> str:
    if target.value < 0 and not metric.signed and metric.unit is not Unit.SCORE:
        return f"{target.value:g} is negative, which {metric.name} is never."
    if metric.scale and not metric.scale[0] <= target.value <= metric.scale[1]:
        least, greatest = metric.scale
        return (
            f"{target.value:g} is not from {least:g} to {greatest:g}, as {metric.name} always is."
        )
    if metric.unit is not Unit.RATIO:
        return ""
    if target.value > HIGHEST_RATIO:
        return f"{target.value:g} is {target.value * 100:,.0f}%."
    if target.value > 1 and _is_share(metric):
        return f"{target.value:g} is above 1, which {metric.name} is never."
    return ""


def _is_share(metric: Metric) -> bool:
    """Whether the metric is a part of its base, so at most 1: only those have Wilson intervals."""
    return metric.interval in (
        IntervalKind.WILSON,
        IntervalKind.WILSON_KISH,
        IntervalKind.WILSON_ACCOUNTS,
    )


def _percent_hint(metric: Metric, value: float) -> str:
    if metric.unit is Unit.RATIO and value > 1:
        return f"Ratios are written as 1.05 for 105%: for {value:g}% write {value / 100:g}."
    return "Check the value."
