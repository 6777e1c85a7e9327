"""The worked table of docs/algorithms/groups.md is what Lichen computes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from lichen.involvement import groups_at
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.dimensions import DIMENSIONS

PAGE = Path(__file__).parents[3] / "docs/algorithms/groups.md"


def tables_of(page: str) -> list[list[dict[str, str]]]:
    """Every pipe table of the page, as rows by heading."""
    blocks, block = [], []
    for line in [*page.splitlines(), ""]:
        if line.startswith("|"):
            block.append([cell.strip() for cell in line.strip("|").split("|")])
        elif block:
            head, _, *rows = block
            blocks.append([dict(zip(head, row, strict=True)) for row in rows])
            block = []
    return blocks


def test_the_page_and_the_code_agree_on_every_group(facts_of) -> None:
    _, given, certified, expected, *_ = tables_of(PAGE.read_text())
    facts = facts_of(
        account=[
            {"account_id": "acme", "name": "Acme"},
            {"account_id": "birch", "name": "Birch", "csm_key": "carol"},
        ],
        partner=[
            {"partner_id": name, "name": name, "kinds": kinds.replace(", ", "|")}
            for name, kinds in sorted({(row["partner"], row["kinds"]) for row in given})
        ],
        involvement=[
            {
                "involvement_id": row["involvement"],
                "account_id": row["account"],
                "partner_id": row["partner"],
                "role": row["role"],
                "starts_on": date.fromisoformat(row["starts_on"]),
                "ends_on": date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
            }
            for row in given
        ],
        certification=[
            {
                "partner_id": row["partner"],
                "person_key": "someone",
                "certification": row["certification"],
                "earned_on": date.fromisoformat(row["earned_on"]),
                "expires_on": date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
            }
            for row in certified
        ],
    )
    keys = {"acme": 1, "birch": 2}
    for row in expected:
        day = date.fromisoformat(row.pop("month end"))
        account = row.pop("account")
        found = defaultdict(list)
        for group in facts.engine.to_arrow(groups_at(facts, Definitions(), day)).to_pylist():
            if group["account_key"] == keys[account]:
                found[group["dimension"]].append(group["value"])
        assert {name: ", ".join(sorted(found[name])) for name in row} == row, (day, account)


def test_the_page_explains_every_dimension() -> None:
    explained = tables_of(PAGE.read_text())[0]
    named = {name for row in explained for name in row["dimension"].split(", ")}
    assert named == set(DIMENSIONS)
