"""Accounts that partners join the more, the better they would do anyway; every effect is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from lichen.value.comparison.panel import NOBODY, Panel

Numbers = NDArray[Any]

SEGMENTS = ("small", "middle", "large")
FIRST_MONTH = 24_000


@dataclass(frozen=True)
class Setting:
    """What is drawn: so many accounts, seen in so many quarters.

    `strengths` are the standard deviations of the true logit between which data sets lie (1.1 to
    1.6 is an AUC of 0.75 to 0.85), `steepness` by how much the effect on the amount grows with ARR.
    """

    name: str
    quarters: int = 1
    accounts: int = 2_000
    strengths: tuple[float, float] = (1.1, 1.6)
    steepness: float = 0.2


@dataclass(frozen=True, eq=False)
class Drawn:
    """One data set: what an estimator sees, and for each row what the partner really changes.

    `outcomes` and `effects` are by name, one value a row of the panel; those without effects have
    none. `auc` is how well the true propensity tells the arms apart.
    """

    panel: Panel
    outcomes: Mapping[str, Numbers]
    effects: Mapping[str, Numbers]
    auc: float


def drawn(rng: np.random.Generator, setting: Setting, idle: Mapping[str, bool]) -> Drawn:
    """A data set; an account leaves it once it is exposed.

    `idle` are outcomes that no partner changes, and whether they are yes or no.
    """
    kept = _rows(rng, setting)
    logit, exposed = kept["logit"], kept["exposed"]
    outcomes, effects = _changed(rng, kept, setting.steepness)
    panel = Panel(
        account=kept["account"],
        landmark=FIRST_MONTH + 3 * kept["quarter"],
        exposed=exposed,
        stratum=kept["quarter"] * len(SEGMENTS) + kept["segment"],
        partner=np.where(exposed, 0, NOBODY),
        weight=np.ones(len(exposed)),
        numbers={name: kept[name] for name in ("arr", "adoption", "tickets", "tenure")},
        words={"segment": kept["segment"]},
        levels={"segment": SEGMENTS},
        outcomes=_idle(rng, kept, idle),
    )
    return Drawn(panel, outcomes, effects, auc(logit, exposed))


def auc(score: Numbers, exposed: Numbers) -> float:
    """The share of pairs of exposed and control in which the exposed has the higher score."""
    places = np.empty(len(score))
    places[np.argsort(score)] = np.arange(1, len(score) + 1)
    ones = int(exposed.sum())
    return float((places[exposed].sum() - ones * (ones + 1) / 2) / (ones * (len(score) - ones)))


def _rows(rng: np.random.Generator, setting: Setting) -> dict[str, Numbers]:
    """Account by quarter, up to the quarter in which a partner came; covariates drift."""
    accounts, quarters = setting.accounts, setting.quarters
    segment = rng.integers(0, len(SEGMENTS), accounts)
    start = rng.normal(0, 1, (4, accounts))
    start[0] += 0.7 * (segment - 1)
    lasting, strength = rng.normal(0, 1, accounts), rng.uniform(*setting.strengths)
    free, parts = np.ones(accounts, dtype=np.bool_), []
    for quarter in range(quarters):
        now = start + 0.3 * rng.normal(0, 1, start.shape) * (quarter > 0)
        pull = 0.6 * now[0] + 0.5 * now[1] - 0.4 * now[2] + 0.2 * now[3] + 0.3 * (segment - 1)
        logit = strength * pull / pull.std() - (2.1 if quarters == 1 else 3.2)
        joins = rng.random(accounts) < expit(logit)
        rows = np.flatnonzero(free)
        columns = {
            "account": np.arange(accounts), "quarter": np.full(accounts, quarter),
            "segment": segment, "logit": logit, "exposed": joins, "lasting": lasting,
            "arr": now[0], "adoption": now[1], "tickets": now[2], "tenure": now[3],
        }  # fmt: skip
        parts.append({name: values[rows] for name, values in columns.items()})
        free &= ~joins
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _anyway(rows: Mapping[str, Numbers]) -> Numbers:
    """What would become of an account: no line in its covariates, and rising with exposure."""
    arr, adoption, tickets = rows["arr"], rows["adoption"], rows["tickets"]
    lines = 0.5 * arr + 0.5 * adoption - 0.3 * tickets
    return lines + 0.25 * arr**2 + 0.2 * adoption * tickets


def _changed(
    rng: np.random.Generator, rows: Mapping[str, Numbers], steepness: float
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """An amount and a yes or no, with effects that differ between accounts."""
    arr, exposed = rows["arr"], rows["exposed"]
    anyway, size = _anyway(rows), len(arr)
    gain = 0.4 + steepness * arr + 0.2 * (rows["segment"] == 2)
    noise = (0.5 + 0.4 * expit(arr)) * rng.normal(0, 1, size) + 0.5 * rows["lasting"]
    without = ndtr(0.4 + 0.6 * anyway)
    with_it = ndtr(0.8 + 0.6 * anyway)
    luck = ndtr(0.6 * rows["lasting"] + 0.8 * rng.normal(0, 1, size))
    yes = luck < np.where(exposed, with_it, without)
    return (
        {"amount": anyway + gain * exposed + noise, "yes or no": yes.astype(np.float64)},
        {"amount": gain, "yes or no": with_it - without},
    )


def _idle(
    rng: np.random.Generator, rows: Mapping[str, Numbers], names: Mapping[str, bool]
) -> dict[str, Numbers]:
    """Outcomes that depend on what was known before and on each other, and on no partner."""
    anyway, size = _anyway(rows), len(rows["arr"])
    shared = 0.5 * rows["lasting"] + 0.5 * rng.normal(0, 1, size)
    made = {}
    for name, binary in names.items():
        value = 0.6 * anyway + shared + 0.7 * rng.normal(0, 1, size)
        made[name] = (value > -0.5).astype(np.float64) if binary else value
    return made


def names_of(rows: Iterable[Any]) -> dict[str, bool]:
    """Outcomes of the catalogue by name, and which of them are yes or no."""
    return {row.name: row.is_binary for row in rows}
