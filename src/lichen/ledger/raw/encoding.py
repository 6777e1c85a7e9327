"""The text of a raw file as UTF-8 on disk: its encoding told, found or guessed."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lichen.ledger.raw.refusal import refused

CHUNK = 1 << 22
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PLAIN = ("utf-8", "utf-8-sig", "ascii")
LOST = "\ufffd"


@dataclass(frozen=True)
class Text:
    """A file of text in UTF-8; `encoding` is what it was in, `guessed` when nothing told it."""

    path: Path
    encoding: str
    guessed: bool


def as_utf8(path: Path, declared: str | None, staging: Path, where: str) -> Text:
    """The text in UTF-8: the file itself where it is, else decoded into `staging`.

    A byte order mark tells the encoding; else text that is UTF-8 throughout is UTF-8, and text
    that is so but for single bytes keeps it (those records are rejected later). What remains is
    taken as Windows-1252, which leaves no byte without a meaning.

    Raises:
        FeedsUnusable: the declared encoding is unknown or is not the file's.
    """
    name = _known(declared, where) if declared is not None else _told(path)
    if name is not None:
        text = path if name in PLAIN else _decoded(path, name, "strict", staging, where)
        return Text(text, name, False)
    if _is_mostly_utf8(path):
        return Text(path, "utf-8", False)
    return Text(_decoded(path, "cp1252", "latin-1-rest", staging, where), "cp1252", True)


def _known(encoding: str, where: str) -> str:
    try:
        # Other codecs (zip, hex) do not decode to text, and no reader of text takes them.
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        found = f"is declared to be in {encoding!r}, which is no known encoding."
        step = 'Write one such as "utf-8", "cp1252" or "utf-16".'
        raise refused(where, found, step) from error


def _told(path: Path) -> str | None:
    """The encoding that a byte order mark tells, or the zeros between the letters of UTF-16."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if marked is not None or len(head) < 4:
        return marked
    even, odd = head[::2], head[1::2]
    if odd.count(0) > len(odd) * 0.7 and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.7 and not odd.count(0) else None


def _is_mostly_utf8(path: Path) -> bool:
    """Whether more of its non-ASCII letters are sound UTF-8 than not."""
    sound = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(chunk)
            lost = max(text.count(LOST) - chunk.count(LOST.encode()), 0)
            plain = int(np.count_nonzero(np.frombuffer(chunk, dtype=np.uint8) < 128))
            broken += lost
            sound += max(len(text) - plain - lost, 0)
    broken += len(decoder.decode(b"", True))
    return broken == 0 or sound > broken


def _decoded(path: Path, encoding: str, errors: str, staging: Path, where: str) -> Path:
    target = staging / "text"
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    with path.open("rb") as stream, target.open("wb") as out:
        try:
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
