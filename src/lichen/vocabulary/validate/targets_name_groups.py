"""The groups of a target are known, and published together."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.embeddedness import DEPTH_CLASSES
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import KeyPath, Problem
from lichen.vocabulary.roles import DELIVERY, PARTNER_KINDS, ROLES, ROUTES, SEGMENTS

CLOSED: dict[str, tuple[str, ...]] = {
    "involved": ("yes", "no"),
    "acquired_via": ROUTES,
    "served_via": ROUTES,
    "partner_kind": PARTNER_KINDS,
    "role": ROLES,
    "delivery": DELIVERY,
    "embeddedness": DEPTH_CLASSES,
    "segment": SEGMENTS,
}
"""Dimensions whose groups are a closed list; the others' groups come from the facts."""

OUTSIDE = ("unknown", "none")
"""Groups that gather the accounts without a value, in any dimension."""


def targets_name_groups(draft: Draft) -> Iterator[Problem]:
    """A target whose groups no run publishes is never measured."""
    pairs = {frozenset(pair) for pair in draft.definitions.scorecard.pairs}
    for row, target in draft.targets:
        key: KeyPath = ("target", row, "groups")
        known = draft.as_written(*key) and draft.as_written("scorecard", "pairs")
        for name, value in target.groups.items():
            problem = _group_problem((*key, name), name, value)
            known = known and problem is None
            if problem is not None:
                yield problem
        if known and not _is_published(target, pairs):
            yield _unpublished(key, target)


def _group_problem(key: KeyPath, name: str, value: str) -> Problem | None:
    if name not in DIMENSIONS:
        hint = did_you_mean(name, DIMENSIONS)
        return Problem(Severity.ERROR, key, f"there is no dimension '{name}'.", hint)
    allowed = CLOSED.get(name, ())
    if allowed and value not in (*allowed, *OUTSIDE):
        sentence = f"'{value}' is no group of {name}."
        return Problem(Severity.ERROR, key, sentence, did_you_mean(value, allowed))
    return None


def _is_published(target: Target, pairs: set[frozenset[str]]) -> bool:
    return len(target.groups) < 2 or frozenset(target.groups) in pairs


def _unpublished(key: KeyPath, target: Target) -> Problem:
    names = " and ".join(sorted(target.groups))
    hint = "A target takes at most two dimensions."
    if len(target.groups) == 2:
        pair = ", ".join(f'"{name}"' for name in sorted(target.groups))
        hint = f"Add [{pair}] to scorecard.pairs."
    return Problem(Severity.WARNING, key, f"{names} are not published together.", hint)
