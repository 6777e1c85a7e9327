"""The rows that SELECTs of a mapping give, worked out in a locked session."""

from __future__ import annotations

from collections.abc import Mapping as Named
from pathlib import Path

from lichen.engines import native
from lichen.engines.embedded import Embedded
from lichen.engines.sandbox import Sandbox, SelectFailed
from lichen.engines.text import quoted, read_rows, trimmed
from lichen.ledger.accounting import Account, check
from lichen.ledger.mapping.errors import MappingUnusable, error
from lichen.ledger.mapping.read_as import read_columns
from lichen.ledger.mapping.rows import Source
from lichen.ledger.mapping.rule_meaning import SELECT_RULE
from lichen.ledger.mapping.spec import EntityMap
from lichen.ledger.mapping.statement import Statement, statement
from lichen.ledger.mapping.tables import FILE, ROW, ROWS_PER_FILE, RawTable

SELECTED = "__selected"
WHOLE = ("BIGINT", "HUGEINT", "INTEGER")


class Selects:
    """The SELECTs of one mapping over its tables, which are put once into one locked session."""

    def __init__(
        self,
        session: Embedded,
        tables: Named[str, RawTable],
        maps: tuple[EntityMap, ...],
        scratch: Path,
    ) -> None:
        self._scratch = scratch
        self._tables = tables
        self._sandbox = Sandbox(scratch)
        self._kept = 0
        read = [statement(str(row.sql)) for row in maps if row.sql is not None]
        for name in dict.fromkeys(table for each in read for table in each.tables):
            path = scratch / f"table_{name}.parquet"
            session.copy(_cells(session, tables[name], read), path, in_order=True)
            self._sandbox.put(name, path)
        self._sandbox.lock()

    def source(self, session: Embedded, row: EntityMap) -> Source:
        """The rows of a map's SELECT, and which records of its driving table gave none.

        Raises:
            MappingUnusable: the SELECT fails, or gives rows that its driving table does not have.
        """
        table, select = self._tables[row.table], statement(str(row.sql))
        try:
            types = self._sandbox.types(select.sql)
            self._sandbox.keep(SELECTED, f"SELECT * FROM ({select.sql}\n)")
            _refuse_strange_rows(self._sandbox, row, types)
            path = self._scratch / f"selected_{self._kept}.parquet"
            self._kept += 1
            rows, distinct, there = self._sandbox.row(
                f"SELECT count(*), count(DISTINCT {ROW}), "
                f"(SELECT count(*) FROM {quoted(table.name)}) FROM {SELECTED}"
            )
            self._sandbox.write(_texts(types, fanned_out=rows > distinct), path)
        except SelectFailed as failure:
            problem = error(("sql",), f"fails: {failure.reason}")
            raise MappingUnusable(f"The map '{row.title}'", [problem]) from failure
        gone = _discarded(session, table)
        _check_all_there(row, table, there, sum(gone.values()))
        if there > distinct:
            gone[SELECT_RULE] = there - distinct
        columns = tuple(name for name in types if name not in (FILE, ROW))
        relation = f"SELECT * FROM {read_rows(path)}"
        return Source(relation, columns, table.rows, rows - distinct, gone)

    def close(self) -> None:
        """Give back memory."""
        self._sandbox.close()


def _check_all_there(row: EntityMap, table: RawTable, there: int, discarded: int) -> None:
    """No record was lost on the way into the session."""
    entity = str(row.entity)
    found = Account(
        "mapping", row.title, entity, input=table.rows, mapped=there, filtered=discarded
    )
    check([found])


def _cells(session: Embedded, table: RawTable, read: list[Statement]) -> str:
    """The cells of the columns that some SELECT names, of rows that the contract keeps.

    They are trimmed, and canonical where the mapping says what they hold.
    """
    of_table = [each for each in read if table.name in each.tables]
    named = {name for each in of_table for name in each.names}
    everything = any(each.everything for each in of_table)
    kept = {column for discard in table.discards for column in discard.columns}
    used = [
        column
        for column in table.columns
        if everything or column.lower() in named or column in kept
    ]
    cells = [f"{trimmed(quoted(column))} AS {quoted(column)}" for column in used]
    found = f"SELECT {', '.join([FILE, ROW, *cells])} FROM ({table.relation})"
    holds = " AND ".join(f"({discard.keeps}) IS TRUE" for discard in table.discards)
    where = f" WHERE {holds}" if holds else ""
    known = read_columns(session, table, used)
    shown = [f"{known.get(column, quoted(column))} AS {quoted(column)}" for column in used]
    return f"SELECT {', '.join([FILE, ROW, *shown])} FROM ({found}){where} ORDER BY {ROW}"


def _discarded(session: Embedded, table: RawTable) -> dict[str, int]:
    """Rows that the contract of a table leaves out, by the first rule that they fail."""
    gone: dict[str, int] = {}
    if not table.discards:
        return gone
    columns = {column: None for discard in table.discards for column in discard.columns}
    cells = ", ".join(f"{trimmed(quoted(column))} AS {quoted(column)}" for column in columns)
    cases = " ".join(
        f"WHEN ({discard.keeps}) IS NOT TRUE THEN {place}"
        for place, discard in enumerate(table.discards)
    )
    found = session.rows(
        f"SELECT CASE {cases} END AS place, count(*) FROM (SELECT {cells} FROM ({table.relation})) "
        "GROUP BY place HAVING place IS NOT NULL ORDER BY place"
    )
    return {table.discards[place].rule: int(count) for place, count in found}


def _refuse_strange_rows(sandbox: Sandbox, row: EntityMap, types: Named[str, str]) -> None:
    """Every row must carry the number of a row of the driving table."""
    if (refusal := no_row_number(types, row.table)) is not None:
        raise MappingUnusable(f"The map '{row.title}'", [error(("sql",), refusal)])
    strange = sandbox.row(
        f"SELECT count(*) FROM {SELECTED} s WHERE NOT EXISTS "
        f"(SELECT 1 FROM {quoted(row.table)} d WHERE d.{ROW} = s.{ROW})"
    )[0]
    if strange:
        rows = "1 row" if strange == 1 else f"{strange} rows"
        found = f"returns {rows} whose _row is none of '{row.table}', its driving table."
        raise MappingUnusable(f"The map '{row.title}'", [error(("sql",), found)])


def no_row_number(types: Named[str, str], driving: str) -> str | None:
    """What to say of a SELECT that does not return the row numbers of its driving table."""
    if ROW not in types:
        return f"must return the _row of '{driving}', its driving table."
    if types[ROW] not in WHOLE:
        return f"returns a _row that is {types[ROW]}, not the _row of '{driving}' as it stands."
    return None


def _texts(types: Named[str, str], *, fanned_out: bool) -> str:
    """The selected rows as text, in order of their number and then of what they hold."""
    names = [quoted(name) for name in types if name not in (FILE, ROW)]
    cells = [
        f"{trimmed(_text(quoted(name), native.family(kind)))} AS {quoted(name)}"
        for name, kind in types.items()
        if name not in (FILE, ROW)
    ]
    order = ", ".join([ROW, *names])
    copy = "0"
    if fanned_out:
        copy = f"CAST(row_number() OVER (PARTITION BY {ROW} ORDER BY {order}) - 1 AS INTEGER)"
    return (
        f"SELECT CAST({ROW} // {ROWS_PER_FILE} AS INTEGER) AS {FILE}, CAST({ROW} AS BIGINT) AS "
        f"{ROW}, {copy} AS __copy, {', '.join(names)} "
        f"FROM (SELECT {', '.join([ROW, *cells])} FROM {SELECTED}) ORDER BY {order}"
    )


def _text(column: str, family: str) -> str:
    """Canonical text of a value: ISO moments, numbers without exponents."""
    found = native.as_text(column, family)
    if family in ("instant", "zoned"):
        return f"replace({found}, ' ', 'T')"
    if family == "float":
        large = f"CAST(try_cast({column} AS DECIMAL(38, 0)) AS VARCHAR)"
        small = f"rtrim(CAST(try_cast({column} AS DECIMAL(38, 20)) AS VARCHAR), '0')"
        digits = f"CASE WHEN abs({column}) > 1 THEN {large} ELSE {small} END"
        return f"CASE WHEN contains({found}, 'e') THEN coalesce({digits}, {found}) ELSE {found} END"
    return found
