"""The one table that a benchmark run prints, and the file it may be kept in."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import Cost

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Row:
    """One measurement; `against` is the CPU of the bare scan of the same run, where it compares."""

    accounts: int
    work: str
    cost: Cost
    against: float | None = None


HEAD = ("accounts", "work", "wall s", "CPU s", "x scan", "peak MB")


def lines_of(rows: Sequence[Row]) -> list[str]:
    """The table as Markdown, aligned so that it also reads in a terminal."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEAD))]
    left = {1}

    def text(line: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = "|".join(
        f":{'-' * (width + 1)}" if place in left else f"{'-' * (width + 1)}:"
        for place, width in enumerate(widths)
    )
    return [text(HEAD), f"|{rule}|", *map(text, cells[1:])]


def _cells(row: Row) -> tuple[str, ...]:
    ratio = f"{row.cost.cpu / row.against:.1f}" if row.against else ""
    return (
        f"{row.accounts:,}" if row.accounts else "",
        row.work,
        f"{row.cost.wall:.2f}",
        f"{row.cost.cpu:.2f}",
        ratio,
        f"{row.cost.peak_mb:,.0f}",
    )


def write(rows: Sequence[Row], notes: Sequence[str]) -> Path:
    """Replace RESULTS.md by this run, with the machine it ran on."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    day = datetime.now(UTC).date().isoformat()
    text = [
        "# Benchmark results",
        "",
        f"`make bench` on {day}: {machine}. Ratios of one run; times differ by machine.",
        "",
        *lines_of(rows),
        "",
        *(f"- {note}" for note in notes),
    ]
    RESULTS.write_text("\n".join(text) + "\n", encoding="utf-8")
    return RESULTS
