"""Any export file as a raw table of text, with every record accounted for."""

from __future__ import annotations

from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.find import find_raw, unread
from lichen.ledger.raw.read import RawFileRead, read_raw

__all__ = ["Hints", "RawFile", "RawFileRead", "find_raw", "read_raw", "unread"]
