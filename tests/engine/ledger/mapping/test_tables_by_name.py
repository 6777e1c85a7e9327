"""Files and columns found under the names that a mapping uses, however an export spells them."""

from __future__ import annotations

import pytest
from raw_rows import Exports

from lichen.ledger.mapping import read_mapping, table_of

TOML = """
[tables.account]
called = ["accounts", "*account_data"]
needs = ["id", "name"]
names = { id = ["Account ID"], name = ["Account Name"], website = [], tier = ["Partner_Tier__c"] }

[tables.account_partner]
called = ["*partner_data", "*account_partner_data"]
optional = true
names = { id = [], account_id = ["AccountFrom"] }

[tables.exported]
files = ["Export 20*.csv"]

[[map]]
entity = "account"
from = "account"
[map.columns]
account_id = "id"
name = "name"
domain = "website"
csm_key = "tier"

[[map]]
entity = "account_alias"
from = "account_partner"
[map.columns]
system = { constant = "erp" }
key = "id"
account_id = "account_id"
"""


@pytest.mark.parametrize(
    ("file", "table", "meant"),
    [
        ("Account.csv", "account", "account"),
        ("Accounts.csv", "accounts", "account"),
        ("sf_account_data.csv", "sf_account_data", "account"),
        ("sf_account_partner_data.csv", "sf_account_partner_data", "account_partner"),
        ("Export 2024.csv", "export_2024", "exported"),
        ("contacts.csv", "contacts", "contacts"),
    ],
)
def test_a_file_belongs_to_the_table_whose_name_or_glob_says_most(
    file: str, table: str, meant: str
) -> None:
    assert table_of(read_mapping(TOML, "m.toml"), file, table) == meant


@pytest.mark.parametrize(
    "header", ["Id | Name | Website", "Account ID | Account Name | website", "ID | NAME | WebSite"]
)
def test_columns_are_found_in_other_spellings(exports: Exports, header: str) -> None:
    made = exports.made(TOML, exports.table("account", f"{header}\n1 | Alder | alder.example"))
    assert made.rows == [(0, 1, 0, "crm:1", "Alder", "alder.example", None)]


def test_a_table_without_a_column_that_it_needs_is_told(exports: Exports) -> None:
    _, bound = exports.bound(TOML, exports.table("account", "Key | Account Name\n1 | Alder"))
    assert [problem.told("m.toml") for problem in bound.problems] == [
        (
            "m.toml:4: error: tables.account.needs: crm/account_0.csv has no column 'id', "
            "'Account ID'. Known names: Key, name."
        )
    ]


def test_a_map_of_an_optional_table_without_files_is_left_out(exports: Exports) -> None:
    mapping, bound = exports.bound(TOML, exports.table("account", "Id | Name\n1 | Alder"))
    assert bound.problems == ()
    assert [row.entity for row in mapping.maps] == ["account", "account_alias"]
    assert [row.entity for row in bound.maps] == ["account"]


def test_a_select_sees_an_optional_table_without_files_as_empty(exports: Exports) -> None:
    sql = (
        TOML
        + """
[[map]]
entity = "account"
name = "without an alias"
driving = "account"
sql = '''SELECT _row, id AS account_id, name FROM account
WHERE id NOT IN (SELECT account_id FROM account_partner)'''
"""
    )
    _, bound = exports.bound(sql, exports.table("account", "Id | Name\n1 | Alder\n2 | Birch"))
    made = exports.carried_out(bound.maps[-1], bound)
    assert made.column("name") == ["Alder", "Birch"]
