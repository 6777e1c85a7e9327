"""Text of any encoding as UTF-8 on disk, a piece at a time; what means nothing is marked."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lichen.ledger.csvlines import CHUNK
from lichen.ledger.raw.refusal import refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESS = "cp1252"
UTF_8 = ("utf-8", "utf-8-sig", "ascii")
FOREIGN = re.compile(r"[^\x00-\x7f]")
UNREADABLE = "\ud800"
"""Stands for bytes without a meaning. UTF-8 must not hold it, so its record is rejected."""

DECLARE = (
    'Declare its encoding in the mapping, such as encoding = "cp1250", "cp1251" or "mac_roman".'
)


@dataclass(frozen=True)
class Text:
    """A file of text in UTF-8; `note` says what it was in and how that is known."""

    path: Path
    encoding: str
    note: str


def as_utf8(path: Path, declared: str | None, staging: Path, where: str) -> Text:
    """The text in UTF-8: the file itself where it is, else decoded into `staging`.

    What is declared holds. Else a byte order mark tells the encoding; else text with more sound
    UTF-8 than broken is UTF-8. What remains is taken as Windows-1252, which is the commonest, and
    the note shows its letters so that a person can see whether that was right.

    Raises:
        FeedsUnusable: the encoding is unknown, or too much of the file means nothing in it.
    """
    if declared is not None:
        name = _known(declared, where)
        if name in UTF_8:
            return Text(path, "utf-8", "UTF-8, as declared")
        decoded = _decoded(path, name, staging, where)
        return Text(decoded.path, name, f"{declared}, as declared")
    marked = _told(path)
    if marked == "utf-8" or (marked is None and _is_mostly_utf8(path)):
        return Text(path, "utf-8", "UTF-8")
    name = marked or GUESS
    decoded = _decoded(path, name, staging, where)
    if marked:
        return Text(decoded.path, name, marked.upper())
    note = f"{GUESS}, as it is not UTF-8: its letters are then {decoded.letters}"
    return Text(decoded.path, name, f"{note}; declare encoding if they are wrong")


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
    """Whether more of its letters beyond ASCII are sound UTF-8 than not."""
    sound = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(chunk)
            # A replacement character that the file itself holds is sound.
            lost = text.count("\ufffd") - chunk.count("\ufffd".encode())
            sound += len(text) - len(text.encode("ascii", "ignore")) - lost
            broken += lost
    broken += len(decoder.decode(b"", True))
    return broken == 0 or sound > broken


@dataclass(frozen=True)
class _Decoded:
    path: Path
    letters: str


def _decoded(path: Path, encoding: str, staging: Path, where: str) -> _Decoded:
    target = staging / "text"
    decoder = codecs.getincrementaldecoder(encoding)(errors="lichen.mark")
    letters: Counter[str] = Counter()
    total = foreign = lost = 0
    try:
        with path.open("rb") as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK):
                text = decoder.decode(chunk)
                out.write(text.encode("utf-8", "surrogatepass"))
                if text.isascii():
                    total += len(text)
                    continue
                if not letters:
                    letters.update(FOREIGN.findall(text))
                total += len(text)
                foreign += len(text) - len(text.encode("ascii", "ignore"))
                lost += text.count(UNREADABLE)
            text = decoder.decode(b"", True)
            lost += text.count(UNREADABLE)
            out.write(text.encode("utf-8", "surrogatepass"))
    except UnicodeError as error:
        raise refused(where, f"is not text in {encoding} ({error}).", DECLARE) from error
    _refuse_lost(lost, foreign if encoding == GUESS else total, encoding, where)
    shown = [letter for letter, _ in letters.most_common(9) if letter.isprintable()]
    return _Decoded(target, " ".join(shown[:8]))


def _refuse_lost(lost: int, of: int, encoding: str, where: str) -> None:
    """A few characters without a meaning cost their records; many show another encoding."""
    if lost * 20 > of:
        noun = "place means" if lost == 1 else "places mean"
        found = f"is not text in {encoding}: {lost:,} {noun} nothing in it."
        raise refused(where, found, DECLARE)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNREADABLE, error.end


codecs.register_error("lichen.mark", _mark)
