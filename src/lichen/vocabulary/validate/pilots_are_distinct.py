"""No two pilots have one name."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def pilots_are_distinct(draft: Draft) -> Iterator[Problem]:
    """The name decides the lot: two pilots of one name would hold out the same accounts."""
    first: dict[str, int] = {}
    for row, pilot in draft.pilots:
        if pilot.name in first:
            yield Problem(
                Severity.ERROR,
                ("pilot", row, "name"),
                f"pilot[{first[pilot.name] + 1}] has the same name, so both would draw alike.",
                "Give each its own.",
            )
        first.setdefault(pilot.name, row)
