"""A feed replaced between plan and run is noticed, so that no manifest names the wrong file."""

from __future__ import annotations

from pathlib import Path

import pytest

import lichen
from lichen.runs import list_runs
from lichen.workspace.errors import FeedsChanged

ACCOUNTS = "account_id,name\na1,Alder\n"
LINES = "subscription_id,account_id,starts_on,arr_amount,currency\ns1,a1,2023-01-01,100.00,USD\n"


def test_a_run_refuses_feeds_that_changed_since_it_was_planned(tmp_path: Path) -> None:
    (tmp_path / "lichen.toml").touch()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "account.csv").write_text(ACCOUNTS)
    (feeds / "subscription.csv").write_text(LINES)
    plan = lichen.open(tmp_path).plan(as_of="2023-12-31")
    (feeds / "subscription.csv").write_text(LINES.replace("100.00", "900.00"))
    with pytest.raises(FeedsChanged, match="Run again when the export has finished"):
        plan.apply()
    assert list_runs(tmp_path) == []
