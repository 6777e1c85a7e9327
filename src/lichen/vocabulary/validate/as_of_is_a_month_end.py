"""The as-of date is a month end."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.periods import last_month_end
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def as_of_is_a_month_end(draft: Draft) -> Iterator[Problem]:
    """Windows end at month ends, so an as-of date inside a month leaves its last days unused."""
    as_of = draft.definitions.workspace.as_of
    if as_of is None:
        return
    end = last_month_end(as_of)
    key = ("workspace", "as_of")
    if end == as_of:
        sentence = f"figures end on {as_of} however new the facts are."
        yield Problem(Severity.NOTE, key, sentence, "Remove the key to follow the facts.")
    else:
        yield Problem(
            Severity.WARNING,
            key,
            f"{as_of} is not a month end; windows will end on {end}.",
            f"Write {end}, or another month end.",
        )
