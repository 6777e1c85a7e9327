"""A figure names every definition it rests on, and no other."""

from __future__ import annotations

import pytest

from lichen.revenue.publish import Publisher
from lichen.vocabulary.definitions import Definitions

PLAIN = Publisher(Definitions(), "run")
CHANGES = {
    "revenue": {"grace_days": 0},
    "scorecard": {"confidence": 0.9},
    "workspace": {"as_of": "2025-12-31"},
    "involvement": {"minimum_days": 90},
    "runs": {"keep": 3},
}


@pytest.mark.parametrize(
    ("changed", "groups", "moves"),
    [
        ("revenue", "", True),
        ("scorecard", "segment=smb", True),
        ("workspace", "", False),
        ("involvement", "segment=smb", False),
        ("involvement", "segment=smb,served_via=partner", True),
        ("runs", "served_via=partner", False),
    ],
)
def test_the_definition_of_a_figure_changes_with_what_it_rests_on(
    changed: str, groups: str, moves: bool
) -> None:
    other = Publisher(Definitions.model_validate({changed: CHANGES[changed]}), "run")
    assert (other.definition(groups) != PLAIN.definition(groups)) is moves
