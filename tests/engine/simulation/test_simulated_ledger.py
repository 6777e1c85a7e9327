"""The ledger takes every simulated row, and sees the ARR that the truth speaks of."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest
from tests.engine.simulation.simulated_folder import Ecosystem

from lichen import ledger
from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.vocabulary.definitions import Definitions

DEFINITIONS = Definitions()


@pytest.fixture(scope="module")
def loaded(ecosystem: Ecosystem, tmp_path_factory: pytest.TempPathFactory) -> ledger.Ledger:
    folder: Path = tmp_path_factory.mktemp("workspace")
    shutil.copytree(ecosystem.folder / "feeds", folder / "feeds")
    return ledger.load(folder, DEFINITIONS)


def test_no_simulated_row_is_set_aside(loaded: ledger.Ledger, ecosystem: Ecosystem) -> None:
    assert loaded.quarantine.num_rows == 0
    assert loaded.newest_fact == ecosystem.settings.end
    entities = {
        row["entity"]: (row["accepted"], row["mapped"])
        for row in loaded.accounting.to_pylist() if row["level"] == "entity"
    }  # fmt: skip
    for entity in ecosystem.settings.entities:
        assert entities[entity] == (ecosystem.feed(entity).num_rows,) * 2


@pytest.mark.parametrize("months_ago", [0, 1, 7, 13])
def test_the_ledger_sees_the_arr_of_the_life_with_partners(
    loaded: ledger.Ledger, ecosystem: Ecosystem, duckdb: Engine, months_ago: int
) -> None:
    day = month_end(month_index(ecosystem.settings.end) - months_ago)
    facts = loaded.as_of(day, duckdb)
    lines = facts.table("subscription")
    goes_on = lines.ends_on.isnull() | (lines.ends_on > day)
    active = lines.filter((lines.starts_on <= day) & goes_on)
    accounts = facts.table("account").select("account_key", "account_id")
    arr = active.group_by("account_key").agg(arr=active.arr_minor.sum())
    found = arr.join(accounts, "account_key").to_pyarrow().to_pylist()
    held = {row["account_id"]: row["arr"] for row in found}
    in_doubt = _late_or_open_around(ecosystem, day)
    monthly = ecosystem.truth("monthly")
    mine = monthly.filter(
        pc.and_(pc.equal(monthly["exposure"], "any"), pc.equal(monthly["month"], day))
    )
    assert mine.num_rows > 200
    for row in mine.to_pylist():
        if row["account_id"] not in in_doubt:
            assert held.get(row["account_id"], 0) == row["arr_minor_with"], row["account_id"]


def _late_or_open_around(ecosystem: Ecosystem, day: date) -> set[str]:
    """Accounts whose line ended by that day, to be renewed later: the day itself cannot tell."""
    lines = ecosystem.feed("subscription").to_pylist()
    starts = {row["renewed_from_id"]: row["starts_on"] for row in lines}
    unsigned = {
        row["subscription_id"] for row in ecosystem.feed("renewal").to_pylist()
        if row["outcome"] == "pending" and row["due_on"] <= ecosystem.settings.end
    }  # fmt: skip
    return {
        row["account_id"] for row in lines
        if row["ends_on"] <= day
        and (row["subscription_id"] in unsigned or starts.get(row["subscription_id"], day) > day)
    }  # fmt: skip
