"""Raw tables held to what a mapping declares: new and missing columns, cells of other kinds.

`evolve` notes it and goes on, `freeze` stops the load, `discard_row` leaves out the rows that are
not as declared, each under a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named
from dataclasses import dataclass, field, replace

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.raw_kinds import Misfits, misfits
from lichen.ledger.mapping.rule_meaning import CONTRACT_RULE
from lichen.ledger.mapping.spec import Mapping, TableSpec
from lichen.ledger.mapping.tables import Discard, RawTable
from lichen.vocabulary.problems import KeyPath, Problem

TO_COLUMNS = 'Declare the columns as they are now, or set contract.columns = "evolve".'
TO_TYPES = 'Correct the cells, or set contract.types = "discard_row" to leave their rows out.'
TO_TABLE = 'Name it under [tables], or set contract.table = "evolve".'


@dataclass(frozen=True)
class Held:
    """What is not as declared: `problems` stop the load, `notes` are worth knowing.

    `tables` carry the rules by which rows are left out.
    """

    tables: Named[str, RawTable]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _Found:
    """What the look through the tables collects."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    discards: list[Discard] = field(default_factory=list)


def hold_to_contracts(session: Embedded, mapping: Mapping, tables: Named[str, RawTable]) -> Held:
    """Hold bound tables to their contracts; those that declare kinds are read once for it."""
    held = dict(tables)
    every = _Found()
    _hold_tables(mapping, tables, every)
    for name, spec in mapping.tables.items():
        if name in tables and tables[name].files and spec.columns:
            found = _Found()
            _hold_columns(name, spec, tables[name], found)
            _hold_types(session, name, spec, tables[name], found)
            held[name] = replace(tables[name], discards=tuple(found.discards))
            every.problems += found.problems
            every.notes += found.notes
    placed = (replace(each, line=mapping.line(each.key)) for each in every.problems)
    return Held(held, tuple(placed), tuple(every.notes))


def _hold_tables(mapping: Mapping, tables: Named[str, RawTable], found: _Found) -> None:
    """Tables that no part of the mapping names."""
    named = {*mapping.tables, *(row.table for row in mapping.maps), *_in_selects(mapping)}
    frozen = [name for name, spec in mapping.tables.items() if spec.contract.table == "freeze"]
    for name in sorted(set(tables) - named):
        files = ", ".join(tables[name].files)
        if frozen:
            key: KeyPath = ("tables", frozen[0], "contract", "table")
            said = f"is \"freeze\", and the mapping does not name the table '{name}' ({files})."
            found.problems.append(error(key, said, TO_TABLE))
        else:
            found.notes.append(f"The table '{name}' ({files}) is not mapped.")


def _in_selects(mapping: Mapping) -> Iterator[str]:
    from lichen.ledger.mapping.statement import statement

    for row in mapping.maps:
        if row.sql is not None:
            yield from statement(row.sql).tables


def _hold_columns(name: str, spec: TableSpec, table: RawTable, found: _Found) -> None:
    """Columns that are new, or that are gone."""
    there = [column for column in table.columns if column not in table.absent]
    gone = [column for column in spec.columns if column not in there]
    new = [column for column in there if column not in {*spec.columns, *spec.names}]
    mode = spec.contract.columns
    if not gone and not new:
        return
    diff = ", ".join([*(f"- {column}" for column in gone), *(f"+ {column}" for column in new)])
    if mode == "freeze" or (mode == "discard_row" and gone):
        said = f"{_files(table)} is not as declared: {diff}."
        found.problems.append(error(("tables", name, "columns"), said, TO_COLUMNS))
    elif mode == "evolve":
        found.notes.append(f"{_files(table)} is not as '{name}' declares it: {diff}.")
    else:
        found.discards += [
            Discard(
                f"{CONTRACT_RULE}{column} is not declared",
                (column,),
                f"{quoted(column)} IS NULL",
            )
            for column in new
        ]


def _hold_types(
    session: Embedded, name: str, spec: TableSpec, table: RawTable, found: _Found
) -> None:
    """Cells that are not what their column declares."""
    for misfit in misfits(session, table, spec.columns):
        mode, column = spec.contract.types, misfit.column
        if mode == "discard_row":
            rule = f"{CONTRACT_RULE}{column} is not {misfit.kind}"
            found.discards.append(Discard(rule, (column,), misfit.fits))
        elif misfit.count:
            said = f"{_cells(misfit)} of {_files(table)} {_are(misfit)} not {misfit.kind}"
            said += f", such as '{misfit.example}'."
            if mode == "freeze":
                found.problems.append(error(("tables", name, "columns", column), said, TO_TYPES))
            else:
                found.notes.append(f"{column}: {said}")


def _files(table: RawTable) -> str:
    rest = len(table.files) - 1
    return table.files[0] + (f" (and {rest} more)" if rest else "")


def _cells(misfit: Misfits) -> str:
    return "1 cell" if misfit.count == 1 else f"{misfit.count} cells"


def _are(misfit: Misfits) -> str:
    return "is" if misfit.count == 1 else "are"
