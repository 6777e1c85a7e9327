"""The canonical text of a typed cell of a workbook or of JSON."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any


def as_text(cell: Any) -> str | None:
    """Dates as ISO, numbers in their shortest plain form, empty as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _plain(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _plain(cell.total_seconds())
    return str(cell).strip() or None


def _plain(number: float) -> str:
    """`12`, `12.5`, `0.0000001`: no exponent, no zeros at the end."""
    digits = format(Decimal(repr(number)), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits
