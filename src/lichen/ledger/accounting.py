"""Every record read is accounted for: the three identities of a load, asserted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import pyarrow as pa

from lichen.kernel.errors import LichenError

COUNTS = (
    "records", "parsed", "rejected", "input", "fanned_out", "mapped", "filtered", "accepted",
    "quarantined", "duplicates",
)  # fmt: skip

SCHEMA = pa.schema(
    [("level", pa.string()), ("name", pa.string()), ("entity", pa.string())]
    + [(count, pa.int64()) for count in COUNTS]
)


@dataclass(frozen=True)
class Account:
    """One row of the accounting: a file, a mapping, a filter of it or an entity.

    Counts of other levels stay None.
    """

    level: str
    name: str
    entity: str
    records: int | None = None
    parsed: int | None = None
    rejected: int | None = None
    input: int | None = None
    fanned_out: int | None = None
    mapped: int | None = None
    filtered: int | None = None
    accepted: int | None = None
    quarantined: int | None = None
    duplicates: int | None = None

    def sides(self) -> tuple[int, int]:
        """Both sides of the identity of this level."""
        if self.level == "file":
            return self.records or 0, (self.parsed or 0) + (self.rejected or 0)
        if self.level == "mapping":
            return (
                (self.input or 0) + (self.fanned_out or 0),
                (self.mapped or 0) + (self.filtered or 0),
            )
        if self.level == "filter":
            # Rows that a rule left out are told by rule; their mapping counts them.
            return self.filtered or 0, self.filtered or 0
        return self.mapped or 0, (self.accepted or 0) + (self.quarantined or 0) + (
            self.duplicates or 0
        )


class NotAccountedFor(LichenError):
    """Records were lost or made up: a fault of Lichen, never of the feeds."""

    def __init__(self, account: Account) -> None:
        self.account = account
        left, right = account.sides()
        super().__init__(
            f"The accounting of {account.level} '{account.name}' does not add up: "
            f"{left} records came in and {right} are accounted for.",
            "Nothing was published. Report this with what `lichen instrument` prints.",
        )


def check(accounts: Sequence[Account]) -> None:
    """Assert the identity of every row, and that levels agree with each other.

    Raises:
        NotAccountedFor: some identity does not hold.
    """
    for account in accounts:
        left, right = account.sides()
        if left != right:
            raise NotAccountedFor(account)


def as_table(accounts: Sequence[Account]) -> pa.Table:
    """The accounting as it is published."""
    return pa.table(
        {
            field.name: [getattr(account, field.name) for account in accounts]
            for field in fields(Account)
        }
    ).cast(SCHEMA)
