"""Files whose content is not what their name says."""

from __future__ import annotations

from pathlib import Path

from lichen.ledger.raw.refusal import refused

BEGINNINGS = (
    (b"PAR1", "Parquet", "Name it .parquet."),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Name it .zip or .xlsx, as it is."),
    (b"\x1f\x8b", "compressed by gzip", "Let its name end in .gz."),
    (b"\xd0\xcf\x11\xe0", "an old or locked Office file", "Save it as .xlsx, without a password."),
    (b"%PDF", "a PDF document", "Export the table as CSV."),
    (b"SQLite format 3", "an SQLite database", "Export its tables as CSV."),
    (b"\x89PNG", "a picture", "Export the table as CSV."),
)
PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table")


def refuse_foreign(path: Path, where: str) -> None:
    """Refuse a file named as text whose first bytes belong to another format.

    Raises:
        FeedsUnusable: they do.
    """
    with path.open("rb") as stream:
        head = stream.read(64)
    for begin, what, step in BEGINNINGS:
        if head.startswith(begin):
            raise refused(where, f"is named as text and is {what}.", step)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGES):
        raise refused(where, "is named as text and is a page of HTML or XML.", "Export CSV.")
