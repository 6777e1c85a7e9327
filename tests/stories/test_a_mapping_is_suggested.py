"""An analyst with a folder of exports and no mapping: suggest, complete, load."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stories.conftest import lichen_command

ACCOUNTS = "Id,Name,Website\n001A,Acme,acme.example\n001B,Blue,blue.example\n"
CONTRACTS = """ContractNumber,AccountId,StartDate,EndDate,ARR
C-1,001A,2023-01-01,,1200
C-2,001B,2023-02-01,2024-02-01,800.50
"""
DEALS = """DealId,AccountId,CreatedDate,Amount,Partner
D-1,001A,2022-10-01,1200,P-1
D-2,001B,2022-11-01,800,
"""


def workspace(root: Path) -> Path:
    raw = root / "raw" / "crm"
    raw.mkdir(parents=True)
    (raw / "accounts.csv").write_text(ACCOUNTS)
    (raw / "contracts.csv").write_text(CONTRACTS)
    (raw / "deals.csv").write_text(DEALS)
    (root / "lichen.toml").write_text("[workspace]\nname = 'Acme'\ncurrency = 'EUR'\n")
    return root


def told(*arguments: str) -> str:
    result = lichen_command(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_proposal_is_written_said_and_loads_as_it_stands(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    printed = told("instrument", str(root), "--suggest")
    (deals,) = [line.split() for line in printed.splitlines() if line.startswith("deals  ")]
    assert deals == ["deals", "opportunity", "high", "4", "kind;outcome"]
    assert f"Written to {root / 'mappings' / 'crm.toml'}" in printed
    loaded = json.loads(told("instrument", str(root), "--format", "json"))
    accepted = {
        row["entity"]: row["accepted"] for row in loaded["accounting"] if row["level"] == "entity"
    }
    assert accepted == {"account": 2, "subscription": 2}


def test_a_mapping_in_force_is_never_replaced(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    told("instrument", str(root), "--suggest")
    mine = root / "mappings" / "crm.toml"
    mine.write_text(mine.read_text() + "# mine\n")
    printed = told("instrument", str(root), "--suggest", "--source", "crm")
    assert mine.read_text().endswith("# mine\n")
    assert (root / "mappings" / "crm.suggested.toml").is_file()
    assert "Loads of crm still read mappings/crm.toml" in printed


def test_a_ready_mapping_stays_in_force_beside_the_proposal(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / "raw" / "crm").rename(root / "raw" / "salesforce")
    printed = told("instrument", str(root), "--suggest")
    assert "still read the ready mapping of salesforce" in printed
    assert [path.name for path in (root / "mappings").iterdir()] == ["salesforce.suggested.toml"]


def test_programs_get_rows_and_files(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    answer = json.loads(told("instrument", str(root), "--suggest", "--format", "json"))
    assert answer["files"] == [{"source": "crm", "file": str(root / "mappings" / "crm.toml")}]
    assert {row["table"]: row["entity"] for row in answer["suggestions"]}["accounts"] == "account"


def test_what_cannot_be_suggested_is_said_with_the_next_step(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "lichen.toml").write_text("")
    nothing = lichen_command("instrument", str(empty), "--suggest")
    assert nothing.returncode == 2 and "There are no exports in" in nothing.stderr
    root = workspace(tmp_path / "full")
    unknown = lichen_command("instrument", str(root), "--suggest", "--source", "cmr")
    assert unknown.returncode == 2 and "Did you mean 'crm'?" in unknown.stderr
    alone = lichen_command("instrument", str(root), "--source", "crm")
    assert alone.returncode == 2 and "stands without --suggest" in alone.stderr
