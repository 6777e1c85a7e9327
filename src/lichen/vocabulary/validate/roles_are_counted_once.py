"""`meaningful_roles` names at least one role, and each once."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

KEY = ("involvement", "meaningful_roles")


def roles_are_counted_once(draft: Draft) -> Iterator[Problem]:
    """Without a meaningful role, no account is ever `involved`."""
    roles = draft.definitions.involvement.meaningful_roles
    if not roles and draft.as_written(*KEY):
        sentence = "no role is meaningful, so no account is ever 'involved'."
        yield Problem(Severity.WARNING, KEY, sentence, "Name the roles that count.")
    for role in sorted({role for role in roles if roles.count(role) > 1}):
        yield Problem(Severity.WARNING, KEY, f"'{role}' stands here more than once.", "Keep one.")
