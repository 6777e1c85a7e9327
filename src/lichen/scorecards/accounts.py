"""The accounts that weigh most in a figure, from the end points that a run keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.metrics import METRICS, Base

TOP_ACCOUNTS = 5

_DECIDED = ("renewed", "churned")
KEYED = ("end_points", "groups")

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class AccountLine:
    """One account of the newest twelve months, in minor units.

    `before` and `after` are opening and closing ARR; in the renewals family what was due and
    what was renewed.
    """

    account_id: str
    name: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True)
class AccountsBehind:
    """Looks up the accounts behind figures of the newest window; empty without end points.

    The run's `groups` table (account_key, dimension, value) holds groups at the opening of the
    window. Those are the groups of cohorts; levels take the groups of the closing day, and
    renewals of later accounts those of their first day, so both list accounts only for the
    whole base.
    """

    tables: Mapping[str, pa.Table]

    def top(self, metric: str, groups: str, limit: int = TOP_ACCOUNTS) -> tuple[AccountLine, ...]:
        """The accounts that weigh most in this figure's base, the largest first."""
        known = METRICS.get(metric)
        if known is None or (groups and known.base is not Base.COHORT):
            return ()
        rows = self._largest_first(known.base)
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

    def _largest_first(self, base: Base) -> pa.Table | None:
        """Accounts with before, after and the weight that ranks them, sorted once for a base."""
        if base not in self._sorted:
            rows = self._due() if base is Base.RENEWALS_DUE else self._levels(base)
            if rows is not None:
                rows = rows.filter(pc.greater(rows["weight"], 0))
                rows = rows.sort_by([("weight", "descending"), ("account_id", "ascending")])
                rows = rows.combine_chunks()
            self._sorted[base] = rows
        return self._sorted[base]

    def _levels(self, base: Base) -> pa.Table | None:
        """ARR at both ends of the window; cohorts weigh by the opening, levels by the closing."""
        rows = self.tables.get("end_points")
        ends = ("arr_opening_minor", "arr_closing_minor")
        if base not in (Base.COHORT, Base.ACCOUNTS) or not _has(rows, "account_id", *ends):
            return None
        before, after = (rows[name] for name in ends)
        weight = before if base is Base.COHORT else after
        rows = rows.append_column("before", before).append_column("after", after)
        return rows.append_column("weight", weight)

    def _due(self) -> pa.Table | None:
        """What was due and decided, and what was renewed of it, by account."""
        rows = self.tables.get("renewals_due")
        if not _has(rows, "account_id", "outcome", "due_minor", "renewed_minor"):
            return None
        decided = rows.filter(pc.is_in(rows["outcome"], value_set=pa.array(_DECIDED)))
        sums = [("due_minor", "sum"), ("renewed_minor", "sum")]
        summed = decided.group_by("account_id").aggregate(sums)
        summed = summed.append_column("weight", summed["due_minor_sum"])
        return summed.rename_columns({"due_minor_sum": "before", "renewed_minor_sum": "after"})

    @cached_property
    def _sorted(self) -> dict[Base, pa.Table | None]:
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
        before, after = (int(str(row[column] or 0)) for column in ("before", "after"))
        return AccountLine(identity, self.names.get(identity, identity), before, after)


def _has(table: pa.Table | None, *columns: str) -> TypeGuard[pa.Table]:
    return table is not None and set(columns) <= set(table.column_names)
