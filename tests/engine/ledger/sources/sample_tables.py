"""A folder of CSV as raw tables, and what a mapping makes of it, for the tests of sources."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.formats import Refusal, decide, observe
from lichen.ledger.mapping import (
    Bound,
    Mapped,
    Mapping,
    Origins,
    RawTable,
    bind,
    load_mapping,
    map_rows,
    table_of,
    wanted,
)
from lichen.ledger.mapping.spec import EntityMap

Row = dict[str, str]


@dataclass(frozen=True)
class MapDone:
    """What one map of a mapping gave: `rows` without their empty cells."""

    entity: str
    title: str
    rows: list[Row]
    accounted: Mapped


def bound_folder(session: Embedded, mapping: Path, folder: Path) -> tuple[Mapping, Bound]:
    """The mapping with the tables of a folder, and what is wrong with them."""
    spec = load_mapping(mapping, mapping.name)
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        name = table_of(spec, path.name, snake(path.stem))
        assert name not in tables, f"{path.name} is a second file of the table {name}"
        tables[name] = raw_table(session, name, path)
    return spec, bind(spec, tables)


def maps_done(session: Embedded, mapping: Path, folder: Path) -> Iterator[MapDone]:
    """Every map that finds its table, carried out."""
    spec, bound = bound_folder(session, mapping, folder)
    assert not bound.problems, bound.problems
    with tempfile.TemporaryDirectory() as scratch, Origins(session, bound, Path(scratch)) as rows:
        for row in bound.maps:
            yield map_done(session, row, str(spec.system), rows)


def map_done(session: Embedded, row: EntityMap, system: str, rows: Origins) -> MapDone:
    """One map carried out, each of its columns read as its cells tell."""
    source = rows.of(row)
    needed = wanted(row, source)
    formats = {}
    for name, evidence in observe(session, f"({needed.relation})", needed.cells).items():
        declared = row.columns[name].format if name in row.columns else None
        chosen = decide(evidence, declared)
        assert not isinstance(chosen, Refusal), f"{row.title}, {name}: {chosen}"
        formats[name] = chosen
    mapped = map_rows(session, row, system, source, formats)
    table = session.arrow(f"SELECT * FROM ({mapped.relation}) ORDER BY _file, record, copy")
    kept = [{name: cells[name] for name in mapped.columns} for cells in table.to_pylist()]
    full = [{name: cell for name, cell in cells.items() if cell is not None} for cells in kept]
    return MapDone(str(row.entity), row.title, full, mapped)


def raw_table(session: Embedded, name: str, path: Path) -> RawTable:
    """A CSV file as a table of text; semicolons where its header has any."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    header, *rows = csv.reader(lines, delimiter=";" if ";" in lines[0] else ",")
    cells = {
        column: pa.array([row[place].strip() or None for row in rows], pa.string())
        for place, column in enumerate(header)
    }
    places = {
        "_file": pa.array([0] * len(rows), pa.int32()),
        "_row": pa.array(range(1, len(rows) + 1), pa.int64()),
    }
    kept = session.keep(pa.table({**places, **cells}), "raw")
    return RawTable(name, tuple(header), f"SELECT * FROM {kept}", (path.name,), (len(rows),))


def snake(stem: str) -> str:
    """The table's name of a file: small letters, words apart."""
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", stem)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


def written(path: Path) -> dict[tuple[str, str], list[Row]]:
    """Tables written by hand: a title `entity: map`, comments, a header and rows; - is empty."""
    found: dict[tuple[str, str], list[Row]] = {}
    for block in path.read_text().strip().split("\n\n"):
        title, *lines = [line for line in block.splitlines() if not line.startswith("#")]
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
        entity, _, name = title.partition(": ")
        found[entity, name] = [
            {column: cell for column, cell in zip(header, row, strict=True) if cell != "-"}
            for row in rows
        ]
    return found
