"""The terminal page: whole at 80 columns, without colour, and on a stream of ASCII."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from tests.engine.reports.pages import document
from tests.engine.reports.published_run import PublishedRun, harbor

from lichen.reports.terminal import render
from lichen.reports.terminal_pictures import spark


def printed(run: PublishedRun, encoding: str = "utf-8", width: int = 80, **more: object) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
    render(document(run), Console(file=stream, width=width, **more))  # type: ignore[arg-type]
    return raw.getvalue().decode(encoding)


def test_no_line_is_longer_than_eighty_columns() -> None:
    assert max(map(len, printed(harbor(40)).splitlines())) <= 80


def test_a_narrow_terminal_shows_every_group_and_cuts_no_figure() -> None:
    text = printed(harbor(), width=40)
    assert max(map(len, text.splitlines())) <= 40
    assert "…" not in text
    profile = text[text.index("Profile by group") :]
    assert "  With partners" in profile
    assert "Accounts" in profile and "n = 13" in " ".join(profile.split())


def test_a_stream_that_is_no_terminal_gets_no_control_codes() -> None:
    text = printed(harbor())
    assert "\x1b" not in text
    assert "met" in text
    assert "n = 13" in text


def test_the_footer_names_the_next_commands() -> None:
    text = printed(harbor())
    assert "lichen explain DIR" in text
    assert text.index("Next steps") > text.index("Two retention families")


def test_not_like_for_like_is_said_where_partners_split() -> None:
    assert "plain split, not like for like" in printed(harbor())


def test_names_cannot_write_control_codes_or_markup() -> None:
    run = harbor(0)
    run.add_group(60, 5_000_000_00, {"industry": "[red]\x1b[31mRetail"}, history=1)
    text = printed(run)
    assert "\x1b" not in text
    assert "[red] [31mRetail" in text


def test_an_ascii_stream_is_served_without_failing() -> None:
    text = printed(harbor(), encoding="ascii")
    assert "-$150k" in text


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([1, 2, 3, 8], "▁▂▃█"), ([5, 5], "▄▄"), ([], ""), ([1, None, 2], "▁ █")],
)
def test_a_sparkline_runs_from_smallest_to_largest(values: list[float | None], drawn: str) -> None:
    assert spark(values) == drawn
