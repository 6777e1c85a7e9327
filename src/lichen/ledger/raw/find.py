"""Finding the files of a source: folders, archives and workbooks looked into, tricks refused."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from lichen.kernel.ids import file_hash
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.raw.files import FORMATS, PACKED, Format, RawFile, format_of, snake, table_name

LARGEST_UNPACKED = 16 << 30
"""Bytes that an archive or a workbook may unpack to."""

LARGEST_RATIO = 200
"""How many times its packed size a member may unpack to; exports of text stay below 50."""

SMALL = 64 << 20
"""Below this unpacked size the ratio does not matter."""

UNREAD = frozenset(
    ".xls .xlsb .xlsm .ods .numbers .7z .rar .tar .tgz .bz2 .xz .zst .avro .orc .feather .arrow "
    ".xml .dat .db .sqlite .html".split()
)
"""Endings of files that hold data which is not read; all others without a reader are papers."""

KNOWN = ", ".join(sorted(FORMATS))


def find_raw(folder: Path, shown: str) -> list[RawFile]:
    """Every readable part of every file under a source's folder, by name.

    Raises:
        FeedsUnusable: a file has no reader, leads out of the folder, or is no sound archive; all
            are listed. So is a folder without any file.
    """
    problems: list[FeedProblem] = []
    found: list[RawFile] = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            path.is_dir()
            or is_paper(path)
            or any(part.startswith((".", "_", "~$")) for part in inside.parts)
        ):
            continue
        where = f"{shown}/{inside.as_posix()}"
        try:
            found += _parts(folder, path, inside.as_posix(), where)
        except FeedsUnusable as error:
            problems += error.problems
        except OSError as error:
            step = "Check that the file exists and may be read by this user."
            problems.append(FeedProblem(where, f"cannot be opened ({error.strerror}).", step))
    if not found and not problems:
        step = f"Put exports there ({KNOWN}, also packed as .gz or .zip)."
        problems.append(FeedProblem(shown, "holds no files.", step))
    if problems:
        raise FeedsUnusable(problems)
    return found


def is_paper(path: Path) -> bool:
    """Whether a file holds no data, such as a README or a licence."""
    ending = path.suffix.lower()
    return ending not in (*FORMATS, *PACKED) and ending not in UNREAD


def refused(where: str, found: str, step: str) -> FeedsUnusable:
    """One problem as the error that lists problems."""
    return FeedsUnusable([FeedProblem(where, found, step)])


def _parts(folder: Path, path: Path, name: str, where: str) -> Iterator[RawFile]:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise refused(where, "is a link that leads out of its folder.", "Copy the file there.")
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):
        raise refused(where, "is not a file.", "Put an exported file there.")
    content = file_hash(path)
    parent = PurePosixPath(name).parent.as_posix()
    table = snake(parent.split("/")[0]) if parent != "." else table_name(name)

    def part(shown: str, of: str, kind: Format, member: str | None, sheet: str | None) -> RawFile:
        return RawFile(
            shown, of, path, member, sheet, kind, before.st_size, content, before.st_mtime_ns
        )

    if path.suffix.lower() == ".zip":
        for member in _members(path, where):
            kind = format_of(member)
            if kind is None or member.lower().endswith((".gz", ".xlsx")):
                step = f"Unpack it; readable inside an archive are {KNOWN} but .xlsx."
                raise refused(f"{where}/{member}", "is not read from inside an archive.", step)
            yield part(f"{name}/{member}", table_name(member), kind, member, None)
        return
    kind = format_of(path.name)
    if kind is None or (kind in ("xlsx", "parquet") and path.suffix.lower() == ".gz"):
        step = f"Export it as one of {KNOWN}, or move it out of the folder."
        raise refused(where, "has no reader.", step)
    if kind != "xlsx":
        yield part(name, table, kind, None, None)
        return
    sheets = sheet_names(path, where)
    for sheet in sheets:
        of = table if len(sheets) == 1 else f"{table}_{snake(sheet)}"
        shown = name if len(sheets) == 1 else f"{name}[{sheet}]"
        yield part(shown, of, "xlsx", None, sheet)


def sheet_names(path: Path, where: str) -> list[str]:
    """Sheets of a workbook that hold anything, its unpacked size checked before it is opened.

    Raises:
        FeedsUnusable: it is no workbook, or unpacks to too much.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    with _archive(path, where, "an Excel workbook (.xlsx)") as archive:
        _check_size(archive.infolist(), where)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [
            sheet.name
            for sheet in workbook.sheets_metadata
            if workbook.get_sheet_by_name(sheet.name).total_height
        ]
    except (CalamineError, ValueError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else "no reason given"
        found = f"is not a readable workbook ({reason})."
        raise refused(where, found, "Save it again as .xlsx, without a password.") from error


def _archive(path: Path, where: str, what: str) -> ZipFile:
    if not is_zipfile(path):
        raise refused(where, f"is not {what}.", "Export it again.")
    try:
        return ZipFile(path)
    except (BadZipFile, NotImplementedError, OSError) as error:
        raise refused(where, f"is damaged ({error}).", "Export it again.") from error


def _members(path: Path, where: str) -> list[str]:
    """Names of the files in an archive.

    Raises:
        FeedsUnusable: a member leads out of the archive, is locked, nested or too large.
    """
    with _archive(path, where, "a ZIP archive") as archive:
        every = archive.infolist()
    for info in every:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
            found = f"holds a member named {info.filename!r}, which leads out of the archive."
            raise refused(where, found, "Pack it again from inside the folder.")
        if parts.suffix.lower() == ".zip":
            raise refused(where, "holds another archive.", "Unpack the inner one.")
        if info.flag_bits & 1:
            raise refused(where, "is locked with a password.", "Pack it again without one.")
    infos = [
        info
        for info in every
        if not info.is_dir()
        and not any(part.startswith((".", "_")) for part in PurePosixPath(info.filename).parts)
    ]
    _check_size(infos, where)
    if not infos:
        raise refused(where, "is an empty archive.", "Pack the exports into it.")
    return sorted(info.filename for info in infos)


def _check_size(infos: list[ZipInfo], where: str) -> None:
    """Refuse what would unpack to far more than it is."""
    total = sum(info.file_size for info in infos)
    for info in infos:
        packed = max(info.compress_size, 1)
        if info.file_size > SMALL and info.file_size > LARGEST_RATIO * packed:
            found = (
                f"would unpack {info.filename} from {info.compress_size:,} to "
                f"{info.file_size:,} bytes."
            )
            raise refused(where, found, "If that is right, unpack it by hand.")
    if total > LARGEST_UNPACKED:
        raise refused(where, f"would unpack to {total:,} bytes.", "Unpack it by hand.")
