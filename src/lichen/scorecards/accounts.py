"""The accounts that weigh most in a figure, from the end points that a run keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.metrics import METRICS, Base

TOP_ACCOUNTS = 5


@dataclass(frozen=True)
class AccountLine:
    """One account of the newest twelve months: opening and closing ARR in minor units."""

    account_id: str
    name: str
    opening_minor: int
    closing_minor: int


@dataclass(frozen=True)
class AccountsBehind:
    """Looks up the accounts behind figures of the newest window; empty without end points.

    Groups need the run's `groups` table (account_key, dimension, value); without it only figures
    of the whole base list accounts.
    """

    tables: Mapping[str, pa.Table]

    def top(self, metric: str, groups: str, limit: int = TOP_ACCOUNTS) -> tuple[AccountLine, ...]:
        """The largest accounts by opening ARR (closing for levels) in this figure's base."""
        known = METRICS.get(metric)
        if known is None or known.base not in (Base.COHORT, Base.ACCOUNTS):
            return ()
        rows = self._members(groups)
        if rows is None or not rows.num_rows:
            return ()
        by = "arr_opening_minor" if known.base is Base.COHORT else "arr_closing_minor"
        rows = rows.filter(pc.greater(rows[by], 0))
        order = pc.sort_indices(rows, [(by, "descending"), ("account_id", "ascending")])
        return tuple(self._line(row) for row in rows.take(order[:limit]).to_pylist())

    @cached_property
    def names(self) -> dict[str, str]:
        """Account names by id, where the run keeps them."""
        table = self.tables.get("accounts")
        if table is None or not {"account_id", "name"} <= set(table.column_names):
            return {}
        return dict(zip(table["account_id"].to_pylist(), table["name"].to_pylist(), strict=True))

    def _members(self, groups: str) -> pa.Table | None:
        rows = self.tables.get("end_points")
        needed = {"account_id", "arr_opening_minor", "arr_closing_minor"}
        if rows is None or not needed <= set(rows.column_names):
            return None
        for dimension, value in parse_groups(groups).items():
            keys = self._keys.get((dimension, value))
            if keys is None or "account_key" not in rows.column_names:
                return None
            wanted = pa.array(keys, rows["account_key"].type)
            rows = rows.filter(pc.is_in(rows["account_key"], value_set=wanted))
        return rows

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[int]]:
        table = self.tables.get("groups")
        if table is None or not {"account_key", "dimension", "value"} <= set(table.column_names):
            return {}
        keys: dict[tuple[str, str], list[int]] = {}
        for row in table.select(["account_key", "dimension", "value"]).to_pylist():
            keys.setdefault((row["dimension"], row["value"]), []).append(row["account_key"])
        return keys

    def _line(self, row: Mapping[str, object]) -> AccountLine:
        identity = str(row["account_id"])
        name = str(row.get("name") or self.names.get(identity, identity))
        opening, closing = (
            int(str(row[column] or 0)) for column in ("arr_opening_minor", "arr_closing_minor")
        )
        return AccountLine(identity, name, opening, closing)
