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
        return _moment(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _duration(cell)
    return str(cell).strip() or None


def _plain(number: float) -> str:
    """`12`, `12.5`, `0.0000001`: no exponent, no zeros at the end."""
    digits = format(Decimal(repr(number)), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits


def _moment(moment: datetime) -> str:
    """A midnight is a date; cells hold fractions of a day, which are right to the millisecond."""
    near = moment + timedelta(microseconds=500)
    shown = near.replace(microsecond=near.microsecond // 1000 * 1000)
    if shown.time() == time(0):
        return shown.date().isoformat()
    return shown.isoformat(timespec="milliseconds" if shown.microsecond else "seconds")


def _duration(duration: timedelta) -> str:
    """Hours, which may be over 24, minutes and seconds."""
    seconds = round(duration.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
