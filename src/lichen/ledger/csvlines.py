"""The lines of a file of any size, by number."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import Self, overload

import numpy as np

CHUNK = 1 << 22
BOM = codecs.BOM_UTF8
NEWLINE, RETURN = 10, 13
LONGEST_LINE = 1 << 24
"""Bytes of one line that are ever held; a longer line is rejected, whatever it says."""


class Lines(Sequence[bytes]):
    """The lines of a file by number, read from disk when asked for: only their places are held.

    It is to be used in a `with`, which closes the file.
    """

    def __init__(self, path: Path) -> None:
        self._starts = _line_starts(path)
        self._stream = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __len__(self) -> int:
        return len(self._starts) - 1

    def begin(self, place: int) -> int:
        """The byte that a line begins at; for the line after the last, where the text ends."""
        return int(self._starts[place])

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        start, after = int(self._starts[place]), int(self._starts[place + 1])
        self._stream.seek(start)
        return self._stream.read(min(after - start, LONGEST_LINE))

    def is_too_long(self, place: int) -> bool:
        """Whether the line is longer than is ever taken into memory."""
        return int(self._starts[place + 1] - self._starts[place]) > LONGEST_LINE


def _line_starts(path: Path) -> np.ndarray:
    """Where each line begins, after a byte order mark, and where the last one ends."""
    found: list[np.ndarray] = []
    offset, carry = 0, False
    with path.open("rb") as stream:
        begin = len(BOM) if stream.read(len(BOM)) == BOM else 0
        stream.seek(begin)
        offset = begin
        while chunk := stream.read(CHUNK):
            codes = np.frombuffer(chunk, dtype=np.uint8)
            ends = codes == NEWLINE
            # A carriage return ends a line unless a newline follows it.
            lone = codes == RETURN
            lone[:-1] &= ~ends[1:]
            if carry and not ends[0]:
                found.append(np.array([offset], dtype=np.int64))
            carry = bool(lone[-1])
            lone[-1] = False
            found.append(np.flatnonzero(ends | lone) + 1 + offset)
            offset += len(codes)
    starts = np.concatenate([np.array([begin], dtype=np.int64), *found])
    return starts if starts[-1] == offset else np.append(starts, offset)
