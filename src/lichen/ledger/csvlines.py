"""The lines of a file one after the other: only those that somebody may still ask for are held."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

CHUNK = 1 << 22
BOM = codecs.BOM_UTF8
LONGEST_LINE = 1 << 24
"""Bytes of one line that are ever held; the rest of a longer one is read and dropped."""
AHEAD = 4096


class LineSource(Protocol):
    """Lines by number, asked for from the front."""

    def line(self, place: int) -> bytes | None:
        """A line that was not let go; None after the last one."""

    def let_go(self, before: int) -> None:
        """Lines before this one will not be asked for again."""


class HeldLines:
    """Lines that are all in memory."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines

    def line(self, place: int) -> bytes | None:
        """A line; None after the last one."""
        return self.lines[place] if place < len(self.lines) else None

    def let_go(self, before: int) -> None:
        """Nothing: they were in memory before."""


class Lines:
    """Lines by number, counted from 0, with their ends; a byte order mark belongs to none.

    A line ends at a newline, a carriage return, or both together. `begin` and `end` are places of
    bytes: reading starts at the one and stops before the other.
    """

    def __init__(self, path: Path, begin: int = 0, end: int | None = None) -> None:
        self._stream = path.open("rb")
        self._left = (path.stat().st_size if end is None else end) - begin
        self._stream.seek(begin)
        self._rest = b""
        self._first = 0
        self._held: list[bytes] = []
        if begin == 0:
            self._rest = self._read(len(BOM)).removeprefix(BOM)

    def line(self, place: int) -> bytes | None:
        """A line that was not let go; None after the last one."""
        while place - self._first >= len(self._held):
            if not self._read_on():
                return None
        return self._held[place - self._first]

    def let_go(self, before: int) -> None:
        """Lines before this one will not be asked for again."""
        gone = before - self._first
        if gone >= AHEAD or gone >= len(self._held):
            del self._held[:gone]
            self._first = before

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _read(self, size: int) -> bytes:
        found = self._stream.read(min(size, max(self._left, 0)))
        self._left -= len(found)
        return found

    def _read_on(self) -> bool:
        """Take in the lines of the next piece; false at the end of the file."""
        chunk = self._read(CHUNK)
        if not chunk:
            held = self._rest.splitlines(keepends=True)
            self._held += held
            self._rest = b""
            return bool(held)
        if len(self._rest) > LONGEST_LINE and not self._rest.endswith(b"\r"):
            ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
            chunk = chunk[min(ends) :] if ends else b""
        lines = (self._rest + chunk).splitlines(keepends=True)
        # The end of the piece may stand inside a line, or between the two characters of its end.
        self._rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        self._held += lines
        if len(self._rest) > LONGEST_LINE + 1 and not self._rest.endswith(b"\r"):
            self._rest = self._rest[: LONGEST_LINE + 1]
        return True
