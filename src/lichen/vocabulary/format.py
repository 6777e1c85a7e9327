"""How numbers are written: one spelling for the terminal, pages, decks, notebooks and errors.

Signs are real minus signs, thousands are separated by commas, and a value never shows more digits
than its interval supports.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from lichen.kernel.money import currency_digits, from_minor
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.metrics import Unit

MINUS = "\N{MINUS SIGN}"
ABSENT = "\N{EN DASH}"

WIDE_INTERVAL = 0.20
"""A ratio whose interval is wider than this is written in whole percent."""

_DECIMALS = {Unit.NUMBER.value: 2, Unit.SCORE.value: 1, Unit.DAYS.value: 0, Unit.MONTHS.value: 1}
_SUFFIXES = {
    Unit.NUMBER.value: "",
    Unit.SCORE.value: "",
    Unit.DAYS.value: " days",
    Unit.MONTHS.value: " months",
}

_ABSENCES: dict[str, str] = {
    Verdict.NOT_READABLE: "not readable, see its findings",
    Verdict.NOT_REACHED: "not reached",
    Verdict.NOT_FOLLOWED: "not followed long enough",
}

_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def format_figure(
    value: float | None,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    n: int | None = None,
    verdict: str = Verdict.MEASURED,
    needs: float | None = None,
    currency: str = "USD",
    full: bool = False,
) -> str:
    """A figure as people read it: `112.0% (107.0 to 117.0)`, `$1.24M`, `1,204`.

    Without a number it says why, with the count where that is the reason. `full` writes money in
    whole units of its currency rather than three significant digits.
    """
    if value is None or verdict in (Verdict.NOT_ENOUGH_DATA, Verdict.NOT_READABLE):
        return format_absence(verdict, n, needs)
    shown = format_value(value, unit, low=low, high=high, currency=currency, full=full)
    interval = format_interval(low, high, unit, currency=currency, full=full)
    return f"{shown} ({interval})" if interval else shown


def format_value(
    value: float,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    currency: str = "USD",
    full: bool = False,
) -> str:
    """The value alone; the interval only decides how many digits it may show."""
    if unit == Unit.RATIO:
        return f"{_percent(value, ratio_decimals(low, high))}%"
    if unit == Unit.MONEY:
        return format_money(round(value), currency, full=full)
    if unit == Unit.COUNT:
        return format_count(round(value))
    return f"{format_number(value, _DECIMALS[unit])}{_SUFFIXES[unit]}"


def format_interval(
    low: float | None,
    high: float | None,
    unit: str,
    *,
    currency: str = "USD",
    full: bool = False,
) -> str:
    """`107.0 to 117.0` for ratios, both ends with their unit otherwise; empty without one."""
    if low is None or high is None:
        return ""
    if unit == Unit.RATIO:
        decimals = ratio_decimals(low, high)
        return f"{_percent(low, decimals)} to {_percent(high, decimals)}"
    if unit in _DECIMALS:
        return " to ".join(format_number(end, _DECIMALS[unit]) for end in (low, high))
    ends = (format_value(end, unit, currency=currency, full=full) for end in (low, high))
    return " to ".join(ends)


def format_absence(verdict: str, n: int | None, needs: float | None = None) -> str:
    """Why a figure shows no number: its facts contradict it, or there are too few of them."""
    if verdict in _ABSENCES:
        return _ABSENCES[verdict]
    return format_shortage(n, needs)


def format_shortage(n: int | None, needs: float | None = None) -> str:
    """Why there is no number: `not enough data (n = 12, needs 20)`.

    Where `n` reaches what is needed, the effective number was the one that fell short.
    """
    if n is None:
        return "not enough data"
    if needs is None:
        return f"not enough data (n = {format_count(n)})"
    if n >= needs:
        return (
            f"not enough data (n = {format_count(n)}, but of so uneven size "
            f"that they count as fewer than {needs:g})"
        )
    return f"not enough data (n = {format_count(n)}, needs {needs:g})"


def format_difference(
    difference: float, unit: str, *, currency: str = "USD", decimals: int = 1
) -> str:
    """A signed change: `+3.1 points` between ratios, `+$120k` of money, `−4` of counts."""
    if unit == Unit.RATIO:
        shown = _percent(difference, decimals)
        return f"{_plus(shown)}{shown} points"
    if unit == Unit.MONEY:
        shown = format_money(round(difference), currency)
    elif unit in _DECIMALS:
        shown = f"{format_number(difference, _DECIMALS[unit])}{_SUFFIXES[unit]}"
    else:
        shown = format_count(round(difference))
    return f"{_plus(shown) if difference else ''}{shown}"


def format_money(minor: int, currency: str = "USD", *, full: bool = False) -> str:
    """`$1.24M`, three significant digits; with `full`, `$1,241,880` in whole units."""
    amount = from_minor(minor, currency)
    body = f"{round(abs(amount)):,}" if full else _short(float(abs(amount)))
    return _signed(minor, f"{currency_symbol(currency)}{body}", body)


def format_money_exact(minor: int, currency: str = "USD") -> str:
    """Every digit of the currency: `$1,241,880.35`."""
    body = f"{abs(from_minor(minor, currency)):,.{currency_digits(currency)}f}"
    return _signed(minor, f"{currency_symbol(currency)}{body}", body)


def format_count(count: int) -> str:
    """A whole number with separators."""
    return f"{count:,}".replace("-", MINUS)


def format_number(number: float, decimals: int) -> str:
    """A number with separators and this many decimals; never a minus before nothing."""
    text = f"{number:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def format_days(days: float) -> str:
    """Whole days: `48 d`."""
    return f"{format_count(round(days))} d"


def format_date(day: date) -> str:
    """`31 Oct 2026`."""
    return f"{day.day} {day:%b %Y}"


def format_month(day: date) -> str:
    """`Oct 2026`."""
    return f"{day:%b %Y}"


def format_words(name: str) -> str:
    """A snake_case name as words: `mid_market` reads `mid market`."""
    return name.replace("_", " ")


def ratio_decimals(low: float | None, high: float | None) -> int:
    """One decimal, or none where the interval is too wide to bear it."""
    if low is None or high is None:
        return 1
    return 0 if high - low > WIDE_INTERVAL else 1


@lru_cache(maxsize=256)
def currency_symbol(currency: str) -> str:
    """`$` for USD; the code and a no-break space where the currency has no symbol of its own."""
    from babel.numbers import get_currency_symbol

    symbol = str(get_currency_symbol(currency, locale="en_US"))
    return f"{currency}\N{NO-BREAK SPACE}" if symbol == currency else symbol


def _percent(ratio: float, decimals: int) -> str:
    return format_number(ratio * 100, decimals)


def _plus(shown: str) -> str:
    return "" if shown.startswith(MINUS) else "+"


def _short(amount: float) -> str:
    for index, (step, letter) in enumerate(_STEPS):
        if amount < step:
            continue
        shown = _three_digits(amount / step)
        # 999,960 is 1.00M, not 1,000k: rounding may carry into the next step.
        if shown == "1000" and index:
            return f"1.00{_STEPS[index - 1][1]}"
        return f"{shown}{letter}"
    return f"{amount:.0f}"


def _three_digits(number: float) -> str:
    for decimals, limit in ((2, 9.995), (1, 99.95)):
        if number < limit:
            return f"{number:.{decimals}f}"
    return f"{number:.0f}"


def _signed(minor: int, text: str, body: str) -> str:
    negative = minor < 0 and any(digit in "123456789" for digit in body)
    return f"{MINUS}{text}" if negative else text
