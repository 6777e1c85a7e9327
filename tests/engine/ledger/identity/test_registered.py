"""A canonical id stays once it was given, though systems come and go, and costs no second load."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lichen.ledger import Ledger, load, plan_load
from lichen.ledger.identity import ReviewUnusable, read_ids
from lichen.vocabulary.definitions import Definitions

MAPPING = """
[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "id"
name = "name"
domain = "site"
"""
SYSTEMS = {
    "erp": "id,name,site\n7,Acme AG,acme.com\n",
    "crm": "id,name,site\n1,Acme,acme.com\n2,Birch,birch.de\n",
    "billing": "id,name,site\n9,ACME,www.acme.com\n8,Birches,\n",
}
SAME = "account,crm:2,billing:8,same\n"


def loaded(root: Path, *systems: str, decided: str = "") -> tuple[Definitions, Ledger]:
    """A workspace of these systems, the most trusted first; others are taken away."""
    shutil.rmtree(root / "raw", ignore_errors=True)
    for name in systems:
        (root / "raw" / name).mkdir(parents=True)
        (root / "raw" / name / "companies.csv").write_text(SYSTEMS[name])
        (root / "mappings").mkdir(exist_ok=True)
        (root / "mappings" / f"{name}.toml").write_text(MAPPING)
    (root / "decisions").mkdir(exist_ok=True)
    (root / "decisions" / "identity.csv").write_text("entity,left,right,verdict\n" + decided)
    definitions = Definitions.model_validate({"sources": {name: {} for name in systems}})
    return definitions, load(root, definitions)


def accounts(ledger: Ledger) -> list[str]:
    return sorted(pq.read_table(ledger.table_path("account"))["account_id"].to_pylist())


def registered(root: Path) -> dict[str, str]:
    return dict(read_ids(root).canonical.get("account", {}))


def test_a_given_id_is_registered_and_stays_when_a_more_trusted_system_joins(
    tmp_path: Path,
) -> None:
    loaded(tmp_path, "crm", "billing")
    assert registered(tmp_path) == {"crm:1": "crm:1", "billing:9": "crm:1"}
    _, later = loaded(tmp_path, "erp", "crm", "billing")
    assert accounts(later) == ["billing:8", "crm:1", "crm:2"]
    assert registered(tmp_path)["erp:7"] == "crm:1"


def test_without_what_was_registered_the_more_trusted_system_would_name_it(tmp_path: Path) -> None:
    _, ledger = loaded(tmp_path, "erp", "crm", "billing")
    assert accounts(ledger) == ["billing:8", "crm:2", "erp:7"]


def test_the_load_that_gave_the_ids_finds_its_ledger_again(tmp_path: Path) -> None:
    definitions, first = loaded(tmp_path, "crm", "billing")
    plan = plan_load(tmp_path, definitions)
    assert (plan.key, plan.cached) == (first.key, True)
    written = (tmp_path / "decisions" / "ids.csv").read_bytes()
    assert load(tmp_path, definitions).key == first.key
    assert (tmp_path / "decisions" / "ids.csv").read_bytes() == written


def test_what_another_load_gave_is_part_of_the_ledgers_name(tmp_path: Path) -> None:
    loaded(tmp_path, "crm", "billing")
    _, with_ids = loaded(tmp_path, "erp", "crm")
    (tmp_path / "decisions" / "ids.csv").unlink()
    _, without = loaded(tmp_path, "erp", "crm")
    assert (accounts(with_ids), accounts(without)) == (["crm:1", "crm:2"], ["crm:2", "erp:7"])
    assert with_ids.key != without.key


def test_an_undone_decision_takes_its_ids_back(tmp_path: Path) -> None:
    _, plain = loaded(tmp_path, "crm", "billing")
    _, joined = loaded(tmp_path, "crm", "billing", decided=SAME)
    assert registered(tmp_path)["crm:2"] == "crm:2"
    _, undone = loaded(tmp_path, "crm", "billing")
    assert accounts(joined) == ["crm:1", "crm:2"]
    assert accounts(undone) == accounts(plain) == ["billing:8", "crm:1", "crm:2"]
    assert "billing:8" not in registered(tmp_path)


def test_a_name_goes_with_the_decision_though_its_row_has_left(tmp_path: Path) -> None:
    loaded(tmp_path, "crm", "billing", decided=SAME)
    _, alone = loaded(tmp_path, "billing", decided=SAME)
    # The decision stands, so what crm called Birch keeps its name; Acme met by a domain.
    assert accounts(alone) == ["crm:1", "crm:2"]
    _, undone = loaded(tmp_path, "billing")
    assert accounts(undone) == ["billing:8", "crm:1"]
    assert registered(tmp_path).get("billing:8", "billing:8") == "billing:8"


def test_ids_that_were_lost_come_back_from_the_ledger(tmp_path: Path) -> None:
    definitions, _ = loaded(tmp_path, "crm", "billing")
    before = registered(tmp_path)
    (tmp_path / "decisions" / "ids.csv").unlink()
    load(tmp_path, definitions)
    assert registered(tmp_path) == before


def test_one_system_alone_registers_nothing(tmp_path: Path) -> None:
    loaded(tmp_path, "crm")
    assert not (tmp_path / "decisions" / "ids.csv").exists()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("account,a,,x\n", "record 1, canonical_id: found nothing; expected an id"),
        ("lead,a,b,x\n", "record 1, entity: found 'lead'; expected account or partner"),
        ("account,a,b,x\naccount,a,c,x\n", "record 2, canonical_id: found 'c' beside 'b'"),
    ],
)
def test_ids_that_cannot_hold_stop_the_load(tmp_path: Path, rows: str, told: str) -> None:
    definitions, _ = loaded(tmp_path, "crm", "billing")
    head = "entity,member_id,canonical_id,given_by\n"
    (tmp_path / "decisions" / "ids.csv").write_text(head + rows)
    with pytest.raises(ReviewUnusable, match=told):
        load(tmp_path, definitions)
