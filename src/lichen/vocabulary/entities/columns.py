"""Short constructors, so that an entity reads as one line a column."""

from __future__ import annotations

from lichen.vocabulary.entities.spec import Column, Kind


def text(
    name: str, *, required: bool = False, personal: bool = False, lower: bool = False
) -> Column:
    """Free text, trimmed; empty is null; `lower` where it is a name that counts in any case."""
    return Column(name, Kind.TEXT, required=required, personal=personal, lower=lower)


def ref(name: str, entity: str, *, required: bool = False) -> Column:
    """The id of a row of another entity."""
    return Column(name, Kind.TEXT, required=required, references=entity)


def integer(name: str, *, required: bool = False) -> Column:
    """A whole number."""
    return Column(name, Kind.INTEGER, required=required)


def number(name: str, *, required: bool = False, opens_with: str | None = None) -> Column:
    """A real number; empty where the date `opens_with` is not known yet."""
    return Column(name, Kind.NUMBER, required=required, opens_with=opens_with)


def boolean(name: str) -> Column:
    """true or false."""
    return Column(name, Kind.BOOLEAN)


def day(name: str, *, required: bool = False, hidden: bool = False) -> Column:
    """A calendar date, ISO 8601; `hidden` when the past cannot know it before it comes."""
    return Column(name, Kind.DATE, required=required, hidden_after_as_of=hidden)


def month(name: str = "month") -> Column:
    """A month, `YYYY-MM` or any date in it; stored as its last day."""
    return Column(name, Kind.MONTH, required=True)


def instant(name: str, *, required: bool = False, hidden: bool = False) -> Column:
    """A moment with its zone (UTC when it has none)."""
    return Column(name, Kind.INSTANT, required=required, hidden_after_as_of=hidden)


def amount(
    name: str, *, required: bool = False, flow: bool = True, minimum: int | None = None
) -> Column:
    """Money in major units; `flow` when it is converted at its own date."""
    return Column(name, Kind.AMOUNT, required=required, flow=flow, minimum=minimum)


def currency(*, required: bool = False) -> Column:
    """ISO 4217 code; empty is the workspace currency where it is not required."""
    return Column("currency", Kind.CURRENCY, required=required)


def one_of(
    name: str,
    values: tuple[str, ...],
    *,
    required: bool = False,
    default: str | None = None,
    opens_with: str | None = None,
    open_value: str | None = None,
) -> Column:
    """A word from a closed list."""
    return Column(
        name,
        Kind.ENUM,
        required=required,
        values=values,
        default=default,
        opens_with=opens_with,
        open_value=open_value,
    )


def some_of(name: str, values: tuple[str, ...], *, required: bool = False) -> Column:
    """Words from a closed list, separated by `|` or `;` in text feeds."""
    return Column(name, Kind.ENUM_LIST, required=required, values=values)


RECORDED = (instant("recorded_at"), instant("updated_at"))
"""Every entity may say when a row was first recorded and last changed."""
