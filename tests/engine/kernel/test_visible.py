"""Names come from anywhere; showing one never does what it says."""

from __future__ import annotations

import pytest

from lichen.kernel.visible import inert_cell, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("two\nlines", "two\\nlines"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m", "\\x9b31m"),
        ("half \ud83d", "half \\ud83d"),
    ],
    ids=["escape", "line break", "right-to-left override", "eight-bit escape", "lone surrogate"],
)
def test_what_a_terminal_obeys_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["Café", "אבג", "👩\u200d💻", "می\u200cخواهم", "[bold]", "a\\b"])
def test_letters_of_every_script_stay(text: str) -> None:
    assert visible(text) == text


def test_a_text_of_several_lines_may_keep_its_breaks() -> None:
    assert visible("one\ntwo\x00", keep="\n") == "one\ntwo\\x00"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", " =1", "\n=1"])
def test_a_cell_that_begins_like_a_formula_is_text(text: str) -> None:
    assert inert_cell(text) == f"'{text}"


def test_a_tab_cannot_hide_a_formula() -> None:
    assert inert_cell("\t=1") == "\\t=1"
