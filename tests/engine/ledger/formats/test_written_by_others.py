"""What Python and Babel write in any form, Lichen reads back: an independent second source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines import text
from lichen.kernel.money import to_minor
from lichen.vocabulary.entities import Kind

EXAMPLES = settings(max_examples=20)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
DECISIVE = DAYS.filter(lambda day: day.day > 12)

PATTERNS = [
    "yyyy-MM-dd",
    "yyyy/M/d",
    "dd-MM-yyyy",
    "d.M.yyyy",
    "dd/MM/yyyy 00:00",
    "MM/dd/yyyy",
    "M-d-yyyy",
    "yyyyMMdd",
    "d MMM yyyy",
    "dd-MMMM-yyyy",
    "MMM d, yyyy",
    "MMMM d yyyy",
]


@settings(max_examples=60)
@given(
    pattern=st.sampled_from(PATTERNS),
    days=st.lists(DAYS, min_size=3, max_size=7),
    decisive=DECISIVE,
)
def test_days_are_read_back(columns, pattern: str, days: list[date], decisive: date) -> None:
    every = [*days, decisive]
    written = [format_date(day, pattern, locale="en_US") for day in every]
    assert columns.read(Kind.DATE, written) == [day.isoformat() for day in every]


@EXAMPLES
@given(days=st.lists(DAYS, min_size=4, max_size=8))
def test_days_counted_in_numbers_are_read_back(columns, days: list[date]) -> None:
    shown = [day.isoformat() for day in days]
    serials = [str((day - date(1899, 12, 30)).days) for day in days]
    seconds = [int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp()) for d in days]
    assert columns.read(Kind.DATE, serials) == shown
    recent = [(day, second) for day, second in zip(shown, seconds, strict=True)]
    assert columns.read(Kind.DATE, [str(second) for _, second in recent], "epoch_s") == shown
    assert columns.read(Kind.DATE, [f"{second}000" for _, second in recent], "epoch_ms") == shown


ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))]
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 30), timezones=ZONES).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


def utc(columns, cells: list[str | None]) -> list[datetime]:
    """The moments that the ledger's own reader makes of canonical text."""
    read = text.instant_from_text("cell")
    rows = ", ".join(f"({place}, {text.literal(cell or '')})" for place, cell in enumerate(cells))
    found = f"SELECT {read} FROM (VALUES {rows}) AS t(place, cell) ORDER BY place"
    return [row[0].replace(tzinfo=UTC) for row in columns.session.rows(found)]


FORMS = ["%d/%m/%Y %H:%M:%S.%f%z", "%Y%m%d %H:%M:%S.%f %z", "%d %b %Y, %I:%M:%S.%f %p %z"]


@EXAMPLES
@given(form=st.sampled_from(FORMS), moments=st.lists(MOMENTS, min_size=3, max_size=6))
def test_moments_are_read_back(columns, form: str, moments: list[datetime]) -> None:
    every = [*moments, datetime(2024, 2, 29, 12, 5, tzinfo=UTC)]
    written = columns.read(Kind.INSTANT, [moment.strftime(form) for moment in every])
    assert utc(columns, written) == every


@EXAMPLES
@given(moments=st.lists(MOMENTS, min_size=3, max_size=6))
def test_moments_counted_in_numbers_are_read_back(columns, moments: list[datetime]) -> None:
    naive = [moment.replace(tzinfo=UTC) for moment in moments]
    days = [(moment - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1) for moment in naive]
    assert utc(columns, columns.read(Kind.INSTANT, [repr(day) for day in days])) == naive
    millis = [str(round(moment.timestamp() * 1000)) for moment in moments]
    assert utc(columns, columns.read(Kind.INSTANT, millis, "epoch_ms")) == moments


@EXAMPLES
@given(moments=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 30)), max_size=5))
def test_moments_as_americans_write_them_are_read_back(columns, moments: list[datetime]) -> None:
    every = [
        moment.replace(second=0, microsecond=0) for moment in [*moments, datetime(2024, 2, 29)]
    ]
    written = [format_datetime(moment, "M/d/yyyy, h:mm\u202fa", locale="en_US") for moment in every]
    read = columns.read(Kind.INSTANT, written)
    assert utc(columns, read) == [moment.replace(tzinfo=UTC) for moment in every]


@EXAMPLES
@given(days=st.lists(DAYS, min_size=4, max_size=8))
def test_months_are_read_back(columns, days: list[date]) -> None:
    shown = [f"{day:%Y-%m}" for day in days]
    for pattern in ("yyyy/MM", "MM/yyyy", "M-yyyy", "yyyyMM", "MMM yyyy", "MMMM-yyyy"):
        written = [format_date(day, pattern, locale="en_US") for day in days]
        assert columns.read(Kind.MONTH, written) == shown


LOCALES = (
    "en_US en_GB en_IN de_DE de_CH de_AT fr_FR es_ES sv_SE nl_NL pt_BR pl_PL da_DK ja_JP".split()
)
CENTS = st.integers(-(10**12), 10**12)


def minor(columns, cells: list[str | None]) -> list[int | None]:
    """The minor units that the ledger's own reader makes of canonical text."""
    read = text.minor_from_text("cell", "2", 10**15)
    rows = ", ".join(f"({place}, {text.literal(cell or '')})" for place, cell in enumerate(cells))
    found = f"SELECT {read} FROM (VALUES {rows}) AS t(place, cell) ORDER BY place"
    return [row[0] for row in columns.session.rows(found)]


@settings(max_examples=50)
@given(
    locale=st.sampled_from(LOCALES),
    cents=st.lists(CENTS, min_size=3, max_size=7),
    currency=st.sampled_from("EUR USD CHF".split()),
)
def test_amounts_are_read_back(columns, locale: str, cents: list[int], currency: str) -> None:
    amounts = [Decimal(cent).scaleb(-2) for cent in cents]
    written = [format_currency(amount, currency, locale=locale) for amount in amounts]
    assert minor(columns, columns.read(Kind.AMOUNT, written)) == cents


@settings(max_examples=50)
@given(locale=st.sampled_from(LOCALES), cents=st.lists(CENTS, min_size=3, max_size=7))
def test_amounts_with_as_few_digits_as_needed_are_read_back(
    columns, locale: str, cents: list[int]
) -> None:
    every = [Decimal(cent).scaleb(-2) for cent in [*cents, 50]]
    written = [format_decimal(amount, "#,##0.##", locale=locale) for amount in every]
    read = minor(columns, columns.read(Kind.AMOUNT, written))
    assert read == [to_minor(amount, "EUR") for amount in every]


@EXAMPLES
@given(thousandths=st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=7))
def test_percentages_are_read_back(columns, thousandths: list[int]) -> None:
    numbers = [Decimal(number).scaleb(-3) for number in thousandths]
    for locale in ("en_US", "de_DE", "fr_FR"):
        written = [format_percent(number, "#,##0.0%", locale=locale) for number in numbers]
        read = columns.read(Kind.NUMBER, written)
        assert [Decimal(cell or "") for cell in read] == numbers
