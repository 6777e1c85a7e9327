"""Maps by SELECT: every row of the driving table is told, fanned out or left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_rows import Exports

from lichen.engines.sandbox import Sandbox, SelectFailed
from lichen.ledger.mapping import MappingUnusable, RawTable

SUBSCRIPTIONS = """
subscription_id | account | plan | from       | mrr
S1              | A1      | p    | 2024-01-01 | 100
S2              | A2      | p    | 2024-02-01 | 20.50
S3              | A9      | q    | 2024-03-01 | 7
S4              | A1      | q    | 2024-04-01 | -
"""

ACCOUNTS = """
id | currency | partner
A1 | usd      | P1
A2 | EUR      | P1
A2 | EUR      | P2
"""

MAP = """
[[map]]
entity = "subscription"
name = "lines"
driving = "subscriptions"
sql = '''
{sql}
'''
"""

SELECT = """
SELECT s._row, s.subscription_id, s.account AS account_id, s."from"::DATE AS starts_on,
       TRY_CAST(s.mrr AS DECIMAL(18, 2)) * 12 AS arr_amount, upper(a.currency) AS currency,
       a.partner AS sold_by_partner_id, s.plan = 'p' AS auto_renew
FROM subscriptions s JOIN accounts a ON a.id = s.account
"""


def tables(exports: Exports) -> tuple[RawTable, RawTable]:
    """Subscriptions and accounts."""
    return exports.table("subscriptions", SUBSCRIPTIONS), exports.table("accounts", ACCOUNTS)


def problems(exports: Exports, sql: str) -> list[str]:
    """What is said of a SELECT, once it is read and bound."""
    try:
        _, bound = exports.bound(MAP.format(sql=sql), *tables(exports))
    except MappingUnusable as refusal:
        return [f"{each.sentence} {each.hint}".strip() for each in refusal.problems]
    return [f"{each.sentence} {each.hint}".strip() for each in bound.problems]


def test_rows_that_are_multiplied_or_left_out_are_counted(exports: Exports) -> None:
    made = exports.made(MAP.format(sql=SELECT), *tables(exports))
    assert made.account.columns == (
        "subscription_id",
        "account_id",
        "starts_on",
        "arr_amount",
        "currency",
        "auto_renew",
        "sold_by_partner_id",
    )
    line = ("crm:S2", "crm:A2", "2024-02-01", "246.00", "EUR", "true")
    assert made.rows == [
        (0, 1, 0, "crm:S1", "crm:A1", "2024-01-01", "1200.00", "USD", "true", "crm:P1"),
        (0, 2, 0, *line, "crm:P1"),
        (0, 2, 1, *line, "crm:P2"),
        (0, 4, 0, "crm:S4", "crm:A1", "2024-04-01", None, "USD", "false", "crm:P1"),
    ]
    account = made.account
    assert (account.input, account.fanned_out, account.mapped) == (4, 1, 4)
    assert account.filtered == {"select": 1}


def test_filters_and_columns_work_on_what_the_select_returns(exports: Exports) -> None:
    toml = MAP.format(sql=SELECT) + (
        'columns.sold_by_partner_id = { column = "sold_by_partner_id", system = "erp" }\n'
        'columns.product = { column = "auto_renew", values = { true = "Platform" } }\n'
        '[map.where]\n"no amount" = { column = "arr_amount", filled = true }\n'
    )
    made = exports.made(toml, *tables(exports))
    assert made.column("product") == ["Platform"] * 3
    assert made.column("sold_by_partner_id") == ["erp:P1", "erp:P1", "erp:P2"]
    assert made.account.filtered == {"select": 1, "no amount": 1}
    assert made.account.mapped == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("DATE '2024-02-29'", "2024-02-29"),
        ("TIMESTAMP '2024-02-29 10:00:00'", "2024-02-29T10:00:00"),
        ("TIMESTAMPTZ '2024-02-29 10:00:00+01'", "2024-02-29T09:00:00+00"),
        ("1.50::DECIMAL(9, 2)", "1.50"),
        ("0.5::DOUBLE", "0.5"),
        ("1e20::DOUBLE", "100000000000000000000"),
        ("12::DOUBLE", "12"),
        ("1e-7::DOUBLE", "0.0000001"),
        ("1 = 1", "true"),
        ("['a', 'b']", "a|b"),
        ("'  x '", "x"),
        ("''", None),
    ],
)
def test_values_of_sql_become_the_text_that_the_ledger_reads(
    exports: Exports, value: str, text: str | None
) -> None:
    sql = SELECT.replace("a.partner AS", f"{value} AS")
    toml = MAP.format(sql=sql) + 'columns.sold_by_partner_id = { system = "" }'
    made = exports.made(toml, *tables(exports))
    assert set(made.column("sold_by_partner_id")) == {text}


def test_a_select_must_return_the_row_of_its_driving_table(exports: Exports) -> None:
    said = ["must return the _row of 'subscriptions', its driving table."]
    assert problems(exports, SELECT.replace("s._row, ", "")) == said


def test_a_row_of_another_table_is_no_row_of_the_driving_one(exports: Exports) -> None:
    sql = SELECT.replace("s._row", "s._row + 10 AS _row")
    with pytest.raises(MappingUnusable) as refusal:
        exports.made(MAP.format(sql=sql), *tables(exports))
    assert str(refusal.value).splitlines()[1] == (
        "  The map 'lines': error: sql: returns 4 rows whose _row is none of 'subscriptions', "
        "its driving table."
    )


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (
            "JOIN acounts a",
            "JOIN accounts a",
            "there is no raw table 'acounts'. Did you mean 'accounts'?",
        ),
        (
            "a.partnr AS",
            "a.partner AS",
            (
                "none of subscriptions, accounts has a column 'partnr'. "
                "Did you mean 'partner' or 'plan'?"
            ),
        ),
        (
            "AS arr_amont",
            "AS arr_amount",
            (
                "returns 'arr_amont', which subscription does not have. "
                "Did you mean 'arr_amount' or 'term_months'?"
            ),
        ),
        (
            "uper(",
            "upper(",
            "calls uper, which a mapping may not. Did you mean 'upper'?",
        ),
    ],
)
def test_a_misspelt_name_is_told_with_what_was_meant(
    exports: Exports, wrong: str, right: str, said: str
) -> None:
    assert problems(exports, SELECT.replace(right, wrong))[0] == said


def test_a_required_column_that_is_not_returned_is_told(exports: Exports) -> None:
    assert problems(exports, SELECT.replace("AS starts_on", "AS ends_on")) == [
        (
            "subscription.starts_on is required and not returned. "
            "Return it as starts_on, or map it in [map.columns]."
        )
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT _row FROM subscriptions LIMIT 1", "has LIMIT without ORDER BY."),
        (
            "SELECT _row FROM subscriptions QUALIFY row_number() OVER (PARTITION BY account) = 1",
            "calls row_number over a window without ORDER BY.",
        ),
        (
            "SELECT min(_row) AS _row, list(account) AS x FROM subscriptions",
            "calls list without ORDER BY in it.",
        ),
        (
            "SELECT DISTINCT ON (account) _row FROM subscriptions",
            "has DISTINCT ON without ORDER BY.",
        ),
    ],
)
def test_what_has_no_certain_answer_is_refused(exports: Exports, sql: str, said: str) -> None:
    assert problems(exports, sql) == [f"{said} Else its rows would not be the same each time."]


@settings(max_examples=15)
@given(st.permutations([1, 2, 3, 4]), st.permutations([1, 2, 3]))
def test_the_order_of_records_changes_nothing_but_their_numbers(
    exports: Exports, lines: list[int], accounts: list[int]
) -> None:
    def shuffled(text: str, order: list[int]) -> str:
        held = text.strip().splitlines()
        return "\n".join([held[0], *(held[place] for place in order)])

    toml = MAP.format(sql=SELECT)
    one = exports.made(toml, *tables(exports))
    other = exports.made(
        toml,
        exports.table("subscriptions", shuffled(SUBSCRIPTIONS, lines)),
        exports.table("accounts", shuffled(ACCOUNTS, accounts)),
    )
    assert sorted(map(repr, (row[2:] for row in other.rows))) == sorted(
        map(repr, (row[2:] for row in one.rows))
    )


def test_files_of_a_table_are_one_table_to_the_select(exports: Exports) -> None:
    header, *lines = SUBSCRIPTIONS.strip().splitlines()
    parts = ("\n".join([header, *lines[:2]]), "\n".join([header, *lines[2:]]))
    split = exports.table("subscriptions", *parts)
    made = exports.made(MAP.format(sql=SELECT), split, exports.table("accounts", ACCOUNTS))
    assert [row[:4] for row in made.rows][-1] == (1, 2, 0, "crm:S4")


def test_a_select_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with Sandbox(tmp_path, seconds=0.3) as sandbox:
        sandbox.lock()
        endless = (
            "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT x FROM t"
        )
        with pytest.raises(SelectFailed) as failure:
            sandbox.keep("endless", f"SELECT sum(x) AS x FROM ({endless})")
    assert failure.value.reason == "it was stopped after 0.3 seconds."
