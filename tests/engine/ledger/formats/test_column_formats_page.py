"""The page on formats tells what Lichen does."""

from __future__ import annotations

import pytest
from worked_tables import PAGES, worked_tables

from lichen.ledger.formats.boolean_words import NO, YES
from lichen.ledger.formats.date_readings import FITS
from lichen.ledger.formats.placeholders import EVERYWHERE, OF_DATES
from lichen.vocabulary.entities import Kind

(COLUMNS,) = worked_tables("column_formats")
PAGE = (PAGES / "column_formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", COLUMNS, ids=lambda row: f"{row['kind']} {row['values']}")
def test_a_column_of_the_page_is_read_as_it_says(columns, row: dict[str, str]) -> None:
    kind, cells, declared = Kind(row["kind"]), row["values"].split("; "), row["declared"] or None
    if row["read as"] == "refused":
        assert row["become"] in columns.refused(kind, cells, declared).sentence
        return
    assert columns.chosen(kind, cells, declared).reading == row["read as"]
    become = [text.strip() or None for text in row["become"].split(";")]
    assert columns.read(kind, cells, declared) == become


def test_the_page_lists_every_word_for_nothing() -> None:
    assert [word for word in (*EVERYWHERE, *OF_DATES) if f"`{word}`" not in PAGE] == []


def test_the_page_lists_every_form_of_dates() -> None:
    assert [word for word in FITS if f"`{word}`" not in PAGE] == []


def test_the_page_lists_every_word_for_yes_and_no() -> None:
    section = PAGE.partition("## Yes and no")[2].partition("##")[0]
    assert [word for word in (*YES, *NO) if f"`{word}`" not in section] == []
