"""The content of a mapping file: how the tables of one source become rows of entities.

Every model forbids unknown keys. What a single key may hold is checked here; what the keys mean
together is checked by `meaning`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from lichen.vocabulary.lines import line_of
from lichen.vocabulary.problems import KeyPath

Mode = Literal["evolve", "freeze", "discard_row"]
RawKind = Literal["text", "integer", "number", "date", "boolean"]


class Spec(BaseModel):
    """Base of every table of a mapping file: frozen, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contract(Spec):
    """What happens when a raw table is not as `columns` declares it."""

    table: Mode = Field(
        "evolve", description="Tables of the source that the mapping does not name."
    )
    columns: Mode = Field("evolve", description="Columns that are new, or that are gone.")
    types: Mode = Field("evolve", description="Cells that are not what their column declares.")


class TableSpec(Spec):
    """One raw table: which files it is, how they are read, and what is expected of them."""

    files: tuple[str, ...] = Field(
        (), description="Globs of file names in the source's folder; default: by the table's name."
    )
    called: tuple[str, ...] = Field((), description="Other names, or globs, that its files go by.")
    optional: bool = Field(
        False, description="Without a file its maps are left out, and SQL sees an empty table."
    )
    encoding: str | None = Field(None, description="Of its text files, such as cp1252.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="One character between cells."
    )
    header_line: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Line of the column names, from 1."
    )
    footer_lines: Annotated[int, Field(ge=0)] | None = Field(
        None, description="Lines after the last record that are none."
    )
    sheet: str | None = Field(None, description="Sheet of a workbook.")
    columns: dict[str, RawKind] = Field(
        default_factory=dict, description="Expected raw columns and what they hold."
    )
    names: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="The name that this file uses for a column = other spellings it may have.",
    )
    read_as: dict[str, str] = Field(
        default_factory=dict,
        description="Column = kind or format by which SELECTs see ISO dates and plain numbers.",
    )
    needs: tuple[str, ...] = Field((), description="Columns without which the load stops.")
    contract: Contract = Field(default_factory=Contract, description="When it is not as expected.")


class ColumnMap(Spec):
    """How one column of an entity comes about; a bare text in the file is `column` alone."""

    column: str | None = Field(None, description="The raw column.")
    columns: tuple[str, ...] | None = Field(None, description="Raw columns, put together.")
    join: str | None = Field(None, description="Text between them; empty ones are skipped.")
    constant: str | None = Field(None, description="The same text in every row.")
    sql: str | None = Field(None, description="An SQL expression over the raw columns, as text.")
    values: dict[str, str] = Field(default_factory=dict, description="Word found = word meant.")
    other: str | None = Field(None, description="What every word not in `values` means.")
    default: str | None = Field(None, description="What an empty cell means.")
    among: str | None = Field(
        None, description="`table.column` that lists its words; others are a finding."
    )
    format: str | None = Field(None, description="How dates or numbers are written.")
    system: str | None = Field(None, description="The system whose id this is; empty = as it is.")

    @property
    def origins(self) -> tuple[str, ...]:
        """Which of the four ways of coming about are written."""
        ways = ("column", "columns", "constant", "sql")
        return tuple(way for way in ways if getattr(self, way) is not None)

    def raw_columns(self, name: str) -> tuple[str, ...]:
        """Raw columns that it reads by name; without any way it is the column named as itself."""
        if self.column is not None:
            return (self.column,)
        if self.columns is not None:
            return self.columns
        return () if self.origins else (name,)


class Rule(Spec):
    """A named filter: rows for which it holds are kept."""

    column: str | None = Field(None, description="The raw column that is looked at.")
    one_of: tuple[str, ...] | None = Field(None, alias="in", description="It is one of these.")
    not_in: tuple[str, ...] | None = Field(None, description="It is none of these, or empty.")
    filled: bool | None = Field(None, description="true: it is not empty; false: it is.")
    sql: str | None = Field(None, description="An SQL condition over the raw columns, as text.")

    @property
    def conditions(self) -> tuple[str, ...]:
        """Which conditions are written, by their keys in the file."""
        ways = {"in": self.one_of, "not_in": self.not_in, "filled": self.filled, "sql": self.sql}
        return tuple(way for way, found in ways.items() if found is not None)


class EntityMap(Spec):
    """Rows of one entity from one raw table, or from one SELECT over raw tables."""

    entity: str | None = Field(None, description="The entity that its rows are of.")
    source: str | None = Field(None, alias="from", description="The raw table, without `sql`.")
    name: str | None = Field(None, description="Shown in the accounting: `<table> -> <entity>`.")
    inclusive_end: bool = Field(False, description="The end date is the last day served.")
    driving: str | None = Field(None, description="The raw table whose `_row` the SELECT returns.")
    sql: str | None = Field(None, description="One SELECT over raw tables, instead of `from`.")
    columns: dict[str, ColumnMap] = Field(
        default_factory=dict, description="Entity column = how it comes about."
    )
    where: dict[str, Rule] = Field(
        default_factory=dict, description="Named filters, asked in order; the first that fails."
    )

    @property
    def table(self) -> str:
        """The raw table whose records it accounts for."""
        return (self.source if self.sql is None else self.driving) or ""

    @property
    def title(self) -> str:
        """Its name in the accounting."""
        return self.name or f"{self.table} -> {self.entity}"


class Mapping(Spec):
    """The whole of a mapping file."""

    system: str | None = Field(None, description="In front of its ids; default: the source's name.")
    tables: dict[str, TableSpec] = Field(default_factory=dict, description="Raw tables, by name.")
    maps: tuple[EntityMap, ...] = Field((), alias="map", description="One per entity and table.")

    _shown: str = PrivateAttr("the mapping")
    _lines: dict[KeyPath, int] = PrivateAttr(default_factory=dict)

    @property
    def shown(self) -> str:
        """The file, as people know it."""
        return self._shown

    def read_from(self, shown: str, lines: dict[KeyPath, int]) -> None:
        """Remember the file that it was read from, so that later problems have a place."""
        self._shown, self._lines = shown, lines

    def line(self, key: KeyPath) -> int | None:
        """The line on which a key stands."""
        return line_of(key, self._lines)

    def spec(self, table: str) -> TableSpec:
        """What the file says of a raw table; defaults where it says nothing."""
        return self.tables.get(table, TableSpec())
