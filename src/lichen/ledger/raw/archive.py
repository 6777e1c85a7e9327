"""What is inside an archive: its members, and how much they unpack to."""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from lichen.ledger.raw.files import is_hidden, is_paper
from lichen.ledger.raw.refusal import refused

DAMAGED = (
    BadZipFile,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What the readers of archives raise on bytes that are none, or are locked or packed otherwise."""

LARGEST_UNPACKED = 16 << 30
"""Bytes that an archive or a workbook may unpack to."""

LARGEST_RATIO = 200
"""How many times its packed size a member may unpack to; exports of text stay below 50."""

SMALL = 64 << 20
"""Below this unpacked size the ratio does not matter."""


LARGEST_HELD = 256 << 20
"""Bytes of a workbook inside an archive."""


def opened(path: Path | IO[bytes], where: str, what: str) -> ZipFile:
    """An archive to be closed by whoever asked; `what` says what the file should be.

    Raises:
        FeedsUnusable: it is no sound archive.
    """
    if not is_zipfile(path):
        raise refused(where, f"is not {what}.", "Export it again.")
    try:
        return ZipFile(path)
    except (BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise refused(where, f"is damaged ({error}).", "Export it again.") from error


def members(path: Path, where: str) -> list[str]:
    """Names of the files in an archive that are no papers.

    Raises:
        FeedsUnusable: a member leads out of the archive, is locked, nested, doubled or too large.
    """
    with opened(path, where, "a ZIP archive") as archive:
        every = archive.infolist()
    for info in every:
        if _leads_out(info.filename):
            found = f"holds a member named {info.filename!r}, which leads out of the archive."
            raise refused(where, found, "Pack it again from inside the folder.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise refused(where, f"holds a link, {info.filename!r}.", "Pack the file itself.")
    infos = [info for info in every if not info.is_dir() and not is_hidden(info.filename)]
    for info in infos:
        if PurePosixPath(info.filename).suffix.lower() == ".zip":
            raise refused(where, "holds another archive.", "Unpack the inner one.")
        if info.flag_bits & 1:
            raise refused(where, "is locked with a password.", "Pack it again without one.")
    check_size(infos, path.stat().st_size, where)
    names = [info.filename for info in infos if not is_paper(info.filename)]
    if not names:
        raise refused(where, "is an empty archive.", "Pack the exports into it.")
    doubled = next((name for name, times in Counter(names).items() if times > 1), None)
    if doubled is not None:
        found = f"holds two members named {doubled!r}."
        raise refused(where, found, "Pack it again with one of them.")
    return sorted(names)


def held(path: Path, member: str, where: str) -> IO[bytes]:
    """A member in memory: a workbook is read from all its ends.

    Raises:
        FeedsUnusable: it is too large for that, or damaged.
    """
    with opened(path, where, "a ZIP archive") as archive:
        try:
            size = archive.getinfo(member).file_size
            if size > LARGEST_HELD:
                raise refused(where, f"is a workbook of {size:,} bytes.", "Unpack it by hand.")
            return io.BytesIO(archive.read(member))
        except DAMAGED as error:
            raise refused(where, f"is damaged ({error}).", "Pack it again.") from error


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        path.is_absolute()
        or ".." in path.parts
        or not path.parts
        or bool(re.match(r"[A-Za-z]:", name))
    )


def check_size(infos: Sequence[ZipInfo], packed: int, where: str) -> None:
    """Refuse what says of itself that it unpacks to far more than it is.

    Raises:
        FeedsUnusable: it does.
    """
    total = sum(info.file_size for info in infos)
    for info in infos:
        if info.file_size > SMALL and info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
            found = (
                f"would unpack {info.filename} from {info.compress_size:,} to "
                f"{info.file_size:,} bytes."
            )
            raise refused(where, found, "If that is right, unpack it by hand.")
    if total > LARGEST_UNPACKED or (total > SMALL and total > LARGEST_RATIO * packed):
        raise refused(where, f"would unpack to {total:,} bytes.", "Unpack it by hand.")
