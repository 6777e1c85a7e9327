"""One number for a row of many files: which file, which record in it, which copy of that record."""

from __future__ import annotations

from lichen.kernel.errors import LichenError

RECORD_BITS, COPY_BITS, FILE_BITS = 34, 14, 15


class TooManyToNumber(LichenError):
    """More files, records or copies than one number can tell apart."""

    def __init__(self, mapping: str, what: str, found: int, limit: int) -> None:
        self.mapping, self.what, self.found, self.limit = mapping, what, found, limit
        super().__init__(
            f"{mapping} has {found:,} {what}; at most {limit:,} can be told apart.",
            "Join small files into larger ones, or split the SELECT that multiplies rows.",
        )


def place_sql(file: str, record: str, copy: str) -> str:
    """SQL of the number of a row, from SQL of its three parts."""
    return (
        f"(CAST({file} AS BIGINT) << {COPY_BITS + RECORD_BITS}) | "
        f"(CAST({copy} AS BIGINT) << {RECORD_BITS}) | CAST({record} AS BIGINT)"
    )


def file_of(place: int) -> int:
    """Place of the file among the table's."""
    return place >> (COPY_BITS + RECORD_BITS)


def record_of(place: int) -> int:
    """Record in that file, counted from 1."""
    return place & ((1 << RECORD_BITS) - 1)


def check_countable(mapping: str, files: int, records: int, copies: int) -> None:
    """Refuse what does not fit.

    Raises:
        TooManyToNumber: it does not.
    """
    for what, found, bits in (
        ("files", files, FILE_BITS),
        ("records in one file", records, RECORD_BITS),
        ("rows made of one record", copies, COPY_BITS),
    ):
        if found >= 1 << bits:
            raise TooManyToNumber(mapping, what, found, (1 << bits) - 1)
