"""SQL that reaches beyond raw tables is refused twice: when it is read, and by the engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lichen.engines.sandbox import Sandbox, SelectFailed
from lichen.ledger.mapping import MappingUnusable, read_mapping
from lichen.ledger.mapping.expression import SqlRefused, expression
from lichen.ledger.mapping.statement import statement

STATEMENTS = [
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM 'secret.csv'",
    "FROM '../feeds/account.csv'",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM \"read_text\"('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM parquet_scan('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('accounts')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM main.accounts",
    "SELECT * FROM accounts, read_text('/etc/passwd')",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM accounts",
    "SELECT getenv('HOME') FROM accounts",
    "SELECT current_setting('temp_directory') FROM accounts",
    "SELECT getvariable('x') FROM accounts",
    "SELECT random(), _row FROM accounts",
    "SELECT uuid(), _row FROM accounts",
    "SELECT now(), _row FROM accounts",
    "SELECT current_date, _row FROM accounts",
    "SELECT current_timestamp, _row FROM accounts",
    "SELECT nextval('s') FROM accounts",
    "SELECT * FROM accounts TABLESAMPLE 10%",
    "SELECT * FROM accounts USING SAMPLE 5",
    "SELECT $1 FROM accounts",
    "SELECT ? FROM accounts",
    "COPY accounts TO '/tmp/x.csv'",
    "COPY (SELECT * FROM accounts) TO '/tmp/x.csv'",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "ATTACH '/tmp/x.db'",
    "DETACH x",
    "USE x",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "CALL pragma_version()",
    "CREATE TABLE x AS SELECT 1",
    "CREATE MACRO f(a) AS a",
    "CREATE SECRET s (TYPE s3)",
    "DROP TABLE accounts",
    "ALTER TABLE accounts ADD COLUMN x INTEGER",
    "INSERT INTO accounts VALUES (1)",
    "DELETE FROM accounts",
    "UPDATE accounts SET id = 1",
    "TRUNCATE accounts",
    "WITH gone AS (DELETE FROM accounts RETURNING *) SELECT * FROM gone",
    "EXPLAIN SELECT 1",
    "DESCRIBE accounts",
    "SUMMARIZE accounts",
    "SHOW TABLES",
    "VACUUM",
    "CHECKPOINT",
    "BEGIN TRANSACTION",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "SELECT 1; DROP TABLE accounts",
    "SELECT 1; SELECT 2",
    "SELECT 1) AS x; DROP TABLE accounts; SELECT * FROM (SELECT 1",
    "SELECT _row FROM accounts -- ) \n; DROP TABLE accounts",
    "",
    "-- nothing",
    "certainly not SQL",
]

EXPRESSIONS = [
    "(SELECT 1)",
    "(SELECT content FROM read_text('/etc/passwd'))",
    "read_text('/etc/passwd')",
    "EXISTS (SELECT 1)",
    "id IN (SELECT id FROM accounts)",
    "id) FROM read_text('/etc/passwd') --",
    "id FROM accounts",
    "count(*)",
    "sum(id)",
    "row_number() OVER ()",
    "random()",
    "now()",
    "current_date",
    "getenv('HOME')",
    "current_setting('temp_directory')",
    "main.read_text(id)",
    "a.id",
    "COLUMNS('.*')",
    "*",
    "$1",
    "?",
    "unnest([1, 2])",
    "list_transform([1], x -> x)",
    "1; DROP TABLE accounts",
    "SET x = 1",
    "",
]


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_statement_that_is_no_select_over_tables_is_refused_when_read(sql: str) -> None:
    with pytest.raises(SqlRefused):
        statement(sql)


@pytest.mark.parametrize("sql", EXPRESSIONS)
def test_an_expression_that_reaches_beyond_its_row_is_refused(sql: str) -> None:
    with pytest.raises(SqlRefused):
        expression(sql)


HARMLESS = {
    # They read nothing outside: refused when read, because they name no raw table, or because
    # their answer changes.
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM main.accounts",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('accounts')",
    "SELECT current_setting('temp_directory') FROM accounts",
    "SELECT getvariable('x') FROM accounts",
    "SELECT random(), _row FROM accounts",
    "SELECT uuid(), _row FROM accounts",
    "SELECT now(), _row FROM accounts",
    "SELECT current_date, _row FROM accounts",
    "SELECT current_timestamp, _row FROM accounts",
    "SELECT * FROM accounts TABLESAMPLE 10%",
    "SELECT * FROM accounts USING SAMPLE 5",
    "DESCRIBE accounts",
    "SUMMARIZE accounts",
    "SHOW TABLES",
}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A locked session with one table."""
    with Sandbox(tmp_path_factory.mktemp("scratch")) as sandbox:
        sandbox.put_empty("accounts", {"_row": "BIGINT", "id": "VARCHAR"})
        sandbox.lock()
        yield sandbox


@pytest.mark.parametrize("sql", [sql for sql in STATEMENTS if sql not in HARMLESS])
def test_the_locked_session_refuses_it_too(locked: Sandbox, sql: str) -> None:
    with pytest.raises(SelectFailed):
        locked.keep("stolen", sql)
    assert locked.row("SELECT count(*) FROM accounts") == (0,)


def test_the_refusal_names_the_line_and_the_part() -> None:
    text = """\
[[map]]
entity = "account"
driving = "accounts"
sql = "SELECT _row, content AS name FROM read_text('/etc/passwd')"

[[map]]
entity = "account"
from = "others"
columns.account_id = "id"
columns.name = { sql = "(SELECT 1)" }
"""
    with pytest.raises(MappingUnusable) as refusal:
        read_mapping(text, "m.toml")
    assert [problem.told("m.toml") for problem in refusal.value.problems] == [
        (
            "m.toml:4: error: map[1].sql: calls read_text, which a mapping may not. "
            "docs/mapping.md lists those that may be called."
        ),
        (
            "m.toml:10: error: map[2].columns.name.sql: holds a SELECT. "
            "An expression works on the cells of one row."
        ),
    ]


def test_an_expression_is_written_anew_with_every_name_quoted() -> None:
    assert expression("lower(Name) || '/x' -- hi") == "LOWER(\"Name\") || '/x'"
    assert expression("\"a\"\"b\" = 'it''s'") == "\"a\"\"b\" = 'it''s'"
