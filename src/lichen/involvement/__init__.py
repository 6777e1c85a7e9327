"""Who was involved with which account when, and the groups that follow from it."""

from lichen.involvement.findings import findings
from lichen.involvement.groups import groupings, groups_at
from lichen.involvement.library import believed, marker_overlaps
from lichen.involvement.together import together
from lichen.vocabulary.dimensions import default_dimensions

__all__ = [
    "believed",
    "default_dimensions",
    "findings",
    "groupings",
    "groups_at",
    "marker_overlaps",
    "together",
]
