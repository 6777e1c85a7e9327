"""Raw tables held to what a mapping declares of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from raw_rows import Exports, Made

from lichen.ledger.mapping import Held, RawTable, hold_to_contracts

ACCOUNTS = """
id | name    | seats | since      | active | region
1  | Alder   | 10    | 2024-01-01 | yes    | EU
2  | Birch   | 1,000 | 2024-02-01 | no     | -
3  | Cedar   | many  | 2024-03-01 | yes    | -
4  | Dogwood | -     | soon       | n/a    | -
5  | Elm     | 7     | -          | maybe  | EU
"""

TOML = """
[tables.accounts]
columns = {{ {columns} }}
contract = {{ {contract} }}

[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = "name"
"""

ALL = (
    'id = "text", name = "text", seats = "integer", since = "date", active = "boolean", '
    'region = "text"'
)
FEWER = ALL.replace(', region = "text"', ', tier = "text"')


def held(exports: Exports, columns: str, contract: str, *more: RawTable) -> Held:
    """What is found where the accounts are held to these columns."""
    text = TOML.format(columns=columns, contract=contract)
    mapping, bound = exports.bound(text, exports.table("accounts", ACCOUNTS), *more)
    return hold_to_contracts(exports.session, mapping, bound.tables)


def made(exports: Exports, columns: str, contract: str) -> Made:
    """What the map makes of the accounts that are left."""
    text = TOML.format(columns=columns, contract=contract)
    mapping, bound = exports.bound(text, exports.table("accounts", ACCOUNTS))
    found = hold_to_contracts(exports.session, mapping, bound.tables)
    assert found.problems == ()
    return exports.carried_out(bound.maps[0], replace(bound, tables=found.tables))


def told(found: Held) -> list[str]:
    """Its problems as people read them."""
    return [problem.told("m.toml") for problem in found.problems]


def test_evolving_columns_are_noted(exports: Exports) -> None:
    found = held(exports, FEWER, 'columns = "evolve"')
    assert found.problems == ()
    assert found.notes[0] == (
        "crm/accounts_0.csv is not as 'accounts' declares it: - tier, + region."
    )


@pytest.mark.parametrize("mode", ["freeze", "discard_row"])
def test_a_frozen_table_stops_the_load_and_shows_the_difference(
    exports: Exports, mode: str
) -> None:
    assert told(held(exports, FEWER, f'columns = "{mode}"')) == [
        (
            "m.toml:3: error: tables.accounts.columns: crm/accounts_0.csv is not as declared: "
            "- tier, + region. Declare the columns as they are now, or set "
            'contract.columns = "evolve".'
        )
    ]


def test_rows_that_fill_a_column_nobody_declared_are_left_out(exports: Exports) -> None:
    columns = ALL.replace(', region = "text"', "")
    rows = made(exports, columns, 'columns = "discard_row"')
    assert rows.column("account_id") == ["crm:2", "crm:3", "crm:4"]
    assert rows.account.filtered == {"contract: region is not declared": 2}


def test_cells_of_another_kind_are_noted_or_stop_the_load(exports: Exports) -> None:
    seats = "1 cell of crm/accounts_0.csv is not integer, such as 'many'."
    since = "1 cell of crm/accounts_0.csv is not date, such as 'soon'."
    active = "1 cell of crm/accounts_0.csv is not boolean, such as 'maybe'."
    evolving = held(exports, ALL, 'types = "evolve"')
    assert evolving.notes == (f"seats: {seats}", f"since: {since}", f"active: {active}")
    step = 'Correct the cells, or set contract.types = "discard_row" to leave their rows out.'
    assert told(held(exports, ALL, 'types = "freeze"')) == [
        f"m.toml:3: error: tables.accounts.columns.seats: {seats} {step}",
        f"m.toml:3: error: tables.accounts.columns.since: {since} {step}",
        f"m.toml:3: error: tables.accounts.columns.active: {active} {step}",
    ]


def test_rows_with_cells_of_another_kind_are_left_out_under_their_rule(exports: Exports) -> None:
    rows = made(exports, ALL, 'types = "discard_row"')
    assert rows.column("account_id") == ["crm:1", "crm:2"]
    assert rows.account.filtered == {
        "contract: seats is not integer": 1,
        "contract: since is not date": 1,
        "contract: active is not boolean": 1,
    }
    assert rows.account.input == 5


def test_a_select_does_not_see_rows_that_the_contract_leaves_out(exports: Exports) -> None:
    text = f"""
    [tables.accounts]
    columns = {{ {ALL} }}
    contract = {{ types = "discard_row" }}
    [[map]]
    entity = "account"
    driving = "accounts"
    sql = "SELECT _row, id AS account_id, name FROM accounts WHERE id <> '2'"
    """
    mapping, bound = exports.bound(text, exports.table("accounts", ACCOUNTS))
    found = hold_to_contracts(exports.session, mapping, bound.tables)
    rows = exports.carried_out(bound.maps[0], replace(bound, tables=found.tables))
    assert rows.column("account_id") == ["crm:1"]
    assert sum(rows.account.filtered.values()) == 4
    assert rows.account.filtered["select"] == 1


def test_a_doubtful_number_is_a_number_all_the_same(exports: Exports) -> None:
    table = exports.table("accounts", "id | name | size\n1 | A | 1.234\n2 | B | 5.678\n3 | C | x")
    text = TOML.format(
        columns='id = "text", name = "text", size = "number"', contract='types = "discard_row"'
    )
    mapping, bound = exports.bound(text, table)
    found = hold_to_contracts(exports.session, mapping, bound.tables)
    rows = exports.carried_out(bound.maps[0], replace(bound, tables=found.tables))
    assert rows.column("name") == ["A", "B"]


def test_a_table_that_no_part_of_the_mapping_names_is_noted_or_stops_the_load(
    exports: Exports,
) -> None:
    other = exports.table("contacts", "id | email\n1 | a@b.example")
    evolving = held(exports, ALL, 'table = "evolve"', other)
    assert evolving.notes[0] == "The table 'contacts' (crm/contacts_0.csv) is not mapped."
    assert told(held(exports, ALL, 'table = "freeze"', other)) == [
        (
            'm.toml:4: error: tables.accounts.contract.table: is "freeze", and the mapping does '
            "not name the table 'contacts' (crm/contacts_0.csv). "
            'Name it under [tables], or set contract.table = "evolve".'
        )
    ]
