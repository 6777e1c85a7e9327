"""Whatever a small company's exports hold: a run ends well, and its figures agree with each other.

A company is up to eight accounts with lines, renewals and involvements of which some cells are
empty, impossible, twice there or lead nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stories.harbor import Rows, partners, small_run, usage, write_csv, write_workspace

from lichen.runs import Run
from lichen.workspace.errors import NothingToMeasure

FIRST, DAYS = date(2024, 1, 1), 1000
PARTITIONS = ("segment", "served_via", "involved")
CONSERVED = ("nrr", "grr", "logo_retention", "arr", "accounts", "arr_movement", "renewal_net")
CLOSING = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "fx")

DAY = st.integers(0, DAYS).map(lambda days: str(FIRST + timedelta(days=days)))
ENDS = st.one_of(st.just(""), DAY)
AMOUNT = st.integers(-300, 5_000).map(lambda cents: f"{cents / 100:.2f}")
DIRT = st.sampled_from(["", "n/a", "2024-13-45", "1.2.3", "-", "crm:99"])


@st.composite
def companies(draw: st.DrawFn) -> dict[str, Rows]:
    """Rows of each feed, with dirt in some of their cells."""
    accounts = [f"crm:{number}" for number in range(1, draw(st.integers(1, 8)) + 1)]
    of_account = st.sampled_from([*accounts, *accounts, "crm:99"])
    segment = st.sampled_from(["smb", "enterprise", ""])
    outcome = st.sampled_from(["renewed", "churned", "pending"])
    role = st.sampled_from(["managed", "sourced", "implemented", "advised"])

    def rows(count: int, key: str, **cells: st.SearchStrategy[str]) -> Rows:
        made: Rows = []
        for number in range(draw(st.integers(1, count))):
            row: dict[str, object] = {key: f"{key}-{number}"}
            row |= {name: draw(cell) for name, cell in cells.items()}
            if draw(st.integers(0, 9)) == 0:
                row[draw(st.sampled_from(sorted(cells)))] = draw(DIRT)
            made += [row] * draw(st.sampled_from([1] * 9 + [2]))
        return made

    csm = st.sampled_from(["", "csm-1"])
    return {
        "account": [
            {"account_id": one, "name": one, "segment": draw(segment), "csm_key": draw(csm)}
            for one in accounts
        ],
        "subscription": rows(
            14,
            "subscription_id",
            account_id=of_account,
            product=st.sampled_from(["core", "more"]),
            starts_on=DAY,
            ends_on=ENDS,
            arr_amount=AMOUNT,
            currency=st.just("USD"),
        ),
        "renewal": rows(
            6,
            "renewal_id",
            account_id=of_account,
            due_on=DAY,
            due_amount=AMOUNT,
            renewed_amount=AMOUNT,
            decided_on=ENDS,
            outcome=outcome,
            currency=st.just("USD"),
        ),
        "involvement": rows(
            5,
            "involvement_id",
            account_id=of_account,
            partner_id=st.sampled_from(["crm:p1", "crm:p2"]),
            role=role,
            starts_on=DAY,
            ends_on=ENDS,
        ),
        "partner": partners(),
        "usage": usage(),
    }


def run_of(root: Path, company: dict[str, Rows]) -> Run | None:
    """The run of a company, or None where Lichen says that there is nothing to measure."""
    write_workspace(root)
    for entity, rows in company.items():
        write_csv(root / "feeds" / f"{entity}.csv", rows)
    try:
        return small_run(root)
    except NothingToMeasure:
        return None


@pytest.mark.slow
@settings(max_examples=12)
@given(company=companies())
def test_a_run_ends_well_and_its_figures_agree_with_each_other(
    company: dict[str, Rows], tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = run_of(tmp_path_factory.mktemp("any"), company)
    if run is not None:
        _every_record_is_accounted_for(run, company)
        _gross_never_exceeds_net_nor_one(run)
        _groups_of_a_partition_conserve(run)
        _movements_close(run)


def _every_record_is_accounted_for(run: Run, company: dict[str, Rows]) -> None:
    for row in run.table("accounting").to_pylist():
        if row["level"] == "file":
            assert row["records"] == row["parsed"] + row["rejected"] == len(company[row["entity"]])
        if row["level"] == "entity":
            assert row["mapped"] == row["accepted"] + row["quarantined"] + row["duplicates"]


def _gross_never_exceeds_net_nor_one(run: Run) -> None:
    found = {
        (row["metric"], row["groups"], row["window_from"], row["window_to"]): row
        for row in run.figures().to_pylist()
    }
    for (metric, *where), gross in found.items():
        if metric == "grr":
            net = found["nrr", *where]
            assert 0 <= gross["numerator"] <= min(net["numerator"], net["denominator"])
            if gross["value"] is not None:
                assert gross["value"] <= min(1, net["value"])


def _groups_of_a_partition_conserve(run: Run) -> None:
    totals: dict[tuple[object, ...], int] = {}
    parts: dict[tuple[object, ...], int] = defaultdict(int)
    for row in run.figures().to_pylist():
        key = tuple(row[name] for name in ("metric", "parameters", "window_from", "window_to"))
        dimension = row["groups"].partition("=")[0]
        if row["metric"] in CONSERVED and not dimension:
            totals[key] = row["numerator"]
        if row["metric"] in CONSERVED and dimension in PARTITIONS:
            parts[dimension, *key] += row["numerator"]
    assert totals
    for key, total in totals.items():
        assert [parts[dimension, *key] for dimension in PARTITIONS] == [total] * len(PARTITIONS)


def _movements_close(run: Run) -> None:
    lines: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    for row in run.figures().to_pylist():
        if row["metric"] == "arr_movement":
            line, _, months = row["parameters"].removeprefix("line=").partition(",")
            lines[row["groups"], months, row["window_to"]][line] = row["numerator"]
    assert lines
    for moved in lines.values():
        came = sum(moved.get(line, 0) for line in (*CLOSING, "regrouped"))
        assert came == moved.get("closing", 0), moved
