"""The worked table of the page on exports, read as its files are."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_folder import RawFolder

PAGE = Path(__file__).parents[4] / "docs" / "algorithms" / "raw_exports.md"


def worked() -> list[list[str]]:
    text = PAGE.read_text().split("## Worked example")[1]
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip(" `|") for cell in row] for row in rows]


@pytest.mark.parametrize("example", worked(), ids=lambda example: example[0])
def test_a_file_of_the_page_reads_as_the_page_says(raw: RawFolder, example: list[str]) -> None:
    file, columns, rows, rejected = example
    read = raw.read("a.csv", file.replace("⏎", "\n"))
    assert ", ".join(read.columns) == columns
    assert (len(raw.rows(read)), read.rejected) == (int(rows), int(rejected))
