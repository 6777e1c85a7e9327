"""Exports of another system, from the command line: what changed, and the ledger written out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stories.conftest import lichen_command

MAPPING = """
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "Id"
name = "Name"

[[map]]
entity = "subscription"
from = "lines"
[map.columns]
subscription_id = "Line"
account_id = "Account"
starts_on = "Start"
arr_amount = "Value"
currency = { constant = "USD" }
"""
LINES = "Line,Account,Start,Value\nl1,1,2021-01-31,100\nl2,2,2021-02-28,250.5\n"


def workspace(root: Path) -> Path:
    raw = root / "raw" / "crm"
    raw.mkdir(parents=True)
    (raw / "accounts.csv").write_text("Id,Name,Owner\n1,Acme,ann\n2,Beta,bob\n")
    (raw / "lines.csv").write_text(LINES)
    (root / "mappings").mkdir()
    (root / "mappings" / "crm.toml").write_text(MAPPING)
    (root / "lichen.toml").write_text("[workspace]\nname = 'Acme'\n")
    return root


def told(*arguments: str) -> str:
    result = lichen_command(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_column_that_went_and_one_that_came_are_shown_as_a_diff(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    assert "Changed in the exports" not in told("instrument", str(root))
    before = (root / "raw" / "crm" / "accounts.csv").read_text()
    (root / "raw" / "crm" / "accounts.csv").write_text("Id,Name,Size\n1,Acme,5\n2,Beta,9\n")
    again = told("instrument", str(root))
    assert "Changed in the exports of crm since the last load" in again
    assert "+ accounts.Size" in again
    assert "- accounts.Owner" in again
    drift = json.loads(told("instrument", str(root), "--format", "json"))["schema_drift"]
    assert drift == []  # The same files were loaded again, so nothing changed.
    (root / "raw" / "crm" / "accounts.csv").write_text(before)
    back = told("instrument", str(root))
    assert "- accounts.Size" in back
    assert "+ accounts.Owner" in back


def test_the_ledger_is_written_out_as_feeds_that_give_it_back(tmp_path: Path) -> None:
    root = workspace(tmp_path / "raw-form")
    printed = told("instrument", str(root), "--write-feeds", str(tmp_path / "other" / "feeds"))
    assert "subscription.parquet: 2 rows" in printed
    (tmp_path / "other" / "lichen.toml").write_text("[workspace]\nname = 'Acme'\n")
    accounts = json.loads(told("instrument", str(tmp_path / "other"), "--format", "json"))
    entities = {row["entity"]: row["accepted"] for row in accounts["accounting"]
                if row["level"] == "entity"}  # fmt: skip
    assert entities == {"account": 2, "subscription": 2}


def test_the_plan_says_how_tables_are_mapped(tmp_path: Path) -> None:
    plan = told("instrument", str(workspace(tmp_path)), "--explain")
    assert "source crm: ids crm:…, mapped by mappings/crm.toml" in plan
    assert "lines (crm/lines.csv): lines -> subscription" in plan


def test_files_that_are_not_read_are_listed(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / "raw" / "crm" / "notes.docx").write_text("x")
    (root / "raw" / "crm" / "_accounts.csv").write_text("Id\n9\n")
    assert "Not read: crm/_accounts.csv, crm/notes.docx" in told("instrument", str(root))
    as_json = json.loads(told("instrument", str(root), "--format", "json"))
    assert as_json["not_read"] == ["crm/_accounts.csv", "crm/notes.docx"]
    assert "  crm/notes.docx: not read" in told("instrument", str(root), "--explain")
