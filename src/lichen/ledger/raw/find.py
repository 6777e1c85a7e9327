"""Finding the files of a source: folders, archives and workbooks looked into, tricks refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lichen.kernel.ids import file_hash
from lichen.kernel.visible import visible
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.raw.archive import held, members
from lichen.ledger.raw.files import (
    FORMATS,
    Format,
    RawFile,
    format_of,
    is_hidden,
    is_paper,
    snake,
    table_name,
)
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.sheets import Book, filled_sheets

KNOWN = ", ".join(sorted(FORMATS))
UNOPENED = "Check that it exists and may be read by this user."


def find_raw(folder: Path, shown: str, sheets: Collection[str] = ()) -> list[RawFile]:
    """Every readable part of every file under a source's folder, by name.

    Hidden sheets of workbooks are left out, unless they are among these `sheets`.

    Raises:
        FeedsUnusable: a file has no reader, leads out of the folder, or is no sound archive; all
            are listed. So is a folder without any file.
    """
    problems: list[FeedProblem] = []
    found: list[RawFile] = []
    for path in _files(folder, shown, problems):
        name = path.relative_to(folder).as_posix()
        where = f"{shown}/{_shown(name)}"
        try:
            found += _parts(folder, path, name, where, sheets)
        except FeedsUnusable as error:
            problems += error.problems
        except (OSError, RuntimeError) as error:
            # Before Python 3.13 a link that leads to itself is a RuntimeError.
            reason = getattr(error, "strerror", None) or "it leads to itself"
            problems.append(FeedProblem(where, f"cannot be opened ({reason}).", UNOPENED))
    if not found and not problems:
        step = f"Put exports there ({KNOWN}, also packed as .gz or .zip)."
        problems.append(FeedProblem(shown, "holds no files.", step))
    if problems:
        raise FeedsUnusable(problems)
    return found


def _files(folder: Path, shown: str, problems: list[FeedProblem]) -> list[Path]:
    """Files that may hold data, by name; folders that cannot be looked into become problems."""

    def unreadable(error: OSError) -> None:
        where = "/".join([shown, *Path(error.filename).relative_to(folder).parts])
        problems.append(FeedProblem(where, f"cannot be opened ({error.strerror}).", UNOPENED))

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable if folder.exists() else None):
        inside = Path(parent).relative_to(folder)
        folders[:] = [name for name in folders if not is_hidden(name)]
        for name in folders:
            if Path(parent, name).is_symlink():
                where = f"{shown}/{_shown((inside / name).as_posix())}"
                step = "Copy its files there, or name it as the folder of the source."
                problems.append(FeedProblem(where, "is a link to a folder.", step))
        found += [
            Path(parent, name) for name in names if not is_hidden(name) and not is_paper(name)
        ]
    return sorted(found)


def _shown(name: str) -> str:
    """A name that can be printed, whatever bytes it is made of and whatever terminals obey."""
    return visible(name.encode("utf-8", errors="replace").decode())


def unread(folder: Path) -> list[str]:
    """Files, and folders with a `/`, that are not looked at: papers, and names with `_` in front.

    What begins with a dot belongs to the system of the computer and is not spoken of.
    """
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        inside = Path(parent).relative_to(folder)
        left = [name for name in names if is_hidden(name) or is_paper(name)]
        left += [f"{name}/" for name in folders if is_hidden(name)]
        slash = "" if inside == Path() else f"{inside.as_posix()}/"
        found += [_shown(f"{slash}{name}") for name in left if not name.startswith(".")]
        folders[:] = [name for name in folders if not is_hidden(name)]
    return sorted(found)


def _parts(
    folder: Path, path: Path, name: str, where: str, wanted: Collection[str]
) -> Iterator[RawFile]:
    if name.encode("utf-8", errors="replace").decode() != name:
        raise refused(where, "has a name that is not UTF-8.", "Rename it.")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise refused(where, "is a link that leads out of its folder.", "Copy the file there.")
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):
        raise refused(where, "is not a file.", "Put an exported file there.")
    content = file_hash(path)

    def part(shown: str, of: str, kind: Format, member: str | None, sheet: str | None) -> RawFile:
        return RawFile(
            shown, of, path, member, sheet, kind, before.st_size, content, before.st_mtime_ns
        )

    def parts(shown: str, of: str, kind: Format, member: str | None) -> Iterator[RawFile]:
        if kind != "xlsx":
            yield part(shown, of, kind, member, None)
            return
        book: Book = path if member is None else held(path, member, where)
        inside = f"{where}/{member}" if member else where
        sheets, skipped = _sheets(book, before.st_size, inside, wanted)
        for sheet in sheets:
            one = len(sheets) == 1
            named = of if one else f"{of}_{snake(sheet)}"
            read = part(shown if one else f"{shown}[{sheet}]", named, kind, member, sheet)
            yield replace(read, skipped=skipped) if sheet == sheets[0] else read

    if path.suffix.lower() == ".zip":
        for member in members(path, where):
            inner = _packed(member, where)
            yield from parts(f"{name}/{member}", table_name(member), inner, member)
        return
    kind = format_of(path.name)
    if kind is None or (kind in ("xlsx", "parquet") and path.suffix.lower() == ".gz"):
        step = f"Export it as one of {KNOWN}, or move it out of the folder."
        raise refused(where, "has no reader.", step)
    yield from parts(name, _table(name), kind, None)


def _sheets(
    book: Book, size: int, where: str, wanted: Collection[str]
) -> tuple[list[str], tuple[str, ...]]:
    """Sheets to read, and hidden ones that are skipped."""
    listed = filled_sheets(book, size, where)
    sheets = [one.name for one in listed if not one.is_hidden or one.name in wanted]
    skipped = tuple(one.name for one in listed if one.name not in sheets)
    if skipped and not sheets:
        found = f"has hidden sheets only ({', '.join(skipped)})."
        raise refused(where, found, "Show one in the workbook, or name it as `sheet`.")
    return sheets, skipped


def _table(name: str) -> str:
    """By the first folder that the file stands in, else by its own name."""
    first, *rest = PurePosixPath(name).parts
    return (snake(first) or "table") if rest else table_name(name)


def _packed(member: str, where: str) -> Format:
    kind = format_of(member)
    if kind is None or member.lower().endswith(".gz"):
        step = f"Unpack it; readable inside an archive are {KNOWN}."
        raise refused(f"{where}/{member}", "is not read from inside an archive.", step)
    return kind
