"""Which sources a workspace has: their folders, files and mappings, in the order of trust."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lichen.kernel.errors import did_you_mean
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.mapping import Mapping, load_mapping, table_of
from lichen.ledger.raw import RawFile, find_raw, unread
from lichen.ledger.sources import ready
from lichen.vocabulary.definitions import Definitions, Source
from lichen.vocabulary.entities import ENTITIES

RAW = "raw"
WITHOUT_MAPPING = (
    "Run `lichen instrument DIR --suggest` to have one proposed, or set `system` of "
    "[sources.{name}] in lichen.toml to one that has a ready mapping."
)


@dataclass(frozen=True)
class FoundSource:
    """One system's exports: `system` goes in front of its ids, `rank` tells how far to trust it."""

    name: str
    system: str
    rank: int
    folder: Path
    mapping: Mapping
    without: tuple[str, ...]
    files: tuple[RawFile, ...]
    unread: tuple[str, ...] = ()

    def shown(self, file: RawFile) -> str:
        """The file as people know it."""
        return f"{self.name}/{file.name}"

    def entities(self) -> list[str]:
        """Entities that its mapping feeds."""
        return sorted({str(row.entity) for row in self.mapping.maps})

    def meaning(self) -> list[Any]:
        """What it adds to the ledger's name: system, mapping and the content of its files.

        Files stand in the order in which they are read, which SQL sees in `_row`.
        """
        files = [
            [table_of(self.mapping, file.name, file.table), *file.content] for file in self.files
        ]
        mapping = self.mapping.model_dump(mode="json", by_alias=True)
        return [self.system, sorted(self.without), mapping, files]

    def explain(self) -> list[str]:
        """One line for the source, one a table with its maps, one for files that are not read."""
        lines = [f"source {self.name}: ids {self.system}:…, mapped by {self.mapping.shown}"]
        used = self.tables_used()
        for table, files in used.items():
            maps = [row.title for row in self.mapping.maps if row.table == table]
            shown = ", ".join(self.shown(file) for file in files[:3])
            more = f" and {len(files) - 3} more" if len(files) > 3 else ""
            lines.append(f"  {table} ({shown}{more}): {', '.join(maps) or 'for SQL only'}")
        lines += [f"  {entity}: left out by lichen.toml" for entity in self.without]
        absent = [row for row in self.mapping.maps if row.table not in used]
        lines += [f"  {row.table}: no file, so no {row.title}" for row in absent]
        read = {file for files in used.values() for file in files}
        lines += [f"  {self.shown(file)}: not mapped" for file in self.files if file not in read]
        lines += [f"  {name}: not read" for name in self.unread]
        return lines

    def unspoken(self) -> tuple[str, ...]:
        """Tables that the mapping does not speak of."""
        used = self.tables_used()
        found = {table_of(self.mapping, file.name, file.table) for file in self.files}
        return tuple(sorted(found - set(used)))

    def tables_used(self) -> dict[str, tuple[RawFile, ...]]:
        """Files by the table that they belong to, for the tables that the mapping speaks of."""
        spoken = {*self.mapping.tables, *(row.table for row in self.mapping.maps)}
        reads_all = any(row.sql is not None for row in self.mapping.maps) or any(
            spec.contract.table != "evolve" for spec in self.mapping.tables.values()
        )
        found: dict[str, list[RawFile]] = {}
        for file in self.files:
            found.setdefault(table_of(self.mapping, file.name, file.table), []).append(file)
        return {
            table: tuple(files)
            for table, files in sorted(found.items())
            if table in spoken or reads_all
        }


def find_sources(root: Path, definitions: Definitions) -> tuple[FoundSource, ...]:
    """Every source of a workspace: the declared ones in order, then folders under `raw/`.

    Raises:
        FeedsUnusable: a folder or mapping is not there or cannot be used; all are listed.
        MappingUnusable: a mapping has mistakes.
    """
    declared, problems = dict(definitions.sources), _loose_files(root / RAW)
    names = [*declared, *(name for name in _folders(root / RAW) if name not in declared)]
    found: list[FoundSource] = []
    for rank, name in enumerate(names, start=1):
        try:
            one = _found(root, name, declared.get(name, Source()), rank)
            problems += _ends_twice(one, definitions)
            found.append(one)
        except FeedsUnusable as error:
            problems += error.problems
    if problems:
        raise FeedsUnusable(problems)
    return tuple(found)


def folder_of(root: Path, name: str, source: Source) -> Path:
    """Where the exports of a source are.

    Raises:
        FeedsUnusable: the declared folder, or the variable that it names, is not there.
    """
    told = source.folder or f"{RAW}/{name}"
    key = f"lichen.toml, sources.{name}.folder"
    if told.startswith("$"):
        variable, _, rest = told[1:].partition("/")
        value = os.environ.get(variable)
        if not value:
            found = f"names the environment variable {variable}, which is not set."
            raise FeedsUnusable([FeedProblem(key, found, f"Set {variable} to a folder.")])
        told = f"{value}/{rest}"
    if source.folder is None and (root / told).is_symlink():
        found = "is a link to a folder."
        step = f"Name the folder itself as sources.{name}.folder in lichen.toml."
        raise FeedsUnusable([FeedProblem(told, found, step)])
    folder = (root / told).resolve()
    if not folder.is_dir():
        found = f"there is no folder {told}."
        raise FeedsUnusable([FeedProblem(key, found, "Correct it, or put the exports there.")])
    return folder


def _found(root: Path, name: str, source: Source, rank: int) -> FoundSource:
    folder = folder_of(root, name, source)
    path, shown = _mapping_of(root, name, source)
    mapping = load_mapping(path, shown)
    system = source.system or mapping.system or name
    sheets = {str(spec.sheet) for spec in mapping.tables.values() if spec.sheet}
    files = tuple(find_raw(folder, name, sheets))
    _check_without(name, source.without)
    left = tuple(f"{name}/{each}" for each in unread(folder))
    return FoundSource(name, system, rank, folder, mapping, source.without, files, left)


def _ends_twice(source: FoundSource, definitions: Definitions) -> list[FeedProblem]:
    """Ends called the last day by the mapping and by lichen.toml: two days would be added."""
    return [
        FeedProblem(
            source.mapping.shown,
            f"inclusive_end stands in the map '{row.title}', and for feeds.{row.entity} in "
            "lichen.toml too, so two days would be added.",
            "Keep it in the mapping, and put canonical files with other ends into a source.",
        )
        for row in source.mapping.maps
        if row.inclusive_end and definitions.feed(str(row.entity)).inclusive_end
    ]


def _check_without(name: str, without: Sequence[str]) -> None:
    problems = [
        FeedProblem(
            f"lichen.toml, sources.{name}.without",
            f"there is no entity '{entity}'.",
            did_you_mean(entity, ENTITIES),
        )
        for entity in without
        if entity not in ENTITIES
    ]
    if problems:
        raise FeedsUnusable(problems)


def _mapping_of(root: Path, name: str, source: Source) -> tuple[Path, str]:
    """The mapping file of a source and how it is called in messages."""
    if source.mapping is not None:
        path = root / source.mapping
        if not path.is_file():
            key = f"lichen.toml, sources.{name}.mapping"
            found = f"there is no file {source.mapping}."
            raise FeedsUnusable([FeedProblem(key, found, "Correct the path.")])
        return path, source.mapping
    own = root / "mappings" / f"{name}.toml"
    if own.is_file():
        return own, f"mappings/{name}.toml"
    shipped = ready()
    system = source.system or name
    if system in shipped:
        return shipped[system].mapping, f"the ready mapping of {system}"
    step = WITHOUT_MAPPING.format(name=name)
    hint = did_you_mean(system, shipped)
    problem = FeedProblem(f"{RAW}/{name}", "has no mapping.", f"{hint} {step}".strip())
    raise FeedsUnusable([problem])


def _folders(raw: Path) -> Sequence[str]:
    if not raw.is_dir():
        return ()
    return sorted(
        path.name for path in raw.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _loose_files(raw: Path) -> list[FeedProblem]:
    if not raw.is_dir():
        return []
    return [
        FeedProblem(
            f"{RAW}/{path.name}",
            "stands in no folder of a source.",
            f"Move it into a folder named after its system, such as {RAW}/salesforce/.",
        )
        for path in sorted(raw.iterdir())
        if not path.is_dir() and not path.name.startswith(".")
    ]
