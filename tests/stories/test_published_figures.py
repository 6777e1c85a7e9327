"""The figures of Harbor Cloud, as every door reads them, against paper."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from tests.stories.conftest import Command

import lichen
from lichen.kernel.errors import UnknownName
from lichen.runs import latest
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import Figure
from lichen.workspace.errors import UnknownFigure, UnpublishedGroups


def figure_of(root: Path, metric: str, groups: str = "") -> Figure:
    """The figure of the last twelve months for these groups."""
    figures = lichen.open(root).figures(metric=metric, window="12m")
    return next(each for each in figures if each.groups == groups and not each.parameters)


@pytest.mark.parametrize(
    ("metric", "numerator", "denominator"),
    [
        ("nrr", 11_500_00, 12_000_00),
        ("grr", 10_000_00, 12_000_00),
        ("expansion_rate", 1_500_00, 12_000_00),
        ("churn_rate", 2_000_00, 12_000_00),
        ("logo_retention", 10, 12),
        ("renewal_rate", 10, 12),
        ("renewal_gross", 10_000_00, 12_000_00),
    ],
)
def test_every_figure_of_the_whole_base_equals_paper(
    published: Path, metric: str, numerator: int, denominator: int
) -> None:
    figure = figure_of(published, metric)
    assert (figure.numerator, figure.denominator) == (numerator, denominator)
    assert figure.value == pytest.approx(numerator / denominator, rel=1e-12)


def test_the_accounts_behind_every_kind_of_figure_add_up_to_it(published: Path) -> None:
    workspace = lichen.open(published)
    chosen = {
        (each.metric, each.parameters, each.groups != ""): each for each in workspace.figures()
    }
    assert len(chosen) > 20
    for figure in chosen.values():
        behind = workspace.accounts(figure.figure_id)
        for name in ("numerator", "denominator"):
            total = sum(part or 0 for part in behind[name].to_pylist())
            assert total == (getattr(figure, name) or 0), (figure, name)


def test_the_two_group_split_says_that_it_is_not_like_for_like(
    published: Path, command: Command
) -> None:
    printed = command("measure", published, "--by", "involved")
    assert NOT_LIKE_FOR_LIKE in printed.stdout
    for metric in ("renewal_rate", "nrr", "grr", "logo_retention"):
        assert metric in printed.stdout
    as_json = command("measure", published, "--by", "involved", "--format", "json")
    rows = {(row["metric"], row["groups"]): row for row in json.loads(as_json.stdout)}
    # With partners: accounts 1 to 6, of which 1, 2 and 3 grew and 6 left.
    assert rows["nrr", "involved=yes"]["numerator"] == 3 * 1_500_00 + 2 * 1_000_00
    assert rows["nrr", "involved=no"]["numerator"] == 5 * 1_000_00
    assert NOT_LIKE_FOR_LIKE in as_json.stderr


def test_json_rows_have_the_published_columns_and_nothing_else_is_printed(
    published: Path, command: Command
) -> None:
    done = command("measure", published, "--metric", "nrr", "--format", "json")
    (row,) = json.loads(done.stdout)
    assert list(row) == [
        "metric",
        "base",
        "groups",
        "parameters",
        "window_from",
        "window_to",
        "value",
        "unit",
        "low",
        "high",
        "n",
        "numerator",
        "denominator",
        "verdict",
        "findings",
        "definition",
        "run_id",
        "figure_id",
    ]
    assert (row["window_from"], row["window_to"]) == ("2025-09-30", "2026-09-30")
    assert row["run_id"] == latest(published).run_id


def test_csv_python_and_json_carry_the_same_figure(published: Path, command: Command) -> None:
    text = command("measure", published, "--metric", "nrr", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    figure = figure_of(published, "nrr")
    assert float(row["value"]) == figure.value
    assert row["figure_id"] == figure.figure_id


def test_figures_leave_as_arrow_pandas_and_polars(published: Path) -> None:
    table = lichen.open(published).figures(metric="nrr,grr", by="segment", window="12m")
    assert len(table) == table.to_arrow().num_rows == len(table.to_pandas()) == 4
    assert table.to_polars().height == 4
    assert {figure.groups for figure in table} == {"segment=smb", "segment=mid_market"}


def test_a_figure_table_reads_well_in_terminal_and_notebook(published: Path) -> None:
    table = lichen.open(published).figures(metric="nrr", by="involved", window="12m")
    assert "involved=yes" in repr(table)
    page = table._repr_html_()
    assert "<table" in page and "involved=yes" in page and "%" in page
    assert NOT_LIKE_FOR_LIKE in page


def test_explain_leads_from_a_figure_to_definition_inputs_and_run(
    published: Path, command: Command
) -> None:
    figure = figure_of(published, "nrr", "involved=yes")
    text = command("explain", published, figure.figure_id).stdout
    for words in (
        "Net revenue retention",
        "$6,500.00",
        "$6,000.00",
        "subscription.csv",
        "involvement.csv",
        "docs/algorithms/revenue_retention.md",
        "unsigned",
        figure.run_id,
        "n = 6",
    ):
        assert words in text
    assert "usage.csv" not in text
    told = json.loads(command("explain", published, figure.figure_id, "--format", "json").stdout)
    assert told["cite"] == f"{figure.run_id}/{figure.figure_id}"
    assert told["figure"]["numerator"] == 6_500_00


def test_a_figure_is_explained_as_cited_with_its_run(published: Path) -> None:
    figure = figure_of(published, "nrr")
    cited = f"{figure.run_id}/{figure.figure_id}"
    assert lichen.open(published).explain(cited).figure == figure


def test_an_unpublished_pair_names_the_definition_to_add(published: Path) -> None:
    with pytest.raises(UnpublishedGroups, match=r'Add \["involved", "segment"\] to pairs'):
        lichen.open(published).figures(by="involved,segment")


def test_unknown_names_come_with_near_ones(published: Path) -> None:
    workspace = lichen.open(published)
    with pytest.raises(UnknownName, match="'nrr'"):
        workspace.figures(metric="nnr")
    with pytest.raises(UnknownName, match="'segment'"):
        workspace.figures(by="segmnt")
    known = figure_of(published, "nrr").figure_id
    with pytest.raises(UnknownFigure, match=known):
        workspace.explain(known[:-1])


def test_the_plan_says_what_is_cached_which_day_and_what_changed(published: Path) -> None:
    workspace = lichen.open(published)
    text = workspace.plan().explain()
    assert "account.csv (account" in text
    assert "unchanged, not read again" in text
    assert "2026-09-30: the last month end on or before the newest fact" in text
    assert "definitions as in" in text


def test_one_changed_byte_of_the_ledger_is_told_with_the_command_that_builds_it_again(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = Path(shutil.copytree(published, tmp_path / "copy"))
    renewals = figure_of(root, "renewal_rate").figure_id
    table = next((root / ".lichen" / "ledger").glob("*/tables/renewal.parquet"))
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(bytes(content))

    told = command("explain", root, renewals, "--accounts")
    assert told.returncode == 2
    assert "is not as it was written" in told.stderr
    assert f"lichen instrument {root}" in " ".join(told.stderr.split())

    assert command("instrument", root).returncode == 0
    assert command("explain", root, renewals, "--accounts").returncode == 0
