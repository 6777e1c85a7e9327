"""Who was involved with which account when, and the groups that follow from it."""

from lichen.involvement.findings import findings
from lichen.involvement.groups import default_dimensions, groupings, groups_at
from lichen.involvement.library import marker_overlaps
from lichen.involvement.together import together

__all__ = [
    "default_dimensions",
    "findings",
    "groupings",
    "groups_at",
    "marker_overlaps",
    "together",
]
