"""One Kaplan-Meier curve with weights, late entries, a band and medians: Lichen and lifelines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("whole days", "fractions")
CONTENDERS = ("kaplan_meier", "lifelines")


@dataclass(frozen=True)
class Followed:
    """Accounts one by one: until when followed, whether ended, since when, and how many alike."""

    durations: NDArray[np.float64]
    observed: NDArray[np.bool_]
    entry: NDArray[np.float64]
    weights: NDArray[np.int64]


def drawn(accounts: int, kind: str) -> Followed:
    """A mean of 500 days, 70% ended, half met late, up to four alike."""
    draw = np.random.default_rng(11)
    durations = draw.exponential(500, accounts) + 1
    entry = np.where(draw.random(accounts) < 0.5, 0, durations * draw.random(accounts) * 0.9)
    if kind == "whole days":
        durations, entry = np.ceil(durations), np.floor(entry)
    return Followed(durations, draw.random(accounts) < 0.7, entry, draw.integers(1, 5, accounts))


def contender(name: str, accounts: int, kind: str) -> tuple[Callable[[], Any], Callable[..., Any]]:
    """The work to be timed, and what is read off its result to see that both found the same."""
    rows = drawn(accounts, kind)
    at = np.quantile(rows.durations, [0.1, 0.25, 0.5, 0.75, 0.9], method="inverted_cdf")
    if name == "kaplan_meier":
        return lambda: _lichen(rows), lambda curve: _read_lichen(curve, at)
    return lambda: _lifelines(rows), lambda fitter: _read_lifelines(fitter, at)


def _lichen(rows: Followed) -> Any:
    from lichen.inference.survival import kaplan_meier

    curve = kaplan_meier(rows.durations, rows.observed, entry=rows.entry, weights=rows.weights)
    return curve, [curve.median, *curve.median_interval]


def _lifelines(rows: Followed) -> Any:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    fitter = KaplanMeierFitter()
    fitter.fit(rows.durations, rows.observed, entry=rows.entry, weights=rows.weights)
    limits = median_survival_times(fitter.confidence_interval_).to_numpy()[0]
    return fitter, [fitter.median_survival_time_, *sorted(limits)]


def _read_lichen(found: Any, at: NDArray[np.float64]) -> list[float]:
    curve, medians = found
    places = np.searchsorted(curve.times, at)
    shown = [curve.survival[places], curve.low[places], curve.high[places], medians]
    return [round(float(value), 9) for value in np.concatenate(shown)]


def _read_lifelines(found: Any, at: NDArray[np.float64]) -> list[float]:
    fitter, medians = found
    band = fitter.confidence_interval_.loc[at].to_numpy()
    survival = fitter.survival_function_.loc[at].iloc[:, 0]
    shown = [survival, band[:, 0], band[:, 1], medians]
    return [round(float(value), 9) for value in np.concatenate(shown)]
