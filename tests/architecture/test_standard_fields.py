"""The guide to standard fields names fields and figures that exist, and none is forgotten."""

from __future__ import annotations

import re

from tests.architecture.source import REPOSITORY

from lichen.ledger.notes import MATTERS
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.metrics import METRICS

PAGE = REPOSITORY / "docs" / "playbook" / "instrument.md"


def rows() -> list[tuple[str, list[str]]]:
    """Field and figures of every row of the guide."""
    text = PAGE.read_text().split("## Fields worth adding")[1].split("\n## ")[0]
    found = re.findall(r"^\| `([a-z_.]+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    return [(field, re.findall(r"`([a-z_]+)`", figures)) for field, figures in found]


def test_the_guide_has_fields_of_five_kinds_of_systems() -> None:
    text = PAGE.read_text().split("## Fields worth adding")[1].split("\n## ")[0]
    assert len(re.findall(r"^\| field \|", text, re.MULTILINE)) == 5
    assert len(rows()) > 30


def test_every_field_is_a_column_of_an_entity() -> None:
    named = [field.split(".") for field, _ in rows()]
    assert [f"{e}.{c}" for e, c in named if c not in ENTITIES[e].by_name] == []


def test_every_figure_is_a_metric_or_a_dimension() -> None:
    named = {figure for _, figures in rows() for figure in figures}
    assert named - set(METRICS) - set(DIMENSIONS) == set()


def test_every_column_whose_absence_is_a_finding_is_in_the_guide_with_what_it_costs() -> None:
    told = dict(rows())
    for (entity, column), (_, dimensions) in MATTERS.items():
        assert set(dimensions) <= set(told.get(f"{entity}.{column}", []))


def test_every_dimension_can_be_bettered_by_a_field() -> None:
    named = {figure for _, figures in rows() for figure in figures}
    # The year of the first subscription needs no field of its own.
    assert set(DIMENSIONS) - named == {"cohort_year"}
