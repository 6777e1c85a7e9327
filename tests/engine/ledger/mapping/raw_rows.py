"""Raw tables written down in a test, one line a record, and what a mapping makes of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.formats import Format, decide, observe
from lichen.ledger.mapping import (
    Bound,
    EntityMap,
    Mapped,
    Mapping,
    Origins,
    RawTable,
    bind,
    map_rows,
    read_mapping,
    wanted,
)

Cells = list[str | None]


@dataclass(frozen=True)
class Made:
    """What one map made: its account, and its rows in order of file, record and copy."""

    account: Mapped
    rows: list[tuple[object, ...]]

    def column(self, name: str) -> list[object]:
        """One column of the rows."""
        return [row[3 + self.account.columns.index(name)] for row in self.rows]


class Exports:
    """A session in which raw tables are mapped."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.session = Embedded(scratch)

    def table(self, name: str, *files: str) -> RawTable:
        """A raw table of files, each a header and records, cells between bars; `-` is empty."""
        read = [[_cells(line) for line in file.strip().splitlines()] for file in files]
        columns = [str(cell) for cell in read[0][0]]
        rows = [
            [place, place * 10**12 + record, *cells]
            for place, lines in enumerate(read)
            for record, cells in enumerate(lines[1:], start=1)
        ]
        arrays = [pa.array([row[0] for row in rows], pa.int32())]
        arrays.append(pa.array([row[1] for row in rows], pa.int64()))
        arrays += [
            pa.array([row[2 + at] for row in rows], pa.string()) for at in range(len(columns))
        ]
        held = self.session.keep(pa.table(arrays, names=["_file", "_row", *columns]), "raw")
        shown = tuple(f"crm/{name}_{place}.csv" for place in range(len(files)))
        records = tuple(len(lines) - 1 for lines in read)
        return RawTable(name, tuple(columns), f"SELECT * FROM {held}", shown, records)

    def bound(self, toml: str, *tables: RawTable) -> tuple[Mapping, Bound]:
        """A mapping with its tables."""
        mapping = read_mapping(toml, "mappings/crm.toml")
        return mapping, bind(mapping, {table.name: table for table in tables})

    def made(self, toml: str, *tables: RawTable, system: str = "crm") -> Made:
        """What the first map of a mapping makes of these tables."""
        _, bound = self.bound(toml, *tables)
        assert bound.problems == ()
        return self.carried_out(bound.maps[0], bound, system)

    def carried_out(self, entity_map: EntityMap, bound: Bound, system: str = "crm") -> Made:
        """What one map makes of its tables."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        with Origins(self.session, bound, folder) as origins:
            source = origins.of(entity_map)
        asked = wanted(entity_map, source)
        seen = observe(self.session, f"({asked.relation})", asked.cells)
        formats: dict[str, Format] = {}
        for name, evidence in seen.items():
            how = entity_map.columns.get(name)
            chosen = decide(evidence, how.format if how else None)
            assert isinstance(chosen, Format), str(chosen)
            formats[name] = chosen
        mapped = map_rows(self.session, entity_map, system, source, formats)
        rows = self.session.rows(f"SELECT * FROM ({mapped.relation}) ORDER BY ALL")
        return Made(mapped, rows)


def _cells(line: str) -> Cells:
    cells = [cell.strip() for cell in line.split("|")]
    return [None if cell == "-" else cell for cell in cells]
