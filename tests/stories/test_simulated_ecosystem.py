"""From nothing to a scorecard and back to the rows, as a newcomer would go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.stories.conftest import Command


@pytest.mark.slow
def test_simulate_run_measure_explain(tmp_path: Path, command: Command) -> None:
    root = tmp_path / "example"
    made = command("simulate", root, "--accounts", 150, "--months", 30, "--seed", 1)
    assert made.returncode == 0, made.stderr

    ran = command("run", root)
    assert ran.returncode == 0, ran.stderr
    page = Path(ran.stdout.rstrip().rpartition("Scorecard: ")[2])
    assert page.read_text(encoding="utf-8").startswith("<!")

    rows = json.loads(command("measure", root, "--metric", "nrr", "--format", "json").stdout)
    (nrr,) = (row for row in rows if row["window_to"] == max(row["window_to"] for row in rows))
    assert nrr["numerator"] > 0

    told = command("explain", root, nrr["figure_id"], "--format", "json")
    assert json.loads(told.stdout)["figure"] == nrr

    listed = command("explain", root, nrr["figure_id"], "--accounts", "--format", "json")
    accounts = json.loads(listed.stdout)
    assert len(accounts) == nrr["n"]
    assert sum(account["numerator"] for account in accounts) == nrr["numerator"]
    assert sum(account["denominator"] for account in accounts) == nrr["denominator"]

    older = command("measure", root, "--metric", "grr", "--history", "--format", "json")
    first = next(row for row in json.loads(older.stdout) if not row["groups"] and row["n"])
    behind = command("explain", root, first["figure_id"], "--accounts", "--format", "json")
    parts = json.loads(behind.stdout)
    assert sum(part["numerator"] for part in parts) == first["numerator"]
