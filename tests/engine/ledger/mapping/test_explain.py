"""What a load would do, told before it is done."""

from __future__ import annotations

from raw_rows import Exports

from lichen.ledger.mapping import explain
from lichen.vocabulary.entities import ENTITIES

TOML = """
[tables.partners]
optional = true

[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = { columns = ["first", "last"], join = " " }
segment = { column = "tier", values = { Basic = "smb" }, other = "enterprise", default = "smb" }
region = { constant = "EMEA" }
created_on = { column = "since", format = "DD-MM-YYYY" }
employees = { sql = "TRY_CAST(size AS INTEGER) * 2" }
[map.where]
"test accounts" = { column = "is_test", not_in = ["true", "yes"] }

[[map]]
entity = "subscription"
name = "lines"
driving = "lines"
inclusive_end = true
sql = '''SELECT l._row, l.id AS subscription_id, l.account AS account_id, l."start" AS starts_on,
l.arr AS arr_amount, 'USD' AS currency FROM lines l JOIN accounts a ON a.id = l.account'''

[[map]]
entity = "partner"
from = "partners"
[map.columns]
partner_id = "id"
name = "name"
kinds = { constant = "reseller" }
"""

ACCOUNTS = """
id | first | last | tier | since | size | is_test | note
1  | A     | B    | -    | -     | 2    | no      | x
"""


def test_a_person_reads_what_a_load_would_do(exports: Exports) -> None:
    mapping, bound = exports.bound(
        TOML,
        exports.table("accounts", ACCOUNTS),
        exports.table("lines", "id | account | start | arr | memo\nL1 | 1 | 2024-01-01 | 5 | -"),
    )
    assert bound.problems == ()
    entity = list(ENTITIES["account"].by_name)
    mapped = {*bound.maps[0].columns, "domain", "parent_account_id", "industry"}
    rest = ", ".join(name for name in entity if name not in mapped)
    assert (
        "\n".join(explain(mapping, bound, "crm"))
        == f"""\
mappings/crm.toml: 2 of 3 maps, ids as crm:…

accounts -> account: rows of account from accounts (crm/accounts_0.csv; 1 record)
  account_id  from id, as crm:…
  name        from first + last
  segment     from tier; Basic = smb; anything else = enterprise; empty = smb
  region      always EMEA
  employees   by SQL: TRY_CAST(size AS INTEGER) * 2
  created_on  from since; read as DD-MM-YYYY
  kept only where is_test is not one of: true, yes (else counted as 'test accounts')
  left empty: domain, parent_account_id, industry, {rest}

lines: rows of subscription from lines (crm/lines_0.csv; 1 record)
  a SELECT over lines, accounts gives all columns
  ends_on is the last day served; the day after is kept

partners -> partner: left out, 'partners' has no file.

not read of accounts: note

not read of lines: memo"""
    )
