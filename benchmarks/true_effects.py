"""What partners truly changed for given accounts and quarters, from the truth of a simulation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lichen.value.comparison.exposure import Exposure

NAMES = {"any": "any", "role": "role", "partner_kind": "kind", "partner": "partner"}
"""Exposures of comparisons whose truth is known, as the truth calls them."""

OUTCOMES = ("logo_retention", "nrr", "expansion_rate", "adoption", "cost_to_serve")

Floats = NDArray[np.float64]


class Truth(NamedTuple):
    """The mean of what the exposure changed for `n` accounts that were customers at T0 either way.

    `left_out` were a customer at T0 in one of their two lives only.
    """

    value: float
    n: int
    left_out: int


def read_quarters(folder: Path, exposure: Exposure, horizon: int) -> pa.Table:
    """The truth of one exposure and horizon under `folder/truth`, one row per account and quarter.

    Raises:
        KeyError: no simulation knows the truth of this kind of exposure.
    """
    table = pq.read_table(folder / "truth" / "quarters.parquet")
    name = NAMES[exposure.name]
    kept = pc.and_(pc.equal(table["exposure"], name), pc.equal(table["horizon"], horizon))
    if exposure.value:
        kept = pc.and_(kept, pc.equal(table["value"], exposure.value))
    return table.filter(kept)


def true_effect(quarters: pa.Table, outcome: str, pairs: Iterable[tuple[str, date]]) -> Truth:
    """The true effect of starting in the quarter on these accounts (id, T0).

    Raises:
        KeyError: the truth has no such account and quarter.
    """
    keys = zip(quarters["account_id"].to_pylist(), quarters["quarter_end"].to_pylist(), strict=True)
    place = {key: row for row, key in enumerate(keys)}
    rows = quarters.take(pa.array([place[pair] for pair in pairs], pa.int64()))
    sides = {side: _values(rows, outcome, side) for side in ("with", "without")}
    change = sides["with"] - sides["without"]
    known = np.isfinite(change)
    return Truth(float(change[known].mean()), int(known.sum()), int((~known).sum()))


def _values(rows: pa.Table, outcome: str, side: str) -> Floats:
    """The outcome in one of the two lives, NaN for who was no customer at T0 in it."""
    opening, closing, users, seats, spent = (
        np.asarray(rows[f"{name}_{side}"].to_numpy(), dtype=np.float64)
        for name in ("arr_minor_start", "arr_minor_end", "active_users", "seats", "serving_minor")
    )
    there = np.where(opening > 0, opening, np.nan)
    if outcome == "adoption":
        used = np.where(closing > 0, users / np.maximum(seats, 1), 0.0)
        return np.where(opening > 0, used, np.nan)
    if outcome == "logo_retention":
        return np.where(opening > 0, closing > 0, np.nan)
    return {
        "nrr": closing / there,
        "expansion_rate": np.maximum(closing - opening, 0.0) / there,
        "cost_to_serve": spent / there,
    }[outcome]
