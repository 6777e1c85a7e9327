"""What is seen of a raw table, held against counting in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from lichen.engines.embedded import Embedded
from lichen.ledger.suggest import ColumnSample, sample
from lichen.ledger.suggest.keys import share_within

ROWS = """
SELECT * FROM (VALUES
    (1, 'A-1', 'Basic', ' x '),
    (2, 'A-2', 'Pro',   NULL),
    (3, 'A-3', 'Basic', '   '),
    (4, 'A-4', NULL,    NULL)
) AS rows(_row, id, plan, note)
"""


def test_blanks_are_no_values_and_few_words_are_all_shown(tmp_path: Path) -> None:
    with Embedded(tmp_path) as session:
        table = sample(session, ROWS, ["id", "plan", "note"], "accounts")
    assert (table.table, table.rows) == ("accounts", 4)
    shown = {name: (sorted(c.values), c.filled, c.distinct) for name, c in table.columns.items()}
    assert shown == {
        "id": (["A-1", "A-2", "A-3", "A-4"], 4, 4),
        "plan": (["Basic", "Pro"], 3, 2),
        "note": (["x"], 1, 1),
    }


def test_a_key_of_many_rows_is_unique_and_a_doubled_one_is_not(tmp_path: Path) -> None:
    rows = "SELECT 'K' || i AS key, 'K' || (i // 2) AS doubled FROM range(50000) t(i)"
    with Embedded(tmp_path) as session:
        seen = sample(session, rows, ["key", "doubled"]).columns
    assert seen["key"].is_unique and len(seen["key"].values) == 200
    assert not seen["doubled"].is_unique
    assert seen["doubled"].distinct == pytest.approx(25_000, rel=0.05)


@pytest.mark.parametrize(("step", "expected"), [(1, 1.0), (2, 0.5), (50, 0.02)])
def test_the_share_of_keys_in_another_table_is_told_from_samples(
    tmp_path: Path, step: int, expected: float
) -> None:
    """Rows name every `step`-th of the keys 0 … 20,000 * step, of which the first 20,000 exist."""
    owners = "SELECT 'K' || i AS id FROM range(20000) t(i)"
    rows = f"SELECT 'K' || (i % {20_000 * step}) AS owner FROM range({60_000 * step}) t(i)"
    with Embedded(tmp_path) as session:
        owner = sample(session, owners, ["id"]).columns["id"]
        child = sample(session, rows, ["owner"]).columns["owner"]
    assert share_within(child.values, owner) == pytest.approx(expected, abs=0.1)


def test_values_that_nobody_owns_lead_nowhere() -> None:
    owner = ColumnSample(("A", "B", "C"), 3, 3)
    assert share_within(("X", "Y", "Z"), owner) == 0.0
    assert share_within(("A", "B", "Y", "Z"), owner) == 0.0
    assert share_within(("A", "B", "C", "Z"), owner) == 0.75
