"""A name in a feed is only ever shown: never run by a terminal, a spreadsheet or a browser."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stories.conftest import Command
from tests.stories.harbor import accounts, small_run, write_csv, write_workspace

NAMES = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\x1b[31mred\x1b]0;title\x07",
    "first\nsecond",
    "\u202egnp.exe",
    "🦠 Flechte",
    "<script>alert(1)</script>",
)
OBEYED = "\x1b\x07\u202e"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published workspace whose accounts, regions and own name are hostile."""
    root = write_workspace(tmp_path_factory.mktemp("named"))
    rows = accounts()
    for row, name in zip(rows, NAMES, strict=False):
        row["name"] = name
    for row in rows:
        row["region"] = row["name"]
    write_csv(root / "feeds" / "account.csv", rows)
    toml = (root / "lichen.toml").read_text()
    hostile = '"=1 \\u001b[31m <script>alert(3)</script>"'
    (root / "lichen.toml").write_text(toml.replace('"Harbor Cloud"', hostile))
    small_run(root, also=("region",))
    return root


def arr_figure(root: Path, command: Command) -> str:
    """The id of the total ARR."""
    figures = json.loads(command("measure", root, "--metric", "arr", "--format", "json").stdout)
    return str(figures[0]["figure_id"])


def test_no_cell_of_csv_is_a_formula_or_commands_a_terminal(named: Path, command: Command) -> None:
    figure = arr_figure(named, command)
    for asked in (
        ("explain", named, figure, "--accounts"),
        ("measure", named, "--by", "region"),
        ("define", named),
    ):
        printed = command(*asked, "--format", "csv").stdout
        cells = [cell for row in csv.reader(io.StringIO(printed)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t", "-2+3"))]
        assert not set(OBEYED) & set(printed)


def test_csv_keeps_the_name_behind_an_apostrophe(named: Path, command: Command) -> None:
    figure = arr_figure(named, command)
    printed = command("explain", named, figure, "--accounts", "--format", "csv").stdout
    names = {row["account_id"]: row["name"] for row in csv.DictReader(io.StringIO(printed))}
    assert names["crm:1"] == "'=cmd|' /C calc'!A0"
    assert names["crm:7"] == "🦠 Flechte"


def test_json_holds_every_name_as_it_was_given(named: Path, command: Command) -> None:
    figure = arr_figure(named, command)
    printed = command("explain", named, figure, "--accounts", "--format", "json").stdout
    names = {row["account_id"]: row["name"] for row in json.loads(printed)}
    assert names["crm:4"] == NAMES[3]
    assert names["crm:5"] == NAMES[4]


def test_tables_write_control_characters_as_escapes(named: Path, command: Command) -> None:
    figure = arr_figure(named, command)
    for asked in (
        ("explain", named, figure, "--accounts"),
        ("measure", named, "--by", "region"),
        ("define", named),
        ("govern", named),
    ):
        printed = command(*asked).stdout
        assert printed
        assert not set(OBEYED) & set(printed), asked
        assert "second" not in {line.split()[0] for line in printed.splitlines() if line.split()}


def test_a_message_writes_control_characters_as_escapes(named: Path, command: Command) -> None:
    done = command("explain", named, "\x1b[31mred")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred" in done.stderr


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_letters_is_still_answered(
    named: Path, form: str, encoding: str
) -> None:
    asked = ("measure", str(named), "--by", "region", "--metric", "arr", "--format", form)
    done = subprocess.run(
        [sys.executable, "-c", "from lichen.cli import main; main()", *asked],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    if form == "json":
        groups = [row["groups"] for row in json.loads(done.stdout)]
        assert "region=🦠 Flechte" in groups
