"""An exact count of the records of delimited text, made from its bytes alone.

It is the second opinion on what a fast reader found: line ends outside quotes whose line holds
something, whatever the delimiter.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lichen.ledger.csvlines import CHUNK
from lichen.ledger.csvtext import COMMAS, FIELD_LIMIT

NEWLINE, RETURN = 10, 13


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes tells: `records` after the header where the text is `plain`.

    Plain text is UTF-8 without NUL, lone carriage returns or records longer than a field may be,
    and its last quote is closed.
    """

    plain: bool
    records: int


def survey(path: Path, quote: str = COMMAS.quote) -> Survey:
    """Count the records of a file without parsing it: line ends at even quote parity."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    count = _LineCount(quote)
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
                if b"\0" in chunk or not count.add(chunk):
                    return Survey(False, 0)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return Survey(False, 0)
    if count.inside or count.after_return:
        return Survey(False, 0)
    return Survey(True, max(count.records + (1 if count.filled else 0) - 1, 0))


class _LineCount:
    """Line ends outside quotes whose line holds something, chunk after chunk.

    `filled` says whether the line still open holds anything but a carriage return.
    """

    def __init__(self, quote: str) -> None:
        self.quote = ord(quote) if quote else None
        self.records = 0
        self.open_length = 0
        self.inside = self.filled = self.after_return = False

    def add(self, chunk: bytes) -> bool:
        """Count one more chunk; false when the text is not plain."""
        if not self._returns_are_paired(chunk):
            return False
        codes = np.frombuffer(chunk, dtype=np.uint8)
        ends = self._ends_outside_quotes(codes)
        if not len(ends):
            self.open_length += len(codes)
            self.filled = self.filled or bool(np.any(codes != RETURN))
            return self.open_length <= FIELD_LIMIT
        starts = np.concatenate(([0], ends[:-1] + 1))
        length = ends - starts
        only_return = (length == 1) & (codes[starts] == RETURN)
        filled = (length > 0) & ~only_return
        filled[0] = filled[0] or self.filled
        self.records += int(filled.sum())
        longest = max(int(length.max()), self.open_length + int(length[0]))
        rest = codes[ends[-1] + 1 :]
        self.open_length = len(rest)
        self.filled = bool(np.any(rest != RETURN))
        return max(longest, self.open_length) <= FIELD_LIMIT

    def _ends_outside_quotes(self, codes: np.ndarray) -> np.ndarray:
        ends = np.flatnonzero(codes == NEWLINE)
        if self.quote is None:
            return ends
        quotes = np.flatnonzero(codes == self.quote)
        if len(quotes) or self.inside:
            before = np.searchsorted(quotes, ends) + int(self.inside)
            ends = ends[before % 2 == 0]
            self.inside = (int(self.inside) + len(quotes)) % 2 == 1
        return ends

    def _returns_are_paired(self, chunk: bytes) -> bool:
        if self.after_return and not chunk.startswith(b"\n"):
            return False
        self.after_return = chunk.endswith(b"\r")
        return chunk.count(b"\r") == chunk.count(b"\r\n") + int(self.after_return)
