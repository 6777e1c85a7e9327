"""Figures: ids that stay, groups that can be read back."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lichen.kernel.periods import Window
from lichen.vocabulary.figure import figure_id, groups_text, parse_groups

WINDOW = Window(date(2025, 10, 31), date(2026, 10, 31))


@given(st.dictionaries(st.sampled_from(["segment", "role", "partner"]), st.text(min_size=1)))
def test_groups_survive_the_way_to_text_and_back(groups: dict[str, str]) -> None:
    assert parse_groups(groups_text(groups)) == groups


def test_groups_are_sorted_by_key() -> None:
    assert groups_text({"served_via": "partner", "segment": "smb"}) == (
        "segment=smb,served_via=partner"
    )


def test_a_figure_id_changes_with_each_part_of_the_question_and_with_nothing_else() -> None:
    base = figure_id("nrr", "cohort", "segment=smb", "", WINDOW)
    assert base == figure_id("nrr", "cohort", "segment=smb", "", WINDOW)
    later = Window(date(2025, 11, 30), date(2026, 11, 30))
    others = {
        figure_id("grr", "cohort", "segment=smb", "", WINDOW),
        figure_id("nrr", "renewals_due", "segment=smb", "", WINDOW),
        figure_id("nrr", "cohort", "", "", WINDOW),
        figure_id("nrr", "cohort", "segment=smb", "rule=x", WINDOW),
        figure_id("nrr", "cohort", "segment=smb", "", later),
    }
    assert base not in others
    assert len(others) == 5
