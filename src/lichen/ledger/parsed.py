"""One file read against its contract: typed rows kept by content, failing cells put aside."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded
from lichen.kernel.ids import content_hash
from lichen.ledger import csvfile, parquetfile, store
from lichen.ledger.csvtext import read_header
from lichen.ledger.errors import FeedChanged, FeedProblem
from lichen.ledger.feeds import FeedFile
from lichen.ledger.headers import Header, check_header, foreign_content
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES

PARSED_FORMAT = 2


@dataclass(frozen=True)
class Parsed:
    """A file after reading: records = parsed + rejected; `failing` of the parsed have bad cells.

    `relation` is SQL of its sound rows: record and every mapped column, typed. `columns` are the
    declared columns that it provides.
    """

    file: FeedFile
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    records: int
    rejected: int
    failing: int
    folder: Path
    relation: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    @property
    def rows(self) -> int:
        """Records that are rows."""
        return self.records - self.rejected

    @property
    def rank(self) -> int:
        """Canonical feeds are believed before any source."""
        return 0

    def where(self, record: int) -> tuple[str, int]:
        """The record itself: a row of the file is a row of the entity."""
        return self.file.name, record

    def quarantined(self) -> pa.Table:
        """Its rejected records and failing cells, under the file's present name."""
        rows = pq.read_table(self.folder / "quarantine.parquet")
        return rows.set_column(1, "file", pa.array([self.file.name] * len(rows), pa.string()))


def parsed_folder(root: Path, file: FeedFile, definitions: Definitions) -> Path:
    """Where the reading of this content under this contract is kept."""
    entity = ENTITIES[file.entity]
    contract = [
        [c.name, c.kind, c.required, c.values, c.personal, c.minimum, c.lower]
        for c in entity.columns
    ]
    meaning = [PARSED_FORMAT, definitions.workspace.currency, definitions.workspace.time_zone]
    key = content_hash([file.hash, file.format, entity.name, contract, meaning], 32)
    return root / ".lichen" / "parsed" / key


def header_of(file: FeedFile) -> Header:
    """The columns of a file against its contract; nothing else is read."""
    if file.format == "csv":
        foreign = foreign_content(file)
        if foreign is not None:
            return Header((), {}, (), (foreign,))
        return check_header(file, read_header(file.path))
    try:
        names = pq.read_schema(file.path).names
    except (pa.ArrowInvalid, pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:120]
        problem = FeedProblem(
            f"feeds/{file.name}", f"is not a Parquet file ({reason}).", "Export it again."
        )
        return Header((), {}, (), (problem,))
    return check_header(file, names)


def parse(
    session: Embedded, root: Path, file: FeedFile, header: Header, definitions: Definitions
) -> Parsed:
    """Read a file, or take its reading from the cache when content and contract are the same.

    Raises:
        FeedsUnusable: a Parquet column has a type that cannot be read, or its pages are damaged.
        FeedChanged: the file was written to meanwhile.
    """
    folder = parsed_folder(root, file, definitions)
    info = store.read_info(folder, deep=True)
    if info is None:
        staging = store.staging_folder(root)
        read = csvfile.parse if file.format == "csv" else parquetfile.parse
        try:
            info = read(session, staging, file, header, definitions)
            if not file.is_unchanged():
                # What was read may not be what the hash names, so it must not be kept under it.
                raise FeedChanged([file.name])
            store.commit(staging, folder, info)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return _as_parsed(file, header, folder, info, definitions)


def _as_parsed(
    file: FeedFile, header: Header, folder: Path, info: Mapping[str, Any], definitions: Definitions
) -> Parsed:
    if file.format == "csv":
        relation = csvfile.sound_rows(folder, info)
    else:
        relation = parquetfile.sound_rows(file, folder, info, definitions)
    return Parsed(
        file=file,
        columns=tuple(info["columns"]),
        unknown=header.unknown,
        records=info["records"],
        rejected=info["rejected"],
        failing=info["failing"],
        folder=folder,
        relation=relation,
    )
