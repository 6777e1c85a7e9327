"""Rows of one company become one: per column the first that speaks, and none is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.architecture.source import REPOSITORY

import lichen
from lichen.engines import Engine
from lichen.engines.embedded import Embedded
from lichen.ledger import load
from lichen.ledger.identity import unify
from lichen.ledger.identity.unify import Unified
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES

ACCOUNT = ENTITIES["account"]
RANKS = (0, 1, 1)
"""Of the files: the CRM has one, billing two."""

Row = dict[str, Any]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


def united(
    session: Embedded, rows: Sequence[Row], renamed: dict[str, str]
) -> tuple[dict[str, Row], Unified]:
    columns: dict[str, pa.Array] = {
        "file": pa.array([row["file"] for row in rows], pa.int32()),
        "record": pa.array([row["record"] for row in rows], pa.int64()),
    }
    for column in ACCOUNT.columns:
        kind = pa.timestamp("us") if column.name.endswith("_at") else pa.string()
        columns[column.name] = pa.array([row.get(column.name) for row in rows], kind)
    told = session.keep(pa.table(columns), "rows")
    pairs = {"id": list(renamed), "canonical": list(renamed.values())}
    table = session.keep(pa.table(pairs, pa.schema([(n, pa.string()) for n in pairs])), "renamed")
    found = unify(session, ACCOUNT, f"SELECT * FROM {told}", table, RANKS)
    whole = session.arrow(f"SELECT * FROM {found.relation}").to_pylist()
    return {row["account_id"]: row for row in whole}, found


def row(account_id: str, file: int, record: int, **cells: Any) -> Row:
    return {"account_id": account_id, "file": file, "record": record, **cells}


def test_the_first_source_that_says_something_is_believed(session: Embedded) -> None:
    rows = [
        row("billing:9", 1, 1, name="Apex", domain="ap@acme.com", country="US", industry="Retail"),
        row("crm:1", 0, 4, name="Acme", domain="https://www.ACME.com/", industry=None),
        row("crm:2", 0, 5, name="Birch"),
    ]
    whole, found = united(session, rows, {"billing:9": "crm:1"})
    acme = whole["crm:1"]
    assert (acme["name"], acme["industry"], acme["country"]) == ("Acme", "Retail", "US")
    assert (acme["file"], acme["record"]) == (0, 4)
    assert found.given_up == ((1, 1),)
    (finding,) = found.findings
    assert (finding.code, finding.count, finding.examples) == ("sources_disagree", 1, ("crm:1",))
    assert "of name for 1 account rows" in finding.sentence


@pytest.mark.parametrize(
    ("column", "crm", "billing", "is_told"),
    [
        ("domain", "https://www.ACME.com/de", "ap@acme.com", False),
        ("domain", "acme.com", "acme.de", True),
        ("domain", "acme.com", "acme@gmail.com", False),
        ("name", "Acme Inc.", "ACME", False),
        ("name", "Acme", "Acme Nordics", True),
        ("industry", "Retail", "Trade", True),
    ],
)
def test_sites_and_names_disagree_only_where_they_mean_others(
    session: Embedded, column: str, crm: str, billing: str, is_told: bool
) -> None:
    rows = [row("crm:1", 0, 1, **{column: crm}), row("billing:9", 1, 1, **{column: billing})]
    _, found = united(session, rows, {"billing:9": "crm:1"})
    assert [one.code for one in found.findings] == (["sources_disagree"] if is_told else [])


def test_two_rows_of_one_system_are_one_too_the_smallest_id_first(session: Embedded) -> None:
    rows = [row("crm:3", 0, 1, name="Three"), row("crm:1", 0, 2, name="One", country="DE")]
    whole, _ = united(session, rows, {"crm:3": "crm:1"})
    assert {key: one["name"] for key, one in whole.items()} == {"crm:1": "One"}


def test_a_company_is_known_since_the_first_system_recorded_it(session: Embedded) -> None:
    early, late = datetime(2020, 1, 5), datetime(2023, 1, 5)
    rows = [
        row("crm:1", 0, 1, name="Acme", recorded_at=late, updated_at=late),
        row("billing:9", 1, 1, name="Acme", recorded_at=early, updated_at=early),
    ]
    whole, found = united(session, rows, {"billing:9": "crm:1"})
    assert (whole["crm:1"]["recorded_at"], whole["crm:1"]["updated_at"]) == (early, late)
    assert found.findings == ()


CRM = "id,name,site,size,at\n1,Acme,acme.com,,2020-03-01\n2,Birch,birch.com,,2020-03-01\n"
BILLING = "id,name,site,size,at\n9,ACME Inc,acme.com,900,2023-06-01\n"
MAPPED = """
[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "id"
name = "name"
domain = "site"
employees = "size"
recorded_at = "at"
"""


def seen_on(root: Path, day: date, sources: dict[str, str], engine: Engine) -> dict[str, Any]:
    (root / "mappings").mkdir(exist_ok=True)
    for system, companies in sources.items():
        (root / "raw" / system).mkdir(parents=True, exist_ok=True)
        (root / "mappings" / f"{system}.toml").write_text(MAPPED)
        (root / "raw" / system / "companies.csv").write_text(companies)
    definitions = Definitions.model_validate({"sources": {name: {} for name in sources}})
    rows = engine.to_arrow(load(root, definitions).as_of(day, engine).table("account"))
    return {row["name"]: row["employees"] for row in rows.to_pylist()}


@pytest.mark.parametrize("first", ["crm", "billing"])
def test_what_another_system_recorded_later_is_in_no_earlier_view(
    tmp_path: Path, duckdb: Engine, first: str
) -> None:
    both = {"crm": CRM, "billing": BILLING}
    sources = {first: both.pop(first), **both}
    # Billing tells of 900 employees, and its own name, on 1 June 2023.
    name = {"crm": "Acme", "billing": "ACME Inc"}[first]
    views = {
        day: seen_on(tmp_path, date.fromisoformat(day), sources, duckdb)
        for day in ("2020-02-29", "2023-05-31", "2023-06-01")
    }
    assert views == {
        "2020-02-29": {},
        "2023-05-31": {"Acme": None, "Birch": None},
        "2023-06-01": {name: 900, "Birch": None},
    }


def test_rows_without_a_time_were_always_told(tmp_path: Path, duckdb: Engine) -> None:
    undated = BILLING.replace("2023-06-01", "")
    seen = seen_on(tmp_path, date(2020, 3, 31), {"crm": CRM, "billing": undated}, duckdb)
    assert seen == {"Acme": 900, "Birch": None}


IDS = [f"{system}:{key}" for system in "abc" for key in range(3)]
CELLS = st.sampled_from([None, "x", "y"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cells=st.dictionaries(st.sampled_from(IDS), st.tuples(CELLS, CELLS), min_size=1),
    groups=st.lists(st.integers(0, 2), min_size=9, max_size=9),
    order=st.randoms(use_true_random=False),
)
def test_every_row_is_kept_or_given_up_and_columns_follow_the_order(
    session: Embedded, cells, groups, order
) -> None:
    rows = [
        row(one, "abc".index(one[0]), place, name=name, country=country)
        for place, (one, (name, country)) in enumerate(sorted(cells.items()))
    ]
    of_group: dict[int, list[str]] = {}
    for one in cells:
        of_group.setdefault(groups[IDS.index(one)], []).append(one)
    # Files b and c are of one source, so ids decide between them.
    trust = {one: (RANKS["abc".index(one[0])], one) for one in cells}
    chosen = {group: min(ids, key=trust.__getitem__) for group, ids in of_group.items()}
    renamed = {
        one: chosen[group] for group, ids in of_group.items() for one in ids if one != chosen[group]
    }
    whole, found = united(session, order.sample(rows, len(rows)), renamed)
    assert len(whole) + len(found.given_up) == len(rows)
    for group, ids in of_group.items():
        for place, column in enumerate(("name", "country")):
            spoken = [cells[one][place] for one in sorted(ids, key=trust.__getitem__)]
            first = next((cell for cell in spoken if cell is not None), None)
            assert whole[chosen[group]][column] == first


def test_accounts_of_the_toy_meet_by_their_messy_domains(tmp_path: Path) -> None:
    if not os.environ.get("LICHEN_SAMPLE_DATA"):
        pytest.skip("LICHEN_SAMPLE_DATA is not set")
    toy = shutil.copytree(REPOSITORY / "examples/account_mapping_toy", tmp_path / "toy")
    ledger = load(toy, lichen.open(toy).definitions)
    (counts,) = [
        one
        for one in ledger.accounting.to_pylist()
        if (one["level"], one["name"]) == ("entity", "account")
    ]
    # Ten of ours; eleven companies on the lists, ten of them ours as well.
    assert (counts["mapped"], counts["accepted"], counts["duplicates"]) == (21, 11, 10)
