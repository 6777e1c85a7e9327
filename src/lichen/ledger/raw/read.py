"""Reading a raw file once: kept by its content, and given as one relation of text."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, read_rows, trimmed
from lichen.kernel.ids import content_hash
from lichen.ledger import store
from lichen.ledger.csvtext import RejectedRecord
from lichen.ledger.errors import FeedChanged
from lichen.ledger.raw import columnar, delimited, jsonlines, workbook
from lichen.ledger.raw.files import Hints, RawFile

RAW_FORMAT = 5


@dataclass(frozen=True)
class RawFileRead:
    """A file as rows of text: records = rows of `relation` + rejected.

    `relation` is SQL of record (1 is the first after the header) and a VARCHAR column per name,
    trimmed, null where empty. `notes` say how the file was understood. `filled` are the filled
    cells of each column, where they were counted by the way.
    """

    file: RawFile
    columns: tuple[str, ...]
    typed: tuple[bool, ...]
    records: int
    rejects: tuple[RejectedRecord, ...]
    relation: str
    notes: tuple[str, ...]
    filled: tuple[int, ...] | None = None

    @property
    def rejected(self) -> int:
        """Records that are not rows."""
        return len(self.rejects)


def raw_folder(root: Path, file: RawFile, hints: Hints) -> Path:
    """Where the reading of this part of this content under these hints is kept."""
    key = [RAW_FORMAT, file.content, asdict(hints)]
    return root / ".lichen" / "raw" / content_hash(key, 32)


def read_raw(
    session: Embedded, root: Path, file: RawFile, hints: Hints, where: str | None = None
) -> RawFileRead:
    """Read a file, or take its reading from the cache; `where` is its name in messages.

    Raises:
        FeedsUnusable: it cannot be read at all.
        FeedChanged: it was written to meanwhile.
    """
    folder = raw_folder(root, file, hints)
    info = store.read_info(folder, deep=True)
    if info is None:
        info = _converted(session, root, folder, file, hints, where or file.name)
    store.mark_used(folder)
    columns = tuple(info["columns"])
    return RawFileRead(
        file=file,
        columns=columns,
        typed=tuple(info["typed"]),
        records=info["records"],
        rejects=tuple(RejectedRecord(*one) for one in info["rejects"]),
        relation=_relation(file, folder, info, columns),
        notes=(*info["notes"], *hidden_notes(file)),
        filled=tuple(info["filled"]) if info.get("filled") is not None else None,
    )


def hidden_notes(file: RawFile) -> tuple[str, ...]:
    """Which sheets of the workbook were skipped, if any were."""
    return (f"hidden sheets not read: {', '.join(file.skipped)}",) if file.skipped else ()


def _converted(
    session: Embedded, root: Path, folder: Path, file: RawFile, hints: Hints, where: str
) -> dict[str, Any]:
    """The entry of a file that was not read before; nothing stays on disk of one that fails."""
    staging = store.staging_folder(root)
    try:
        info = _convert(session, staging, file, hints, where)
        for path in staging.iterdir():
            if path.name != "rows.parquet" or info["in_place"]:
                path.unlink()
        if not file.is_unchanged():
            raise FeedChanged([where])
        store.commit(staging, folder, info)
    except FileNotFoundError as error:
        raise FeedChanged([where]) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return info


def _convert(
    session: Embedded, staging: Path, file: RawFile, hints: Hints, where: str
) -> dict[str, Any]:
    if file.format == "xlsx":
        return workbook.convert(staging, file, hints, where)
    if file.format in ("json", "jsonl"):
        return jsonlines.convert(staging, file, hints, where)
    if file.format == "parquet":
        return columnar.convert(session, staging, file, where)
    return delimited.convert(session, staging, file, hints, where)


def _relation(
    file: RawFile, folder: Path, info: Mapping[str, Any], columns: tuple[str, ...]
) -> str:
    if not info["in_place"]:
        source = read_rows(folder / "rows.parquet")
    elif file.format == "parquet":
        source = f"({columnar.cells(file.path, [tuple(one) for one in info['types']])})"
    else:
        source = delimited.relation(file.path, len(columns), info["dialect"])
    names = "".join(
        f", {trimmed(f'c{place}')} AS {quoted(name)}" for place, name in enumerate(columns)
    )
    return f"SELECT record{names} FROM {source}"
