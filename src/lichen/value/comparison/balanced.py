"""How alike the arms are, covariate by covariate, before and after matching."""

from __future__ import annotations

from math import isfinite

import numpy as np

from lichen.inference.balance import balance
from lichen.value.comparison.design import Design
from lichen.value.comparison.matrix import covariate_matrix
from lichen.value.comparison.result import BalanceRow
from lichen.vocabulary.definitions import Comparison as Rules


def balance_rows(design: Design, rules: Rules) -> tuple[BalanceRow, ...]:
    """One row for each covariate of the panel, also for those the propensity had to leave out."""
    panel = design.panel
    names, x = covariate_matrix(panel)
    if not names:
        return ()
    weight = np.where(design.matched, 1.0, design.used)
    found = balance(
        x,
        panel.exposed,
        weight,
        names=names,
        weights=panel.weight,
        clusters=panel.account,
        close=rules.balance,
        far=rules.balance_most,
    )
    return tuple(
        BalanceRow(
            name,
            _number(float(found.before[place])),
            _number(float(found.after[place])),
            found.limit,
            _number(float(found.variance_ratio[place])),
            _number(float(found.ecdf[place])),
            bool(found.passes[place]),
        )
        for place, name in enumerate(names)
    )


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
