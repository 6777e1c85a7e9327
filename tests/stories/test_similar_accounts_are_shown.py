"""What a run compared is shown the same by the command line, as JSON and on the page."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

from tests.engine.value.made_comparisons import COMPARED, RENEWED
from tests.stories.conftest import Command
from tests.stories.harbor import write_workspace
from tests.stories.published_again import with_tables

import lichen
from lichen.value.comparison.stored import TABLES, comparison_id, comparison_tables
from lichen.value.comparison.told import as_json

ONE = ("--exposure", "any", "--outcome", "renewal_rate", "--horizon", "12")


def test_one_comparison_is_one_json_object(compared: Path, command: Command) -> None:
    done = command("model", compared, "compare", *ONE, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == as_json(RENEWED)


def test_without_options_the_set_of_the_run_is_a_list(compared: Path, command: Command) -> None:
    told = json.loads(command("model", compared, "compare", "--format", "json").stdout)
    assert [each["comparison_id"] for each in told] == [
        comparison_id(each) for each in COMPARED.comparisons
    ]
    adding = command("model", compared, "compare", "--arms", "adding", "--format", "json")
    assert [each["exposure"] for each in json.loads(adding.stdout)] == ["role=managed"]


def test_an_empty_exposure_is_not_taken_for_any(compared: Path, command: Command) -> None:
    done = command("model", compared, "compare", "--exposure", "", "--format", "json")
    assert done.returncode != 0
    assert "no exposure named ''" in done.stderr


def test_the_table_has_a_row_for_each_outcome_then_the_sentences(
    compared: Path, command: Command
) -> None:
    done = command("model", compared, "compare", "--exposure", "any")
    lines = done.stdout.splitlines()
    (row,) = (line for line in lines if line.startswith(" Renewal rate,"))
    # Naive 9.6, matched 5.0 with its 99% interval, doubly robust 4.8, 114 measured accounts.
    assert all(word in row for word in ("+9.6", "+5.0 (1.9 to 8.1)", "+4.8", "114", "helps"))
    assert any("●" in line and "○" in line and "│" in line for line in lines)
    assert "helps: Accounts that began with a partner renewed 5.0 points more often" in done.stdout
    assert "Not enough data on referrals" in done.stdout


def test_no_number_stands_where_the_verdict_lets_none_be_read(
    compared: Path, command: Command
) -> None:
    done = command("model", compared, "compare", "--exposure", "role=implemented")
    (row,) = (line for line in done.stdout.splitlines() if line.startswith(" Renewal rate,"))
    assert "not " in row and "+5.0" not in row


def test_rows_of_csv_are_those_of_the_run(compared: Path, command: Command) -> None:
    done = command("model", compared, "compare", *ONE, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["exposure"], row["matched_value"], row["verdict"]) == ("any", "0.05", "helps")


def test_wrong_names_are_answered_with_what_was_meant(compared: Path, command: Command) -> None:
    for asked, meant in (
        (("compar",), "'compare'"),
        (("compare", "--exposure", "role=implmented"), "'implemented'"),
        (("compare", "--outcome", "renewal_rat"), "'renewal_rate'"),
        (("compare", "--arms", "add"), "'adding'"),
    ):
        done = command("model", compared, *asked)
        assert done.returncode == 2 and done.stdout == ""
        assert f"Did you mean {meant}" in done.stderr, done.stderr
    months = command("model", compared, "compare", "--horizon", "13")
    assert months.returncode == 2 and "no horizon named '13'" in months.stderr


def test_a_run_without_comparisons_says_what_to_run(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    older = with_tables(root, {}, without=TABLES)
    done = command("model", root, "compare")
    assert done.returncode == 2 and "lichen run" in done.stderr
    assert command("govern", root).returncode == 0
    page = (older.folder / "scorecard.html").read_text()
    assert "holds no comparison with similar accounts" in page
    assert "lichen run" in page


def test_what_no_run_published_is_computed_from_its_ledger(
    published: Path, command: Command
) -> None:
    asked = ("--exposure", "role=managed", "--outcome", "logo_retention", "--format", "json")
    done = command("model", published, "compare", *asked)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # All six accounts had the partner within a month of the first quarter's end, so few can be
    # followed, and a verdict needs thirty.
    assert (told["exposure"], told["outcome"]) == ("role=managed", "logo_retention")
    assert told["verdict"] == "not_enough_data" and told["matched"]["value"] is None
    (same,) = lichen.open(published).comparisons("role=managed", "logo_retention").comparisons
    assert as_json(same) == told


def test_a_run_compares_unless_it_is_told_not_to(tmp_path: Path, command: Command) -> None:
    root = write_workspace(tmp_path / "harbor")
    plan = lichen.open(root).plan()
    assert "compare" in [stage.name for stage in plan.stages]
    assert "--without model leaves it out" in plan.explain()
    assert "compare" not in [stage.name for stage in lichen.open(root).plan(without="model").stages]
    run = lichen.open(root).run()
    assert set(TABLES) <= set(run.table_names)
    assert {each.exposure for each in lichen.open(root).comparisons().comparisons} >= {"any"}
    wrong = command("run", root, "--without", "modle")
    assert wrong.returncode == 2 and "Did you mean 'model'" in wrong.stderr


def test_the_page_shows_what_the_run_holds(compared: Path, command: Command) -> None:
    page = compared / "page.html"
    done = command("govern", compared, "--html", page)
    assert done.returncode == 0, done.stderr
    assert "Compared with similar accounts" in done.stdout
    assert RENEWED.sentence in page.read_text()
    assert set(comparison_tables((), ())) == set(TABLES)
