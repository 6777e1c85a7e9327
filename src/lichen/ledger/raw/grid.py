"""How much memory the cells of a sheet will take, from its bytes alone.

The reader of workbooks holds a rectangle around all cells, and a text that cells share once for
each of them: a file of a kilobyte can fill any memory by two cells that stand far apart, or by a
long text in many cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from zipfile import ZipFile, ZipInfo

from lichen.ledger.raw.archive import LARGEST_RATIO, SMALL
from lichen.ledger.raw.refusal import refused

CHUNK = 1 << 22
LONGEST_TAG = 1 << 20
LARGEST_GRID = 100_000_000
"""Cells from the first to the last filled row and column, empty ones in between included."""

LARGEST_TEXT = 2 << 30
"""Bytes of text in the cells of one sheet."""

WIDEST = 16_384
AT = rb"\br\s*=\s*[\"']"
CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?" + AT + rb"([A-Za-z]{1,3})(\d{1,7})[\"']")
ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?" + AT + rb"(\d{1,7})[\"']")
ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
SHARED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\bt\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v(?:\s[^>]*)?>\s*(\d{1,9})\s*<"
)
TEXT = re.compile(rb"<(?:\w+:)?si\b[^>]*>(.*?)</(?:\w+:)?si>", re.DOTALL)


@dataclass
class Grid:
    """The places of the cells in a part of a workbook, as far as it was read."""

    is_sheet: bool = False
    count: int = 0
    errors: int = 0
    unplaced: int = 0
    top: int = 1 << 30
    bottom: int = 0
    letters: set[bytes] = field(default_factory=set)

    def add(self, piece: bytes) -> None:
        """The cells of a piece."""
        self.is_sheet = self.is_sheet or b"sheetData" in piece
        if not self.is_sheet:
            return
        cells = CELL.findall(piece)
        self.letters.update(letters.upper() for letters, _ in cells)
        rows = {int(number) for number in (*(one for _, one in cells), *ROW.findall(piece))}
        self.top = min(self.top, *rows, self.top)
        self.bottom = max(self.bottom, *rows, self.bottom)
        every = len(ANY_CELL.findall(piece))
        self.count += every
        self.unplaced += every - len(cells)
        self.errors += len(ERROR.findall(piece))

    @property
    def span(self) -> int:
        """Cells of the rectangle around all; those that do not say their place may be anywhere."""
        places = [_number(letters) for letters in self.letters]
        width = max(places) - min(places) + 1 if places else 0
        if self.unplaced:
            width = min(WIDEST, max(places, default=0) + self.unplaced)
        return width * max(self.bottom - self.top + 1, 1 if self.count else 0)


def check_memory(archive: ZipFile, info: ZipInfo, grid: Grid, where: str) -> None:
    """Refuse a sheet whose cells stand too far apart or hold too much text.

    Raises:
        FeedsUnusable: they do.
    """
    if grid.span > LARGEST_GRID:
        found = f"has cells so far apart that {info.filename} spans {grid.span:,} cells."
        raise refused(where, found, "Delete what stands far from the table.")
    sizes = _text_sizes(archive)
    if max(sizes, default=0) * grid.count <= LARGEST_TEXT:
        return
    total = 0
    for piece in pieces(archive, info, where):
        total += sum(sizes[int(at)] for at in SHARED.findall(piece) if int(at) < len(sizes))
    if total > LARGEST_TEXT:
        found = f"holds {total:,} bytes of text in the cells of {info.filename}."
        raise refused(where, found, "Export CSV.")


def pieces(archive: ZipFile, info: ZipInfo, where: str) -> Iterator[bytes]:
    """A part piece by piece, each beginning with the cell or tag that the one before ended in.

    Raises:
        FeedsUnusable: it unpacks to more than it says, or than any workbook does.
    """
    told, info.file_size = info.file_size, 1 << 62
    size, rest = 0, b""
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > told or (size > SMALL and size > LARGEST_RATIO * info.compress_size):
                    found = (
                        f"unpacks {info.filename} to more than the {told:,} bytes that it tells."
                    )
                    raise refused(where, found, "Save it again as .xlsx.")
                text = rest + chunk
                cut = _cut(text)
                yield text[:cut]
                rest = text[cut:]
    finally:
        info.file_size = told
    yield rest


def _cut(text: bytes) -> int:
    """Where the last cell of a piece begins, or its last tag."""
    cut = max(text.rfind(b"<c"), text.rfind(b":c"))
    if cut < 0 or len(text) - cut > LONGEST_TAG:
        cut = max(text.rfind(b"<"), 0)
    # A text without tags, such as a picture, is cut anywhere; a tag is never that long.
    return cut if len(text) - cut <= LONGEST_TAG else len(text)


def _text_sizes(archive: ZipFile) -> list[int]:
    """Lengths of the texts that cells share, in order."""
    name = next((one for one in archive.namelist() if one.lower() == "xl/sharedstrings.xml"), None)
    return [len(text) for text in TEXT.findall(archive.read(name))] if name else []


def _number(column: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
