"""Covariates as one matrix of numbers, every one of them, for looking at balance."""

from __future__ import annotations

import numpy as np

from lichen.value.comparison.panel import Floats, Ints, Panel

RARE = 10
"""A level that fewer exposed than this have is looked at together with the other rare ones."""


def covariate_matrix(panel: Panel) -> tuple[tuple[str, ...], Floats]:
    """Names and columns: numbers (the mean where unknown), flags of the unknown, levels of words.

    Every covariate of the panel is in it, also those that the propensity had to leave out.
    Columns that are the same for all are left out.
    """
    columns: dict[str, Floats] = {}
    for name, values in panel.numbers.items():
        columns |= _number(name, values)
    for name, codes in panel.words.items():
        columns |= _levels(name, codes, panel.levels[name], panel)
    varied = {name: values for name, values in columns.items() if np.ptp(values) > 0}
    if not varied:
        return (), np.empty((len(panel), 0))
    return tuple(varied), np.column_stack(list(varied.values()))


def _number(name: str, values: Floats) -> dict[str, Floats]:
    unknown = ~np.isfinite(values)
    if unknown.all():
        return {}
    if not unknown.any():
        return {name: values}
    filled = np.where(unknown, values[~unknown].mean(), values)
    return {name: filled, f"{name} unknown": unknown.astype(np.float64)}


def _levels(name: str, codes: Ints, levels: tuple[str, ...], panel: Panel) -> dict[str, Floats]:
    seen = np.bincount(codes[panel.exposed], minlength=len(levels))
    rare = seen[codes] < RARE
    columns = {
        f"{name}: {level}": (codes == code).astype(np.float64)
        for code, level in enumerate(levels)
        if seen[code] >= RARE
    }
    if rare.any():
        columns[f"{name}: other"] = rare.astype(np.float64)
    return columns
