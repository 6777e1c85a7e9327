"""Names that are alike are proposed, decided by a person, and only then one company."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal
from lichen.ledger.identity import read_decisions
from lichen.ledger.identity.decisions import Decision
from lichen.ledger.identity.names import plain_name
from lichen.ledger.identity.proposals import Proposal, propose
from lichen.ledger.identity.review import PROPOSALS, apply_reviewed, write_proposals
from lichen.ledger.identity.strict_csv import ReviewUnusable

ROWS = [
    ("crm:1", "crm", "Alder Freight GmbH", "alder.de"),
    ("crm:2", "crm", "Birch & Sons Ltd.", None),
    ("crm:3", "crm", "Cedar Analytics Inc", "cedar.com"),
    ("crm:4", "crm", "Alder Freight AG", None),
    ("billing:7", "billing", "ALDER FREIGHT", "alder-freight.com"),
    ("billing:8", "billing", "Birch and Sonns", None),
    ("billing:9", "billing", "Dogwood", "cedar.com"),
    ("billing:10", "billing", "Elm", None),
]
EQUAL = "names are equal but for form"


def proposed(tmp_path: Path, decisions: tuple[Decision, ...] = (), minimum: float = 0.9):
    cells = ", ".join(
        "(" + ", ".join("NULL" if cell is None else literal(cell) for cell in row) + ")"
        for row in ROWS
    )
    query = f"SELECT * FROM (VALUES {cells}) t(id, system, name, domain)"
    with Embedded(tmp_path / "scratch") as session:
        return propose(session, "account", query, decisions, minimum).pairs


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("The Müller & Co. GmbH", "muller"),
        ("Société Générale S.A.", "societe generale"),
        ("O'Brien, Inc", "obrien"),
        ("Straße und Söhne GmbH & Co. KG", "strasse und sohne"),
        ("株式会社日立", "日立"),
        ("日立 (株式会社)", "日立"),
        ("株式会社", None),
        ("ООО Ромашка", "ромашка"),
        ("Żabka Sp. z o.o.", "zabka"),
        ("Novo A/S", "novo"),
        ("Inc", "inc"),
        ("3M Company", "3m"),
        (" -- ", None),
    ],
)
def test_a_name_has_one_form(tmp_path: Path, name: str, plain: str | None) -> None:
    with Embedded(tmp_path) as session:
        assert session.row(f"SELECT {plain_name(literal(name))}") == (plain,)


def test_names_that_are_alike_are_proposed_across_systems_only(tmp_path: Path) -> None:
    found = [(one.left, one.right, one.score, one.evidence) for one in proposed(tmp_path)]
    # Likeness by hand, 1 - edits / letters of both with edits insertions and deletions:
    # "and birch sons" against "and birch sonns" is 1 - 1 / (14 + 15).
    assert found == [
        ("billing:7", "crm:1", 1.0, f"{EQUAL}; alder-freight.com is not alder.de"),
        ("billing:7", "crm:4", 1.0, f"{EQUAL}; no domain to compare"),
        ("billing:8", "crm:2", round(1 - 1 / 29, 3), "names differ; no domain to compare"),
        ("billing:9", "crm:3", found[3][2], "names differ; both cedar.com"),
    ]  # fmt: skip


def test_what_was_decided_is_not_proposed_again(tmp_path: Path) -> None:
    decided = (Decision("account", "crm:1", "billing:7", False, 1),)
    assert len(proposed(tmp_path, decided)) == 3


def test_filled_rows_become_decisions_and_leave_the_review(tmp_path: Path) -> None:
    path = write_proposals(tmp_path, proposed(tmp_path))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1] + "same", *lines[2:]]) + "\n")
    # A second proposal before anything is applied keeps what a person wrote.
    write_proposals(tmp_path, proposed(tmp_path))
    assert apply_reviewed(tmp_path, "ana", date(2025, 1, 5)) == 1
    (one,) = read_decisions(tmp_path)
    assert (one.left, one.right, one.is_same) == ("billing:7", "crm:1", True)
    assert len((tmp_path / PROPOSALS).read_text().splitlines()) == 4
    assert apply_reviewed(tmp_path, "ana", date(2025, 1, 6)) == 0


def test_decisions_are_added_under_the_columns_that_the_file_has(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions" / "identity.csv"
    decisions.parent.mkdir()
    decisions.write_text("verdict,entity,left,right\nsame,account,a,b")
    path = write_proposals(tmp_path, proposed(tmp_path)[:1])
    path.write_text(path.read_text().rstrip("\n") + "different\n")
    apply_reviewed(tmp_path, "ana", date(2025, 1, 5))
    assert decisions.read_text().splitlines()[1:] == [
        "same,account,a,b",
        "different,account,billing:7,crm:1",
    ]


def test_a_verdict_that_is_none_stops_and_changes_nothing(tmp_path: Path) -> None:
    path = write_proposals(tmp_path, proposed(tmp_path)[:1])
    path.write_text(path.read_text().rstrip("\n") + "yes\n")
    with pytest.raises(ReviewUnusable, match="record 1, verdict: found 'yes'"):
        apply_reviewed(tmp_path, "ana", date(2025, 1, 5))
    assert not (tmp_path / "decisions" / "identity.csv").exists()


def test_no_name_runs_as_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    bad = Proposal("account", "=1+1", "=cmd()", "@x", "-2", "+3", "", 1.0, "names are equal")
    path = write_proposals(tmp_path, [bad])
    row = path.read_text().splitlines()[1].split(",")
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    path.write_text(path.read_text().rstrip("\n") + "same\n")
    apply_reviewed(tmp_path, "ana", date(2025, 1, 5))
    (one,) = read_decisions(tmp_path)
    assert (one.left, one.right) == ("=1+1", "-2")
