"""The worked example of the page on identity."""

from __future__ import annotations

from pathlib import Path

from worked_tables import worked_tables

from lichen.engines.embedded import Embedded
from lichen.ledger.identity import resolve

RANKS = {"crm": 1, "billing": 2}


def test_the_worked_example_holds(tmp_path: Path) -> None:
    (rows,) = worked_tables("identity")
    told = " UNION ALL ".join(
        f"SELECT '{row['id']}' AS id, {RANKS[row['id'].split(':')[0]]} AS rank, "
        f"'{row['web or e-mail']}' AS domain"
        for row in rows
    )
    with Embedded(tmp_path) as session:
        found = resolve(session, "account", told, (), (), match_domains=True)
    expected = {row["id"]: row["canonical id"] for row in rows}
    assert {row["id"]: found.renamed.get(row["id"], row["id"]) for row in rows} == expected
