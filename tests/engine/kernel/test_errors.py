"""Errors name what was found and end with what to do."""

from __future__ import annotations

from lichen.kernel.errors import LichenError, UnknownName, did_you_mean


def test_an_unknown_name_proposes_its_neighbour() -> None:
    error = UnknownName("metric", "nnr", ["nrr", "grr", "logo_retention"])
    assert str(error) == "There is no metric named 'nnr'. Did you mean 'nrr'?"


def test_a_name_without_neighbours_lists_all() -> None:
    assert did_you_mean("zzz", ["grr", "nrr"]) == "Known names: grr, nrr."


def test_an_error_keeps_its_sentence_and_its_next_step_apart() -> None:
    error = LichenError("The file is empty.", "Export it again.")
    assert (error.sentence, error.next_step) == ("The file is empty.", "Export it again.")
    assert str(error) == "The file is empty. Export it again."
