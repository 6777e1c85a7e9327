"""A figure that a run lacks says which facts would give it."""

from __future__ import annotations

from lichen.workspace.errors import UnpublishedMetric


def test_it_names_the_feeds_and_the_page_with_their_columns() -> None:
    made_from = [("involvement", "embeddedness"), ("participation", "embeddedness")]
    error = UnpublishedMetric("embeddedness", "run-1", "at all", made_from)
    assert "Run run-1 has no figure of embeddedness at all." in str(error)
    assert "feeds/involvement.csv and feeds/participation.csv" in str(error)
    assert str(error).count("docs/algorithms/embeddedness.md") == 1


def test_without_facts_of_its_own_it_sends_to_the_load() -> None:
    assert "without --by and --window" in str(UnpublishedMetric("nrr", "run-1", "by segment"))
