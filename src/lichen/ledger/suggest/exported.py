"""Proposals for the exports that stand in a workspace, written beside its mappings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lichen.engines.embedded import Embedded
from lichen.kernel.errors import LichenError, UnknownName
from lichen.kernel.progress import Progress, silent
from lichen.ledger.exports.found import RAW, FoundSource, folder_of
from lichen.ledger.exports.tables import read_tables
from lichen.ledger.mapping import Mapping, TableSpec
from lichen.ledger.raw import find_raw
from lichen.ledger.sources import ready
from lichen.ledger.suggest.proposing import suggest
from lichen.ledger.suggest.samples import TableSample, sample
from lichen.ledger.suggest.suggestion import Suggestion
from lichen.vocabulary.definitions import Definitions, Source

MAPPINGS = "mappings"


class NoExports(LichenError):
    """A mapping was asked for, and there is nothing to look at."""

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(
            f"There are no exports in {root / RAW}.",
            f"Put the files of each system into a folder of its own, such as {RAW}/crm/.",
        )


@dataclass(frozen=True)
class Proposed:
    """A proposal and the file that it was written to; `in_force` is the mapping it stands beside.

    Without one, the file is what the next load reads.
    """

    suggestion: Suggestion
    path: Path
    in_force: str | None


def propose(
    root: Path, definitions: Definitions, only: str | None = None, progress: Progress = silent
) -> list[Proposed]:
    """Look at the exports of every source, or of one, and write a mapping for each.

    A mapping that is in force is never replaced: the proposal then stands beside it, as
    `mappings/<source>.suggested.toml`, which no load reads.

    Raises:
        NoExports: there is no source.
        UnknownName: `only` names none.
        FeedsUnusable: files of a source cannot be read; all are listed.
    """
    names = _names(root, definitions)
    if not names:
        raise NoExports(root)
    if only is not None and only not in names:
        raise UnknownName("source", only, names)
    proposed = []
    for name in [only] if only is not None else names:
        source = definitions.sources.get(name, Source())
        tables = look(root, name, folder_of(root, name, source), progress)
        suggestion = suggest(name, tables, currency=definitions.workspace.currency)
        proposed.append(_write(root, name, source, suggestion))
    return proposed


def look(root: Path, name: str, folder: Path, progress: Progress = silent) -> list[TableSample]:
    """A sample of every table of a source, whatever its mapping says."""
    files = tuple(find_raw(folder, name))
    everything = Mapping(tables={file.table: TableSpec() for file in files})
    source = FoundSource(name, name, 1, folder, everything, (), files)
    with TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        tables = read_tables(session, root, source, progress).tables
        return [
            sample(session, table.relation, table.columns, table.name) for table in tables.values()
        ]


def _names(root: Path, definitions: Definitions) -> Sequence[str]:
    raw = root / RAW
    folders = sorted(p.name for p in raw.iterdir() if p.is_dir()) if raw.is_dir() else []
    return list(dict.fromkeys([*definitions.sources, *(f for f in folders if f[0] != ".")]))


def _write(root: Path, name: str, source: Source, suggestion: Suggestion) -> Proposed:
    in_force = _in_force(root, name, source)
    ending = ".toml" if in_force is None else ".suggested.toml"
    path = root / MAPPINGS / f"{name}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid.uuid4().hex}")
    aside.write_text(suggestion.as_toml(), encoding="utf-8")
    aside.replace(path)
    return Proposed(suggestion, path, in_force)


def _in_force(root: Path, name: str, source: Source) -> str | None:
    """The mapping that a load of the source would read now."""
    if source.mapping is not None:
        return source.mapping
    if (root / MAPPINGS / f"{name}.toml").exists():
        return f"{MAPPINGS}/{name}.toml"
    system = source.system or name
    return f"the ready mapping of {system}" if system in ready() else None
