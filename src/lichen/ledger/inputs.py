"""Feeds of mode append: a file once loaded stays an input after it leaves the folder."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from lichen.kernel.ids import file_hash
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.feeds import FORMATS, FeedFile
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES


def with_kept(root: Path, files: Sequence[FeedFile], definitions: Definitions) -> list[FeedFile]:
    """The files of the folder, and kept ones of append feeds whose content is not among them.

    Raises:
        FeedsUnusable: a kept file no longer holds what was loaded; every one of them is listed.
    """
    present = {(file.entity, file.hash) for file in files}
    kept = [
        _kept_file(entity, path)
        for entity in ENTITIES
        if definitions.feed(entity).mode == "append"
        for path in sorted(_folder(root, entity).glob("*.*"))
        if path.suffix in FORMATS and (entity, path.name.split(".")[0]) not in present
    ]
    damaged = [_damaged(root, file) for file in kept if file_hash(file.path) != file.hash]
    if damaged:
        raise FeedsUnusable(damaged)
    return sorted([*files, *kept], key=lambda file: (list(ENTITIES).index(file.entity), file.name))


def keep(root: Path, files: Sequence[FeedFile], definitions: Definitions) -> None:
    """Keep a copy of each file of an append feed, named by its hash and then its own name."""
    for file in files:
        if definitions.feed(file.entity).mode != "append" or file.kept:
            continue
        folder = _folder(root, file.entity)
        if any(folder.glob(f"{file.hash}.*")):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{file.hash}.{Path(file.name).name}"
        aside = folder / f".{uuid.uuid4().hex}"
        shutil.copyfile(file.path, aside)
        if file_hash(aside) == file.hash:
            aside.replace(target)
        else:
            aside.unlink()


def _folder(root: Path, entity: str) -> Path:
    return root / ".lichen" / "inputs" / entity


def _damaged(root: Path, file: FeedFile) -> FeedProblem:
    _, _, name = file.path.name.partition(".")
    return FeedProblem(
        file.path.relative_to(root).as_posix(),
        f"no longer holds the rows that were loaded from {name}.",
        f"Put {name} into feeds/ again; or delete this copy, and its rows are gone.",
    )


def _kept_file(entity: str, path: Path) -> FeedFile:
    content, _, name = path.name.partition(".")
    held = path.stat()
    return FeedFile(
        entity=entity,
        name=f"{name} (kept)",
        path=path,
        format=FORMATS[path.suffix],
        bytes=held.st_size,
        hash=content,
        modified=held.st_mtime_ns,
        kept=True,
    )
