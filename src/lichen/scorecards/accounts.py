"""The accounts that weigh most in a figure, from the end points that a run keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.metrics import METRICS, Base

TOP_ACCOUNTS = 5
KEYED = ("end_points", "groups")

Keys = NDArray[np.int64]


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
        by = "arr_opening_minor" if known.base is Base.COHORT else "arr_closing_minor"
        rows = self._largest_first(by)
        if rows is None:
            return ()
        places = np.arange(rows.num_rows)
        for dimension, value in parse_groups(groups).items():
            keys = self._keys.get((dimension, value))
            if keys is None or "account_key" not in rows.column_names:
                return ()
            places = places[self._held(keys)[rows["account_key"].to_numpy()[places]]]
        return tuple(self._line(row) for row in rows.take(places[:limit]).to_pylist())

    @cached_property
    def names(self) -> dict[str, str]:
        """Account names by id, where the run keeps them."""
        table = self.tables.get("accounts")
        if table is None or not {"account_id", "name"} <= set(table.column_names):
            return {}
        return dict(zip(table["account_id"].to_pylist(), table["name"].to_pylist(), strict=True))

    def _largest_first(self, by: str) -> pa.Table | None:
        """The end points with ARR in this column, sorted once for all figures."""
        if by not in self._sorted:
            rows = self.tables.get("end_points")
            needed = {"account_id", "arr_opening_minor", "arr_closing_minor"}
            if rows is not None and needed <= set(rows.column_names):
                rows = rows.filter(pc.greater(rows[by], 0))
                rows = rows.sort_by([(by, "descending"), ("account_id", "ascending")])
                self._sorted[by] = rows.combine_chunks()
            else:
                self._sorted[by] = None
        return self._sorted[by]

    @cached_property
    def _sorted(self) -> dict[str, pa.Table | None]:
        return {}

    @cached_property
    def _keys(self) -> dict[tuple[str, str], Keys]:
        """The dense keys of the accounts in each group, gathered once."""
        table = self.tables.get("groups")
        if table is None or not {"account_key", "dimension", "value"} <= set(table.column_names):
            return {}
        gathered = table.group_by(["dimension", "value"]).aggregate([("account_key", "list")])
        names = zip(gathered["dimension"].to_pylist(), gathered["value"].to_pylist(), strict=True)
        lists = gathered["account_key_list"].combine_chunks()
        ends = lists.offsets.to_numpy()
        keys = lists.values.to_numpy()
        return {name: keys[ends[k] : ends[k + 1]] for k, name in enumerate(names)}

    @cached_property
    def _most(self) -> int:
        """The largest dense key there is."""
        keys = [int(pc.max(self.tables[name]["account_key"]).as_py() or 0) for name in KEYED]
        return max(keys)

    def _held(self, keys: Keys) -> NDArray[np.bool_]:
        """For each dense key, whether it is among these."""
        held = np.zeros(self._most + 1, dtype=np.bool_)
        held[keys] = True
        return held

    def _line(self, row: Mapping[str, object]) -> AccountLine:
        identity = str(row["account_id"])
        name = str(row.get("name") or self.names.get(identity, identity))
        opening, closing = (
            int(str(row[column] or 0)) for column in ("arr_opening_minor", "arr_closing_minor")
        )
        return AccountLine(identity, name, opening, closing)
