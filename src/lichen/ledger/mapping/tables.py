"""Raw tables under the names that a mapping uses for them and for their columns."""

from __future__ import annotations

from collections.abc import Mapping as Named
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from lichen.engines.text import quoted
from lichen.ledger.mapping.spec import Mapping, TableSpec

FILE, ROW = "_file", "_row"
"""Columns of every raw table: the place of the file, and the number of the row in all files."""

ROWS_PER_FILE = 10**12
"""`_row` is `_file` times this, and the record in the file."""


@dataclass(frozen=True)
class Discard:
    """Rows that a table's contract leaves out: those where `keeps` does not hold.

    `keeps` is SQL over the trimmed cells of `columns`, by their names.
    """

    rule: str
    columns: tuple[str, ...]
    keeps: str


@dataclass(frozen=True)
class RawTable:
    """One table of a source, over all its files.

    `relation` is a SELECT of `_file`, `_row` and a text column per name of `columns`. `records`
    are the rows that each of `files` gave. `renamed` pairs names of the mapping with the names in
    the files, `absent` are names of the mapping that no file has: those columns are empty.
    `read_as` pairs columns with the kind or format by which SELECTs see them. `is_trimmed` where
    the cells have no blanks around them and are null when empty.
    """

    name: str
    columns: tuple[str, ...]
    relation: str
    files: tuple[str, ...]
    records: tuple[int, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    discards: tuple[Discard, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()
    is_trimmed: bool = False

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(self.records)


def table_of(mapping: Mapping, file: str, table: str) -> str:
    """The table that a file belongs to: by the globs of `files`, else by its own table's name.

    Of several globs that fit a name, the longest says most.
    """
    by_file = _longest(file, {name: spec.files for name, spec in mapping.tables.items()})
    if by_file is not None:
        return by_file
    named = {*mapping.tables, *(row.table for row in mapping.maps)}
    if table in named:
        return table
    called = {name: spec.called for name, spec in mapping.tables.items()}
    return _longest(table, called) or table


def _longest(found: str, globs: Named[str, Sequence[str]]) -> str | None:
    fitting = [
        (len(glob), name)
        for name, of_name in globs.items()
        for glob in of_name
        if fnmatchcase(found.lower(), glob.lower())
    ]
    return max(fitting)[1] if fitting else None


def fitted(mapping: Mapping, tables: Named[str, RawTable]) -> dict[str, RawTable]:
    """The tables with the columns that the mapping names; absent optional ones without rows."""
    found = {name: _with_names(table, mapping.spec(name)) for name, table in sorted(tables.items())}
    for name, spec in mapping.tables.items():
        if spec.optional and name not in found:
            found[name] = _empty(name, spec)
    return found


def plain(name: str) -> str:
    """A column's name without what does not matter in it: case, and all but letters and digits."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _with_names(table: RawTable, spec: TableSpec) -> RawTable:
    """The table with its columns called, and to be read, as the mapping says."""
    table = replace(table, read_as=tuple(spec.read_as.items()))
    if not spec.names:
        return table
    held = {plain(column): column for column in reversed(table.columns)}
    spelled = {
        name: next((held[plain(one)] for one in (name, *others) if plain(one) in held), None)
        for name, others in spec.names.items()
    }
    taken = {name.lower() for name in spelled} | {each for each in spelled.values() if each}
    rest = [column for column in table.columns if not {column, column.lower()} & taken]
    parts = [FILE, ROW]
    parts += [f"{_held(origin)} AS {quoted(name)}" for name, origin in spelled.items()]
    return replace(
        table,
        columns=(*spelled, *rest),
        relation=f"SELECT {', '.join([*parts, *map(quoted, rest)])} FROM ({table.relation})",
        renamed=tuple((name, origin) for name, origin in spelled.items() if origin is not None),
        absent=tuple(name for name, origin in spelled.items() if origin is None),
    )


def _held(origin: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if origin is None else quoted(origin)


def _empty(name: str, spec: TableSpec) -> RawTable:
    """A table that is not there."""
    columns = tuple(dict.fromkeys([*spec.names, *spec.columns]))
    parts = [f"CAST(NULL AS INTEGER) AS {FILE}", f"CAST(NULL AS BIGINT) AS {ROW}"]
    parts += [f"{_held(None)} AS {quoted(column)}" for column in columns]
    return RawTable(name, columns, f"SELECT {', '.join(parts)} WHERE false", (), ())
