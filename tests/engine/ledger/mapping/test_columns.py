"""How the columns of an entity come about from raw columns."""

from __future__ import annotations

from raw_rows import Exports

ACCOUNTS = """
id | account_name | plan_tier  | signup_date | first | last
1  | Alder Ltd    | Basic      | 29-02-2024  | Ann   | Lee
2  | Birch Inc    | basic      | 01-03-2024  | Bo    | -
3  | Cedar GmbH   | Pro        | 02-03-2024  | -     | -
4  | Dogwood SA   | Enterprise | -           | -     | Cho
5  | Elm BV       | -          | 13-03-2024  | Di    | Ray
"""

MAP = """
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = "account_name"
"""


def test_a_bare_text_names_the_raw_column(exports: Exports) -> None:
    made = exports.made(MAP, exports.table("accounts", ACCOUNTS))
    assert made.rows[0] == (0, 1, 0, "crm:1", "Alder Ltd")
    assert made.column("name") == ["Alder Ltd", "Birch Inc", "Cedar GmbH", "Dogwood SA", "Elm BV"]


def test_records_keep_the_number_that_they_have_in_their_file(exports: Exports) -> None:
    table = exports.table("accounts", "id | account_name\n1 | A\n2 | B", "id | account_name\n3 | C")
    made = exports.made(MAP, table)
    assert [row[:4] for row in made.rows] == [
        (0, 1, 0, "crm:1"),
        (0, 2, 0, "crm:2"),
        (1, 1, 0, "crm:3"),
    ]


def test_a_word_is_looked_up_as_written_and_then_in_any_case(exports: Exports) -> None:
    how = 'segment = { column = "plan_tier", values = { Basic = "smb", Pro = "mid_market" } }'
    made = exports.made(MAP + how, exports.table("accounts", ACCOUNTS))
    assert made.column("segment") == ["smb", "smb", "mid_market", "Enterprise", None]


def test_spellings_that_mean_different_things_are_not_mixed_up(exports: Exports) -> None:
    how = 'segment = { column = "plan_tier", values = { Basic = "smb", BASIC = "enterprise" } }'
    made = exports.made(MAP + how, exports.table("accounts", ACCOUNTS))
    assert made.column("segment") == ["smb", "basic", "Pro", "Enterprise", None]


def test_other_stands_for_the_rest_and_default_for_empty_cells(exports: Exports) -> None:
    how = (
        'segment = { column = "plan_tier", values = { Basic = "smb", Pro = "" }, '
        'other = "enterprise", default = "mid_market" }'
    )
    made = exports.made(MAP + how, exports.table("accounts", ACCOUNTS))
    assert made.column("segment") == ["smb", "smb", "mid_market", "enterprise", "mid_market"]


def test_several_columns_are_joined_without_empty_parts(exports: Exports) -> None:
    how = 'csm_key = { columns = ["first", "last"], join = " " }'
    made = exports.made(MAP + how, exports.table("accounts", ACCOUNTS))
    assert made.column("csm_key") == ["Ann Lee", "Bo", None, "Cho", "Di Ray"]


def test_a_constant_stands_in_every_row(exports: Exports) -> None:
    made = exports.made(MAP + 'region = { constant = "EMEA" }', exports.table("accounts", ACCOUNTS))
    assert set(made.column("region")) == {"EMEA"}


def test_dates_are_read_by_the_format_of_their_column(exports: Exports) -> None:
    made = exports.made(MAP + 'created_on = "signup_date"', exports.table("accounts", ACCOUNTS))
    expected = ["2024-02-29", "2024-03-01", "2024-03-02", None, "2024-03-13"]
    assert made.column("created_on") == expected


def test_a_declared_format_settles_what_the_cells_leave_open(exports: Exports) -> None:
    table = exports.table("accounts", "id | account_name | since\n1 | A | 03/04/2024")
    how = 'created_on = { column = "since", format = "MM/DD/YYYY" }'
    assert exports.made(MAP + how, table).column("created_on") == ["2024-03-04"]


def test_an_expression_works_on_the_trimmed_text_of_cells(exports: Exports) -> None:
    table = exports.table(
        "subscriptions",
        """
        id | account | from       | mrr
        7  | 1       | 2024-01-01 | 100.50
        8  | 2       | 2024-02-01 | 20
        """,
    )
    toml = """
    [[map]]
    entity = "subscription"
    from = "subscriptions"
    columns.subscription_id = "id"
    columns.account_id = "account"
    columns.starts_on = "from"
    columns.currency = { constant = "USD" }
    columns.arr_amount = { sql = "CAST(mrr AS DECIMAL(18, 2)) * 12" }
    """
    assert exports.made(toml, table).column("arr_amount") == ["1206.00", "240.00"]


def test_ids_get_their_system_in_front_once(exports: Exports) -> None:
    table = exports.table(
        "accounts",
        """
        id    | account_name | parent | partner
        1     | Alder        | -      | P1
        crm:2 | Birch        | 1      | erp:P2
        """,
    )
    toml = MAP + 'parent_account_id = { column = "parent" }\ncsm_key = "partner"'
    made = exports.made(toml, table)
    assert made.column("account_id") == ["crm:1", "crm:2"]
    assert made.column("parent_account_id") == [None, "crm:1"]
    assert made.column("csm_key") == ["P1", "erp:P2"]


def test_system_names_whose_id_it_is_and_empty_leaves_it_alone(exports: Exports) -> None:
    table = exports.table("accounts", "id | account_name | parent\n1 | Alder | 9")
    toml = MAP.replace('account_id = "id"', 'account_id = { column = "id", system = "" }')
    made = exports.made(toml + 'parent_account_id = { column = "parent", system = "erp" }', table)
    assert made.rows == [(0, 1, 0, "1", "Alder", "erp:9")]


def test_the_last_day_served_becomes_the_day_after(exports: Exports) -> None:
    table = exports.table(
        "lines",
        """
        id | until
        1  | 28.02.2024
        2  | 31.12.2024
        3  | -
        4  | 31.12.9999
        5  | soon
        """,
    )
    toml = """
    [[map]]
    entity = "subscription"
    from = "lines"
    inclusive_end = true
    columns.subscription_id = "id"
    columns.account_id = "id"
    columns.starts_on = { constant = "2024-01-01" }
    columns.ends_on = "until"
    columns.currency = { constant = "USD" }
    columns.arr_amount = { constant = "1" }
    """
    ends = exports.made(toml, table).column("ends_on")
    assert ends == ["2024-02-29", "2025-01-01", None, "9999-12-31", "soon"]
