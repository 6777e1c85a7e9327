"""Which findings touch which figures: by the entities read, and by what a finding says itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Finding
from lichen.vocabulary.metrics import METRICS
from lichen.workspace.naming import Names, check_known, names

PARTNER_SIDE = {"involvement", "partner", "opportunity"}
"""Entities that place accounts in groups by what partners do."""


def named(metric: Names, by: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Metrics of the catalogue and dimensions as a caller names them; none = no restriction.

    Raises:
        WrongKind, NothingNamed, UnknownName, UnknownNames: they cannot be used.
    """
    metrics, dimensions = names("metric", metric), names("dimension", by)
    check_known(("metric", metrics, METRICS), ("dimension", dimensions, DIMENSIONS))
    return metrics, dimensions


def touching(
    findings: Iterable[Finding], metrics: Collection[str], dimensions: Collection[str]
) -> tuple[Finding, ...]:
    """The findings that touch one of these metrics by one of these dimensions; none named = any."""
    about, split = metrics or tuple(METRICS), dimensions or tuple(DIMENSIONS)
    return tuple(each for each in findings if touches(each, about, split))


def touches(finding: Finding, metrics: Collection[str], dimensions: Collection[str]) -> bool:
    """Whether figures of these metrics by these dimensions are touched; no dimension = totals."""
    if finding.entity in ENTITIES and finding.entity not in read_for(metrics, dimensions):
        return False
    about_metric = not finding.metrics or bool(set(finding.metrics) & set(metrics))
    about_groups = not finding.dimensions or bool(set(finding.dimensions) & set(dimensions))
    return about_metric and about_groups


def read_for(metrics: Iterable[str], dimensions: Iterable[str]) -> set[str]:
    """The entities that such figures rest on; every entity where a metric is a plugin's."""
    entities = {"account", "subscription", "fx_rate"}
    for name in metrics:
        if name not in METRICS:
            return set(ENTITIES)
        entities |= set(METRICS[name].entities)
    for name in dimensions:
        partner_side = name not in DIMENSIONS or DIMENSIONS[name].partner_side
        entities |= PARTNER_SIDE if partner_side else {"attribute_change"}
    return entities
