"""Rows of one entity as they come in, from one canonical file or from one mapping of a source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import pyarrow as pa


class Arrived(Protocol):
    """Typed rows on their way into the ledger; `failing` of its `rows` have bad cells.

    `relation` is SQL of the sound rows: record and every column of `columns`, typed. `columns` are
    the declared columns that are provided, `unknown` names of what was there and not read. `rank`
    is the place of its source among all sources: lower ones are believed first.
    """

    @property
    def name(self) -> str:
        """What people call it: a file of the feeds, or a mapping of a source."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Declared columns that it provides."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that were not read."""

    @property
    def rows(self) -> int:
        """Rows of the entity that it gives, failing ones among them."""

    @property
    def failing(self) -> int:
        """Rows with a cell that does not hold."""

    @property
    def relation(self) -> str:
        """SQL of the sound rows."""

    @property
    def rank(self) -> int:
        """Place of its source in the order of trust, from 0."""

    def quarantined(self) -> pa.Table:
        """What was put aside while it was read, in the shape of the quarantine."""

    def where(self, record: int) -> tuple[str, int]:
        """The file and the record in it, as people see them, of a `record` of the relation."""


def provided(arrived: Collection[Arrived]) -> frozenset[str]:
    """Columns that any of them provides."""
    return frozenset(column for one in arrived for column in one.columns)
