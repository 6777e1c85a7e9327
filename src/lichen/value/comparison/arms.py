"""The members of each comparison as arrays, from what the cohorts hold together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np

from lichen.value.comparison.members import COMPARED, Cohorts
from lichen.value.comparison.panel import NOBODY, Bools, Floats, Ints


class Members(NamedTuple):
    """Accounts at landmarks: exposed first, then controls; the columns of `Cohorts.members`."""

    account: Ints
    landmark: Ints
    stratum: Ints
    partner: Ints
    exposed: Bools
    weight: Floats


@dataclass(frozen=True, eq=False)
class Arms:
    """What is shared by all comparisons of the cohorts, read from the engine once.

    Twenty comparisons of one pass would ask the engine for their members one by one, and each
    would take longer to compile than to read.
    """

    judged: dict[str, Ints]
    kept: dict[str, Ints]
    draw: Floats
    starts: dict[str, Ints]
    shares: dict[tuple[int, int], float]

    def members(self, number: int) -> Members:
        """The exposed and the controls of the exposure at this place, as `Cohorts.members`."""
        own = self.judged["exposure"] == number
        exposed = {name: values[own] for name, values in self.judged.items()}
        rows, weight = self._controls(number)
        controls = {name: self.kept[name][rows] for name in ("account_key", "landmark", "stratum")}
        count, others = int(own.sum()), len(rows)
        both = {name: np.concatenate([exposed[name], controls[name]]) for name in controls}
        return Members(
            account=both["account_key"],
            landmark=both["landmark"],
            stratum=both["stratum"],
            partner=np.concatenate([exposed["partner_key"], np.full(others, NOBODY, np.int64)]),
            exposed=np.arange(count + others) < count,
            weight=np.concatenate([np.ones(count), weight]),
        )

    def _controls(self, number: int) -> tuple[Ints, Floats]:
        """Kept rows whose draw lies below their stratum's share and that did not start it yet."""
        strata, place = np.unique(self.kept["stratum"], return_inverse=True)
        share = np.array([self.shares.get((number, int(each)), 0.0) for each in strata])
        of_row = share[place] if len(strata) else np.empty(0)
        rows = np.flatnonzero(self.draw < of_row)
        mine = self.starts["exposure"] == number
        owners, days = self.starts["account_key"][mine], self.starts["day"][mine]
        order = np.argsort(owners)
        owners, days = owners[order], days[order]
        account = self.kept["account_key"][rows]
        found = np.minimum(np.searchsorted(owners, account), max(len(owners) - 1, 0))
        if len(owners):
            started = (owners[found] == account) & (days[found] <= self.kept["t0_day"][rows])
            rows = rows[~started]
        return rows, 1.0 / of_row[rows]


def arms_of(cohorts: Cohorts) -> Arms:
    """The members of all comparisons of these cohorts."""
    compared = cohorts.arranged.judged.filter(cohorts.arranged.judged.reason == COMPARED)
    kept = cohorts.asked.facts.engine.to_arrow(cohorts.kept)
    shares = cohorts.asked.facts.engine.to_arrow(cohorts.shares).to_pylist()
    return Arms(
        judged=_whole(
            cohorts, compared, ("exposure", "account_key", "landmark", "stratum", "partner_key")
        ),
        kept={
            name: kept[name].to_numpy() for name in ("account_key", "landmark", "stratum", "t0_day")
        },
        draw=kept["draw"].to_numpy(),
        starts=_whole(cohorts, cohorts.arranged.starts, ("exposure", "account_key", "day")),
        shares={(row["exposure"], row["stratum"]): row["share"] for row in shares},
    )


def _whole(cohorts: Cohorts, table: ir.Table, names: tuple[str, ...]) -> dict[str, Ints]:
    found = cohorts.asked.facts.engine.to_arrow(table.select(*names))
    return {name: found[name].to_numpy() for name in names}
