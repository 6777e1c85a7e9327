"""The bytes of a raw file as they are before packing, on disk, a chunk at a time."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast
from zipfile import ZipFile

from lichen.ledger.raw.archive import DAMAGED, LARGEST_RATIO, LARGEST_UNPACKED, SMALL
from lichen.ledger.raw.files import RawFile
from lichen.ledger.raw.refusal import refused

CHUNK = 1 << 22


def unpacked(file: RawFile, staging: Path, where: str) -> Path:
    """The file itself, or what it packs, written to `staging`.

    Raises:
        FeedsUnusable: it is damaged, or unpacks to too much.
    """
    if file.member is None and file.path.suffix.lower() != ".gz":
        return file.path
    target = staging / "unpacked"
    size = 0
    with target.open("wb") as out:
        for chunk in _chunks(file, where):
            size += len(chunk)
            # A bomb is stopped while it goes off: what an archive says of itself may be false.
            if size > LARGEST_UNPACKED or (size > SMALL and size > LARGEST_RATIO * file.bytes):
                found = f"unpacks to over {size:,} bytes from {file.bytes:,}."
                raise refused(where, found, "If that is right, unpack it by hand.")
            out.write(chunk)
    return target


def _chunks(file: RawFile, where: str) -> Iterator[bytes]:
    try:
        with _packed(file) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except DAMAGED as error:
        raise refused(where, f"is damaged ({error}).", "Export or pack it again.") from error


@contextmanager
def _packed(file: RawFile) -> Iterator[IO[bytes]]:
    if file.member is None:
        with gzip.open(file.path) as stream:
            yield cast("IO[bytes]", stream)
        return
    with ZipFile(file.path) as archive, archive.open(file.member) as member:
        yield member


def copied_bytes(path: Path, target: Path, start: int, stop: int) -> Path:
    """A part of a file as a file of its own."""
    with path.open("rb") as stream, target.open("wb") as out:
        stream.seek(start)
        left = stop - start
        while left and (chunk := stream.read(min(CHUNK, left))):
            out.write(chunk)
            left -= len(chunk)
    return target
