"""A grave finding takes the numbers of the figures that it names, and of no others."""

from __future__ import annotations

from dataclasses import replace
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


def test_month_ends_limit_it_to_windows_that_rest_on_them() -> None:
    # Stacked at the ends of February to April 2024.
    spans = ((date(2024, 2, 29), date(2024, 4, 30)),)
    windows = [
        ("closes in it", "2023-04-30", "2024-04-30"),
        ("opens in it", "2024-03-31", "2025-03-31"),
        ("lies around", "2023-12-31", "2024-12-31"),
        ("is later", "2024-05-31", "2024-06-30"),
    ]
    for base, unread in {
        "cohort": {"closes in it", "opens in it"},
        "accounts": {"closes in it"},
        "movements": {"closes in it", "opens in it", "lies around"},
    }.items():
        figures = [
            figure("nrr")._replace(
                base=base, figure_id=name,
                window_from=date.fromisoformat(opens), window_to=date.fromisoformat(closes),
            )
            for name, opens, closes in windows
        ]  # fmt: skip
        rows = without_unreadable(
            figures_table(figures), [replace(error(metrics=("nrr",)), month_ends=spans)]
        ).to_pylist()
        assert {row["figure_id"] for row in rows if row["value"] is None} == unread, base


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


def test_a_stack_that_is_over_takes_the_windows_that_rest_on_it_alone(tmp_path: Path) -> None:
    # One line of 40 accounts since 2021, a second one on top from February to May 2024 only.
    (tmp_path / "lichen.toml").touch()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    ids = [f"a{number:02}" for number in range(40)]
    (feeds / "account.csv").write_text("account_id,name\n" + "".join(f"{a},{a}\n" for a in ids))
    lines = "".join(
        f"{a}-1,{a},2021-01-31,,10,USD\n{a}-2,{a},2024-02-29,2024-06-01,10,USD\n" for a in ids
    )
    head = "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
    (feeds / "subscription.csv").write_text(head + lines)
    run = open_workspace(tmp_path).plan("2024-12-31", windows=("12m", "quarter")).apply()
    rows = [row for row in run.figures().to_pylist() if row["groups"] == ""]
    unread = {
        (row["window_from"], row["window_to"])
        for row in rows
        if row["metric"] == "nrr" and row["verdict"] == "not_readable"
    }
    # Rolling years that close in it; those that open in it are of 2025.
    assert {closes.month for _, closes in unread} == {2, 3, 4, 5}
    assert {closes.year for _, closes in unread} == {2024}
    now = {row["metric"]: row for row in rows if row["window_to"] == date(2024, 12, 31)}
    assert now["nrr"]["value"] == 1.0
    moved = [row for row in rows if row["metric"] == "arr_movement"]
    quarter = [row for row in moved if row["window_from"] == date(2024, 9, 30)]
    year = [row for row in moved if row["window_from"] == date(2023, 12, 31)]
    assert {row["verdict"] for row in quarter} == {"measured"}
    assert {row["verdict"] for row in year if "months=12" in row["parameters"]} == {"not_readable"}
    told = next(each for each in run.findings if each.code == "stacked_lines")
    assert told.month_ends == ((date(2024, 2, 29), date(2024, 5, 31)),)
