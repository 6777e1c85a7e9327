"""The bytes of a raw file as UTF-8 on disk: unpacked and decoded, a chunk at a time."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

from lichen.ledger.raw.files import RawFile
from lichen.ledger.raw.find import LARGEST_RATIO, LARGEST_UNPACKED, SMALL, refused

CHUNK = 1 << 22
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PLAIN = ("utf-8", "utf-8-sig")


@dataclass(frozen=True)
class Text:
    """A file of text in UTF-8; `encoding` is what it was in, `guessed` when nothing told it."""

    path: Path
    encoding: str
    guessed: bool


def unpacked(file: RawFile, staging: Path, where: str) -> Path:
    """The file itself, or what it packs, written to `staging`.

    Raises:
        FeedsUnusable: it is damaged, or unpacks to too much.
    """
    if file.member is None and file.path.suffix.lower() != ".gz":
        return file.path
    target = staging / "unpacked"
    try:
        with _packed(file) as stream, target.open("wb") as out:
            _copy(stream, out, file.bytes, where)
    except (gzip.BadGzipFile, zlib.error, BadZipFile, EOFError) as error:
        raise refused(where, f"is damaged ({error}).", "Export or pack it again.") from error
    return target


@contextmanager
def _packed(file: RawFile) -> Iterator[IO[bytes]]:
    if file.member is None:
        with gzip.open(file.path) as stream:
            yield cast("IO[bytes]", stream)
        return
    with ZipFile(file.path) as archive, archive.open(file.member) as member:
        yield member


def _copy(stream: IO[bytes], out: IO[bytes], packed: int, where: str) -> None:
    """Copy, and stop a bomb while it goes off: what an archive says of itself may be false."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > LARGEST_UNPACKED or (size > SMALL and size > LARGEST_RATIO * packed):
            found = f"unpacks to over {size:,} bytes from {packed:,}."
            raise refused(where, found, "If that is right, unpack it by hand.")
        out.write(chunk)


def as_utf8(path: Path, declared: str | None, staging: Path, where: str) -> Text:
    """The text in UTF-8: the file itself where it is, else decoded into `staging`.

    A byte order mark tells the encoding; else text that is UTF-8 throughout is UTF-8, and text
    that is so but for single bytes keeps it (those records are rejected later). What remains is
    taken as Windows-1252, which leaves no byte without a meaning.

    Raises:
        FeedsUnusable: the declared encoding is unknown or is not the file's.
    """
    if declared is not None:
        name = _known(declared, where)
        return Text(_decoded(path, name, "strict", staging, where), name, False)
    marked = _marked(path)
    if marked is not None:
        plain = marked in PLAIN
        text = path if plain else _decoded(path, marked, "strict", staging, where)
        return Text(text, marked, False)
    if _is_mostly_utf8(path):
        return Text(path, "utf-8", False)
    return Text(_decoded(path, "cp1252", "latin-1-rest", staging, where), "cp1252", True)


def _known(encoding: str, where: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        found = f"is declared to be in {encoding!r}, which is no known encoding."
        step = 'Write one such as "utf-8", "cp1252" or "utf-16".'
        raise refused(where, found, step) from error


def _marked(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((name for mark, name in MARKS if head.startswith(mark)), None)


def _is_mostly_utf8(path: Path) -> bool:
    """Whether more of its non-ASCII letters are sound UTF-8 than not."""
    sound = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(chunk)
            lost = text.count("\ufffd")
            broken += lost
            sound += sum(map(text.count, {letter for letter in text if letter > "\x7f"})) - lost
    return broken == 0 or sound > broken


def _decoded(path: Path, encoding: str, errors: str, staging: Path, where: str) -> Path:
    if codecs.lookup(encoding).name in PLAIN:
        return path
    target = staging / "text"
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    try:
        with path.open("rb") as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK):
                out.write(decoder.decode(chunk).encode())
            out.write(decoder.decode(b"", True).encode())
    except UnicodeError as error:
        found = f"is not text in {encoding} ({error})."
        raise refused(where, found, "Declare its encoding in the mapping.") from error
    return target


def _latin_rest(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that Windows-1252 leaves out, as the control characters of Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin-1-rest", _latin_rest)
