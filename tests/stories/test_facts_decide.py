"""Figures follow from the facts alone: not from later facts, nor from how files are cut."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.stories.harbor import (
    Rows,
    involvements,
    renewals,
    small_run,
    subscriptions,
    write_csv,
    write_workspace,
)

from lichen.runs import Run


def content(run: Run) -> pa.Table:
    """The figures without the id of their run."""
    return run.figures().drop_columns(["run_id"])


def looking_back(figures: pa.Table) -> pa.Table:
    """Without the figures about renewals still to come, which the feed tells ahead of their day."""
    ahead = pc.equal(figures["metric"], "renewals_exposed")
    assert pc.any(ahead).as_py()
    return figures.filter(pc.invert(ahead))


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Harbor Cloud as of July 2026."""
    return small_run(write_workspace(tmp_path_factory.mktemp("straight")), "2026-07-31")


def test_a_fact_dated_after_as_of_never_changes_a_figure(tmp_path: Path, straight: Run) -> None:
    root = write_workspace(tmp_path)
    late_line = {
        **subscriptions()[0],
        "subscription_id": "late",
        "starts_on": "2026-08-15",
        "arr_amount": "9999.00",
    }
    ended_later = [
        {**line, "ends_on": "2026-08-20"} if line["subscription_id"] == "s4" else line
        for line in subscriptions()
    ]
    late_renewal = {
        **renewals()[0],
        "renewal_id": "late",
        "due_on": "2026-08-31",
        "decided_on": "2026-08-31",
        "outcome": "churned",
        "renewed_amount": "",
    }
    late_partner = {
        **involvements()[0],
        "involvement_id": "late",
        "account_id": "crm:7",
        "starts_on": "2026-08-01",
    }
    write_csv(root / "feeds" / "subscription.csv", [*ended_later, late_line])
    write_csv(root / "feeds" / "renewal.csv", [*renewals(), late_renewal])
    write_csv(root / "feeds" / "involvement.csv", [*involvements(), late_partner])
    then, now = (looking_back(content(run)) for run in (straight, small_run(root, "2026-07-31")))
    assert now.equals(then)


def test_the_same_files_twice_give_the_same_figures(tmp_path: Path, straight: Run) -> None:
    root = write_workspace(tmp_path)
    write_csv(root / "feeds" / "subscription.again.csv", subscriptions())
    write_csv(root / "feeds" / "involvement.again.csv", involvements())
    assert content(small_run(root, "2026-07-31")).equals(content(straight))


def test_files_split_and_shuffled_give_the_same_figures(tmp_path: Path, straight: Run) -> None:
    root = write_workspace(tmp_path)
    for entity, rows in {"subscription": subscriptions(), "renewal": renewals()}.items():
        (root / "feeds" / f"{entity}.csv").unlink()
        first, second = _cut(rows)
        write_csv(root / "feeds" / entity / "b.csv", first)
        write_csv(root / "feeds" / entity / "a.csv", second)
    assert content(small_run(root, "2026-07-31")).equals(content(straight))


def test_the_same_workspace_twice_gives_the_same_figures(straight: Run) -> None:
    again = small_run(straight.root, "2026-07-31")
    assert again.run_id != straight.run_id
    assert content(again).equals(content(straight))


def _cut(rows: Rows) -> tuple[Rows, Rows]:
    shuffled = random.Random(5).sample(rows, len(rows))
    return shuffled[: len(rows) // 3], shuffled[len(rows) // 3 :]
