"""Rows of one key from several sources: the order of [sources] decides, and the rest is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_rows import counts, findings, reasons, rows

from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

MAPPING = """
system = "{system}"

[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "id"
name = "name"
domain = "site"

[[map]]
entity = "usage"
from = "use"
[map.columns]
account_id = "company"
month = "month"
events = "events"
updated_at = "at"
"""
COMPANIES = "id,name,site\n1,Acme,acme.com\n"
USE = {
    # January agrees, February does not, March is in the product only; the CRM has April twice.
    "crm": "1,2024-01,5,\n1,2024-02,6,2024-05-01\n1,2024-04,8,\n1,2024-04,9,\n",
    "product": "1,2024-01,5,\n1,2024-02,7,2024-06-01\n1,2024-03,4,\n1,2024-04,8,\n",
}


def workspace(
    root: Path, *order: str, systems: dict[str, str] | None = None, latest: bool = False
) -> Ledger:
    for name in order:
        (root / "raw" / name).mkdir(parents=True, exist_ok=True)
        (root / "mappings").mkdir(exist_ok=True)
        text = MAPPING.replace("{system}", (systems or {}).get(name, name))
        (root / "mappings" / f"{name}.toml").write_text(text)
        (root / "raw" / name / "companies.csv").write_text(COMPANIES)
        (root / "raw" / name / "use.csv").write_text("company,month,events,at\n" + USE[name])
    feeds = {"usage": {"keep_latest_by": "updated_at"}} if latest else {}
    told = {"sources": {name: {} for name in order}, "feeds": feeds}
    return load(root, Definitions.model_validate(told))


@pytest.mark.parametrize(("order", "february"), [(("crm", "product"), 6), (("product", "crm"), 7)])
def test_the_source_that_is_believed_first_says_what_a_united_company_used(
    tmp_path: Path, order: tuple[str, str], february: int
) -> None:
    ledger = workspace(tmp_path, *order)
    used = {str(month): events for month, events in rows(ledger, "usage", "month", "events")}
    april = {} if order[0] == "crm" else {"2024-04-30": 8}
    assert used == {"2024-01-31": 5, "2024-02-29": february, "2024-03-31": 4} | april
    # Where the source that is believed contradicts itself, all rows of the key are put aside.
    quarantined, duplicates = (3, 2) if order[0] == "crm" else (0, 4)
    assert counts(ledger, "usage") == (8, 8 - quarantined - duplicates, quarantined, duplicates)
    assert findings(ledger)["same_key_in_several_sources"] == (1 if order[0] == "crm" else 2)


def test_the_latest_row_wins_over_the_order_where_the_feed_says_so(tmp_path: Path) -> None:
    ledger = workspace(tmp_path, "crm", "product", latest=True)
    used = {str(month): events for month, events in rows(ledger, "usage", "month", "events")}
    assert used["2024-02-29"] == 7
    assert findings(ledger)["superseded"] == 1


def test_one_id_of_two_folders_is_no_contradiction(tmp_path: Path) -> None:
    ledger = workspace(tmp_path, "product", "crm", systems={"product": "crm", "crm": "crm"})
    assert rows(ledger, "account", "account_id", "name") == [("crm:1", "Acme")]
    (tmp_path / "raw/crm/companies.csv").write_text(COMPANIES.replace("Acme", "Apex"))
    told = Definitions.model_validate({"sources": {"crm": {}, "product": {}}})
    ledger = load(tmp_path, told)
    assert rows(ledger, "account", "account_id", "name") == [("crm:1", "Apex")]
    assert counts(ledger, "account") == (2, 1, 0, 1)
    assert not [one for one in reasons(ledger) if one[2] == "account_id"]
