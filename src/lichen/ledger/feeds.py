"""Which files belong to which entity: discovery of `feeds/`, by name alone."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.errors import did_you_mean
from lichen.kernel.ids import file_hash
from lichen.ledger.errors import FeedProblem, FeedsUnusable, NoFeeds
from lichen.vocabulary.entities import ENTITIES

FORMATS = {".csv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class FeedFile:
    """One file of one entity: `name` is shown to people, `hash` stands for its content.

    `modified` is its time of change, in nanoseconds, from before the content was hashed.

    `kept` files belong to a feed of mode append and are no longer in the feeds folder.
    """

    entity: str
    name: str
    path: Path
    format: str
    bytes: int
    hash: str
    modified: int
    kept: bool = False

    def is_unchanged(self) -> bool:
        """Whether the file is still the one whose content `hash` names."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.bytes, self.modified)


def has_feeds(root: Path) -> bool:
    """Whether anything stands in `root/feeds`."""
    folder = root / "feeds"
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())


def find_feeds(root: Path) -> list[FeedFile]:
    """Every feed file under `root/feeds`, by entity and name.

    Raises:
        FeedsUnusable: a file or folder belongs to no entity, cannot be opened or is of another
            format; all of them are listed.
        NoFeeds: there is no file at all.
    """
    folder = root / "feeds"
    if not folder.is_dir():
        raise NoFeeds(folder)
    found: list[tuple[str, Path]] = []
    problems: list[FeedProblem] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            _folder(path, found, problems)
        else:
            _file(path, path.name.split(".")[0], found, problems)
    files = [_describe(root, entity, path, problems) for entity, path in found]
    if problems:
        raise FeedsUnusable(problems)
    if not files:
        raise NoFeeds(folder)
    return [file for file in files if file is not None]


def unread_feeds(root: Path) -> list[str]:
    """Files of the feeds that are not looked at, since their names begin with `_`."""
    folder = root / "feeds"
    return sorted(
        path.relative_to(root).as_posix()
        for path in folder.glob("*/**/_*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    )


def _folder(path: Path, found: list[tuple[str, Path]], problems: list[FeedProblem]) -> None:
    if path.name not in ENTITIES:
        stem = path.name.split(".")[0]
        if stem in ENTITIES:
            step = f"Move its files into feeds/{stem}/."
            problems.append(
                FeedProblem(f"feeds/{path.name}", "is a folder named like a file.", step)
            )
        else:
            problems.append(_unknown(f"feeds/{path.name}/", path.name))
        return
    for inside in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in inside.relative_to(path).parts)
        if not inside.is_dir() and not hidden and not inside.name.startswith("_"):
            _file(inside, path.name, found, problems)


def _file(
    path: Path, entity: str, found: list[tuple[str, Path]], problems: list[FeedProblem]
) -> None:
    where = f"feeds/{path.name}" if path.parent.name == "feeds" else f"feeds/{entity}/{path.name}"
    if entity not in ENTITIES:
        problems.append(_unknown(where, entity))
    elif path.suffix.lower() not in FORMATS:
        step = (
            "Export it as CSV (UTF-8, comma) or Parquet; or put it under raw/<system>/, where any "
            "form is read through a mapping."
        )
        problems.append(FeedProblem(where, "is neither CSV nor Parquet.", step))
    else:
        found.append((entity, path))


def _unknown(where: str, entity: str) -> FeedProblem:
    return FeedProblem(where, f"there is no entity '{entity}'.", did_you_mean(entity, ENTITIES))


def _describe(root: Path, entity: str, path: Path, problems: list[FeedProblem]) -> FeedFile | None:
    name = path.relative_to(root / "feeds").as_posix()
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            # A pipe would be waited for without end.
            step = "Put a CSV or Parquet file there."
            problems.append(FeedProblem(f"feeds/{name}", "is not a file.", step))
            return None
        content = file_hash(path)
    except OSError as error:
        step = "Check that the file exists and may be read by this user."
        problems.append(FeedProblem(f"feeds/{name}", f"cannot be opened ({error.strerror}).", step))
        return None
    return FeedFile(
        entity=entity,
        name=name,
        path=path,
        format=FORMATS[path.suffix.lower()],
        bytes=before.st_size,
        hash=content,
        modified=before.st_mtime_ns,
    )
