"""Who belongs to which group in which month, in the one shape that measures take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Grouping:
    """Memberships of accounts in cells, and the groups that each cell counts towards.

    `cells` has account_key (int64), cell (int64), from_month and to_month (int64 month indexes,
    half-open; 0 and FAR_MONTH when unbounded): the account is in the cell at month ends from_month
    up to, not including, to_month. An account is in a cell at most once at a time. `labels` has
    cell (int64) and groups (text as in `figure.groups`, "" for the whole base), many to many;
    a group gathers all its cells. Within one grouping, the cells that feed one group never hold an
    account twice at the same month end, so summing them counts nothing twice. `dimensions` are
    those that the labels speak of.
    """

    name: str
    dimensions: tuple[str, ...]
    cells: ir.Table
    labels: ir.Table
    dated: bool
