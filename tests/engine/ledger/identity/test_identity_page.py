"""The worked example of the page on identity."""

from __future__ import annotations

from pathlib import Path

from benchmarks.companies import made_up
from benchmarks.identity import ROWS, graded
from worked_tables import worked_tables

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal
from lichen.ledger.identity import resolve
from lichen.ledger.identity.names import plain_name
from lichen.ledger.identity.proposals import propose

RANKS = {"crm": 1, "billing": 2}


def test_the_worked_example_holds(tmp_path: Path) -> None:
    rows, *_ = worked_tables("identity")
    told = " UNION ALL ".join(
        f"SELECT '{row['id']}' AS id, {RANKS[row['id'].split(':')[0]]} AS rank, "
        f"'{row['web or e-mail']}' AS domain"
        for row in rows
    )
    with Embedded(tmp_path) as session:
        found = resolve(session, "account", told, (), (), match_domains=True)
    expected = {row["id"]: row["canonical id"] for row in rows}
    assert {row["id"]: found.renamed.get(row["id"], row["id"]) for row in rows} == expected


def likeness(one: str, other: str) -> float:
    """By definition: twice the longest common subsequence, as a share of the letters of both."""
    before = [0] * (len(other) + 1)
    for letter in one:
        row = [0]
        for place, also in enumerate(other):
            row.append(before[place] + 1 if letter == also else max(row[-1], before[place + 1]))
        before = row
    return 2 * before[-1] / (len(one) + len(other))


def test_the_compared_names_hold(tmp_path: Path) -> None:
    _, pairs, _ = worked_tables("identity")
    with Embedded(tmp_path) as session:
        for pair in pairs:
            names = [pair[side] for side in ("left", "right")]
            plain = [session.row(f"SELECT {plain_name(literal(name))}")[0] for name in names]
            assert plain == [pair[f"{side} in one form"] for side in ("left", "right")]
            in_order = [" ".join(sorted(name.split())) for name in plain]
            assert f"{likeness(*in_order):.3f}" == pair["score"]
            rows = " UNION ALL ".join(
                f"SELECT '{place}' AS id, {place} AS system, {literal(name)} AS name, "
                "CAST(NULL AS VARCHAR) AS domain"
                for place, name in enumerate(names)
            )
            (found,) = propose(session, "account", rows, (), 0.5).pairs
            assert f"{found.score:.3f}" == pair["score"]


def test_the_table_of_how_well_companies_are_recognised_holds() -> None:
    *_, recognised = worked_tables("identity")
    grades = list(graded(made_up(ROWS, ROWS)))
    assert [grade.cells() for grade in grades] == [list(row.values()) for row in recognised]


def test_a_row_of_that_table_is_the_arithmetic_of_two_lists_of_pairs() -> None:
    # One domain is the same, one name is alike, and one true pair shows in neither.
    made = made_up(0, 0)
    made.rows += [
        ("crm:1", "crm", "Acme", "acme.com"),
        ("crm:2", "crm", "Birch Freight", None),
        ("lists:1", "lists", "ACME", "https://www.acme.com"),
        ("lists:2", "lists", "Birch Freight Ltd", None),
        ("lists:3", "lists", "Cedar", None),
    ]
    made.truth.update({("crm:1", "lists:1"), ("crm:2", "lists:2"), ("crm:2", "lists:3")})
    matched, proposed = (grade.cells() for grade in graded(made, (0.92,)))
    assert matched == ["matched by domain", "1", "1", "3", "1.000", "0.333"]
    assert proposed == ["proposed, minimum_score 0.92", "1", "1", "2", "1.000", "0.500"]
