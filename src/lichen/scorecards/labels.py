"""Groups in words: labels for tables and phrases for sentences."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.format import format_words

_LABELS: dict[str, dict[str, str]] = {
    "involved": {
        "yes": "With partners",
        "true": "With partners",
        "no": "Without partners",
        "false": "Without partners",
    },
    "integrations": {"0": "No integration", "1": "1 integration"},
    "services_pattern": {"": "No services", "none": "No services"},
    "delivery": {
        "certified": "Certified partner",
        "uncertified": "Partner without certification",
        "none": "No delivering partner",
    },
    "integration_stack": {"": "No integration", "none": "No integration"},
    "embeddedness": {"none": "Not embedded"},
    "segment": {"smb": "SMB"},
}

_PHRASES: dict[tuple[str, str], str] = {
    ("involved", "yes"): "accounts with partners involved",
    ("involved", "true"): "accounts with partners involved",
    ("involved", "no"): "accounts without partners",
    ("involved", "false"): "accounts without partners",
    ("served_via", "partner"): "accounts served by partners",
    ("served_via", "hybrid"): "accounts served together with partners",
    ("served_via", "direct"): "accounts served directly",
    ("served_via", "unknown"): "accounts whose service route is unknown",
    ("delivery", "certified"): "accounts delivered by certified partners",
    ("delivery", "uncertified"): "accounts delivered by partners without a certification",
    ("delivery", "none"): "accounts without a delivering partner",
    ("acquired_via", "partner"): "accounts won by partners",
    ("acquired_via", "hybrid"): "accounts won together with partners",
    ("acquired_via", "direct"): "accounts won directly",
    ("acquired_via", "unknown"): "accounts whose origin is unknown",
}

_VERBATIM = frozenset({"partner", "industry", "region", "referral_source"})
"""Dimensions whose values are names of the workspace's own, shown as they are written."""


def group_label(dimension: str, value: str, names: Mapping[str, str] | None = None) -> str:
    """A group in a table of its dimension; `names` gives partners their names by id."""
    if dimension == "partner" and names and value in names:
        return names[value]
    if value in _LABELS.get(dimension, {}):
        return _LABELS[dimension][value]
    if dimension == "integration_stack":
        return " + ".join((names or {}).get(each, each) for each in value.split("+"))
    if dimension in _VERBATIM:
        return value or "not given"
    if dimension == "integrations":
        return f"{value} integrations"
    words = format_words(value).replace("+", " + ") or "none"
    return words[:1].upper() + words[1:]


def groups_label(groups: Mapping[str, str], names: Mapping[str, str] | None = None) -> str:
    """Groups as a name: `Served via: Partner`; `All accounts` for none."""
    if not groups:
        return "All accounts"
    return ", ".join(
        f"{dimension_title(key)}: {group_label(key, value, names)}"
        for key, value in sorted(groups.items())
    )


def groups_phrase(groups: Mapping[str, str], names: Mapping[str, str] | None = None) -> str:
    """Groups inside a sentence: `accounts served by partners`; `all accounts` for none."""
    if not groups:
        return "all accounts"
    if len(groups) == 1:
        pair = next(iter(groups.items()))
        if pair in _PHRASES:
            return _PHRASES[pair]
    parts = [
        f"{dimension_title(key).lower()} {group_label(key, value, names)}"
        for key, value in sorted(groups.items())
    ]
    return "accounts with " + " and ".join(parts)


def dimension_title(dimension: str) -> str:
    """The dimension's title; its own name where a plug-in brought it."""
    known = DIMENSIONS.get(dimension)
    return known.title if known else format_words(dimension).capitalize()
