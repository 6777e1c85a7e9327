"""Printing: rows and JSON on stdout, everything said about them on stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import typer

from lichen.cli.options import Format
from lichen.kernel.visible import inert_cell, visible
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.load import Checked
from lichen.workspace import FigureTable


def print_figures(figures: FigureTable, form: Format) -> None:
    """Figures in the asked form; JSON and CSV carry the published columns and nothing else."""
    if form is Format.TABLE:
        typer.echo(repr(figures))
        return
    print_rows(figures.rows(), form, figures.to_arrow().column_names)
    for line in (figures.note, figures.warning):
        say(line)


def print_rows(rows: Sequence[Mapping[str, Any]], form: Format, columns: Sequence[str]) -> None:
    """Rows as JSON, CSV or an aligned table under these columns."""
    if form is Format.JSON:
        print_json(rows)
    elif form is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_csv_cell(row.get(name)) for name in columns] for row in rows])
    else:
        body = ([_shown(row.get(name)) for name in columns] for row in rows)
        typer.echo("\n".join(aligned([columns, *body])))


def print_json(value: Any) -> None:
    """One JSON document, dates in ISO form; pure ASCII where stdout cannot write more."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    typer.echo(json.dumps(value, indent=2, ensure_ascii=ascii_only, default=_iso, allow_nan=False))


def say(line: str | None) -> None:
    """A line for the person, never for the program that reads stdout."""
    if line:
        typer.echo(visible(line, keep="\n"), err=True)


def tell(text: str) -> None:
    """Text of several lines on stdout, with names in it that cannot command the terminal."""
    typer.echo(visible(text, keep="\n"))


def say_warnings(checked: Checked) -> None:
    """The warnings of lichen.toml, when it can be used; its errors are raised on use."""
    for problem in checked.problems:
        if checked.definitions is not None and problem.level is Severity.WARNING:
            say(problem.told("lichen.toml"))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text as lines with aligned columns; numbers stand to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    numeric = [
        len(rows) > 1 and all(_is_number(row[at]) for row in rows[1:]) for at in range(len(rows[0]))
    ]
    return [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in rows
    ]


def _is_number(text: str) -> bool:
    bare = text.lstrip("-\N{MINUS SIGN}").replace(",", "").replace(".", "")
    return not text or bare.isdigit()


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else visible(str(_plain(value)))


def _csv_cell(value: Any) -> Any:
    plain = _plain(value)
    return inert_cell(plain) if isinstance(plain, str) else plain


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | frozenset):
        return ";".join(str(each) for each in value)
    return value


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
