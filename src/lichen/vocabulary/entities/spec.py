"""The contract of an entity: its columns, key, references and what a past date may see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, and so how text becomes a value."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MONTH = "month"
    INSTANT = "instant"
    AMOUNT = "amount"
    CURRENCY = "currency"
    RATE = "rate"
    ENUM = "enum"
    ENUM_LIST = "enum_list"


@dataclass(frozen=True)
class Column:
    """One column of a feed.

    `references` names the entity whose id it holds. `hidden_after_as_of` marks a date that the
    past cannot know: the ledger empties it when it lies after the as-of date. `opens_with` names
    such a date column, and `open_value` what this column becomes when that date is emptied.
    `minimum` is the least amount that holds, in minor units. `lower` text is a name that counts in
    any case, kept in small letters.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    references: str | None = None
    personal: bool = False
    flow: bool = False
    default: str | None = None
    hidden_after_as_of: bool = False
    opens_with: str | None = None
    open_value: str | None = None
    minimum: int | None = None
    lower: bool = False

    @property
    def ledger_name(self) -> str:
        """The column's name in the ledger: amounts become `…_minor`, other names stay."""
        if self.kind is not Kind.AMOUNT:
            return self.name
        stem = self.name.removesuffix("_amount")
        return f"{stem}_minor"

    @property
    def reported_name(self) -> str | None:
        """For a flow of money, the column that holds it in the workspace currency."""
        if self.kind is not Kind.AMOUNT or not self.flow:
            return None
        if self.name == "amount":
            return "reported_minor"
        return f"{self.ledger_name.removesuffix('_minor')}_reported_minor"


@dataclass(frozen=True)
class Entity:
    """A table of facts.

    `key` is its id column or natural key. `happened` is the date column by which a row becomes
    visible: rows later than the as-of date are not seen (None = always seen). `starts`/`ends`
    name a span that must not run backwards. `rate_on` is the date whose rate converts its flows.
    `closing` pairs an outcome column with the date that may be empty and what stands in for it.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    happened: str | None = None
    starts: str | None = None
    ends: str | None = None
    rate_on: str | None = None
    closing: tuple[ClosingDate, ...] = ()
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a feed must have."""
        return tuple(column.name for column in self.columns if column.required)


@dataclass(frozen=True)
class ClosingDate:
    """When `outcome` is one of `decided`, an empty `date` is taken from `fallbacks` in order."""

    outcome: str
    decided: tuple[str, ...]
    date: str
    fallbacks: tuple[str, ...]
