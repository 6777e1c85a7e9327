"""A pilot from the command line: who is held out, and what the play changed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lichen.cli import _application

ACCOUNTS = 80
PILOT = '[workspace]\nas_of = 2026-06-30\n[[pilot]]\nname = "reviews"\nplay = "review"\n'
STARTS = "starts_on = 2025-01-01\n"


def ask(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `lichen` with these arguments."""
    found = CliRunner().invoke(_application(), list(arguments))
    return found.exit_code, found.stdout, found.stderr


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """Eighty customers since 2024; every fourth leaves in the middle of 2025."""
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    accounts = [f"a{place:02}" for place in range(ACCOUNTS)]
    ends = ["2025-07-15" if place % 4 == 0 else "" for place in range(ACCOUNTS)]
    lines = [
        f"s{name},{name},2024-01-01,{end},100,USD" for name, end in zip(accounts, ends, strict=True)
    ]
    (feeds / "account.csv").write_text(
        "account_id,name\n" + "".join(f"{name},{name}\n" for name in accounts)
    )
    (feeds / "subscription.csv").write_text(
        "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
        + "\n".join(lines)
        + "\n"
    )
    (tmp_path / "lichen.toml").write_text(PILOT + STARTS)
    assert ask("run", str(tmp_path), "--without", "model")[0] == 0
    return tmp_path


def test_the_lots_and_the_reading_speak_of_the_same_accounts(company: Path) -> None:
    code, lots, said = ask("model", str(company), "pilots", "--who", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(lots)))
    held = {row["account_id"] for row in rows if row["held_out"] == "True"}
    assert len(rows) == ACCOUNTS
    assert f"{len(held)} of {ACCOUNTS} accounts are held out" in said
    code, told, _ = ask(
        "model", str(company), "pilots", "--outcome", "logo_retention", "--format", "json"
    )
    assert code == 0
    (reading,) = json.loads(told)
    (logo,) = reading["outcomes"]
    assert (logo["held_out"], logo["offered"]) == (len(held), ACCOUNTS - len(held))
    # Accounts 0, 4, 8, … left, so the share that stayed can be counted from the lots.
    stayed = sum(int(name.split("a")[-1]) % 4 != 0 for name in held)
    assert logo["held_out_mean"] == pytest.approx(stayed / len(held))


def test_without_a_pilot_it_is_said_how_to_declare_one(company: Path) -> None:
    (company / "lichen.toml").write_text("[workspace]\nas_of = 2026-06-30\n")
    assert ask("run", str(company), "--without", "model")[0] == 0
    found = CliRunner().invoke(_application(), ["model", str(company), "pilots"])
    assert found.exit_code != 0
    assert "Declare one" in str(found.exception)
