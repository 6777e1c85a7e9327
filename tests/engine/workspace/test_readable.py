"""A grave finding takes the numbers of the figures that it names, and of no others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lichen.reports.format import format_figure
from lichen.vocabulary.figure import Figure, Verdict, figures_table
from lichen.vocabulary.finding import Finding, Severity
from lichen.workspace import open_workspace
from lichen.workspace.readable import without_unreadable


def figure(metric: str, groups: str = "", findings: tuple[str, ...] = ()) -> Figure:
    return Figure(
        metric, "cohort", groups, "", date(2023, 12, 31), date(2024, 12, 31), 2.9, "ratio", 2.7,
        3.1, 400, 290, 100, "measured", findings, "revenue:x", "r", metric + groups,
    )  # fmt: skip


FIGURES = [figure("nrr"), figure("arr"), figure("nrr", "role=sourced", ("not_like_for_like",))]


def read(*findings: Finding) -> list[tuple[str, float | None, float | None, str, list[str]]]:
    rows = without_unreadable(figures_table(FIGURES), findings).to_pylist()
    return [
        (row["figure_id"], row["value"], row["high"], row["verdict"], row["findings"])
        for row in rows
    ]


def error(**touched: tuple[str, ...]) -> Finding:
    return Finding("twice", "subscription", 1, "Twice.", Severity.ERROR, **touched)


def test_named_metrics_lose_value_and_interval_and_carry_the_code() -> None:
    assert read(error(metrics=("nrr", "grr"))) == [
        ("nrr", None, None, "not_readable", ["twice"]),
        ("arr", 2.9, 3.1, "measured", []),
        ("nrrrole=sourced", None, None, "not_readable", ["not_like_for_like", "twice"]),
    ]


def test_named_dimensions_limit_it_to_their_groups() -> None:
    seen = read(error(metrics=("nrr",), dimensions=("role",)))
    assert [row[3] for row in seen] == ["measured", "measured", "not_readable"]


def test_warnings_and_errors_without_a_metric_take_nothing() -> None:
    warning = Finding("w", "subscription", 1, "W.", Severity.WARNING, metrics=("nrr",))
    assert read(warning, error()) == read()


def test_counts_stay_so_that_the_figure_can_be_explained() -> None:
    row = without_unreadable(figures_table(FIGURES), [error(metrics=("nrr",))]).to_pylist()[0]
    assert (row["n"], row["numerator"], row["denominator"]) == (400, 290, 100)
    assert format_figure(None, "ratio", n=400, verdict=Verdict.NOT_READABLE) == (
        "not readable, see its findings"
    )


def test_a_run_on_stacked_lines_publishes_arr_and_no_retention(tmp_path: Path) -> None:
    (tmp_path / "lichen.toml").touch()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    ids = [f"a{number:02}" for number in range(40)]
    (feeds / "account.csv").write_text("account_id,name\n" + "".join(f"{a},{a}\n" for a in ids))
    lines = "".join(f"{a}-{year},{a},{year}-01-31,10,USD\n" for a in ids for year in (2022, 2024))
    head = "subscription_id,account_id,starts_on,arr_amount,currency\n"
    (feeds / "subscription.csv").write_text(head + lines)
    run = open_workspace(tmp_path).plan().apply()
    total = {row["metric"]: row for row in run.figures().to_pylist() if row["groups"] == ""}
    assert (total["arr"]["value"], total["arr"]["verdict"]) == (80_000, "measured")
    assert (total["nrr"]["value"], total["nrr"]["verdict"]) == (None, "not_readable")
    assert total["nrr"]["findings"] == ["stacked_lines"]
    assert run.table("contradictions").num_rows == 0
