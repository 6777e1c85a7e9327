"""Runs small enough to read: three figures, and a table that must agree with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lichen.kernel.periods import Window
from lichen.runs import Run, publish
from lichen.vocabulary.figure import Figure, figure_id, figures_table

YEAR = Window(date(2025, 9, 30), date(2026, 9, 30))


def figures_of_run(run_id: str) -> pa.Table:
    """NRR, GRR and logo retention of the whole base."""
    return figures_table(
        Figure(
            metric=metric,
            base="cohort",
            groups="",
            parameters="",
            window_from=YEAR.opens_on,
            window_to=YEAR.closes_on,
            value=value,
            unit="ratio",
            low=None,
            high=None,
            n=40,
            numerator=int(value * 1000),
            denominator=1000,
            verdict="measured",
            findings=(),
            definition="revenue:abc",
            run_id=run_id,
            figure_id=figure_id(metric, "cohort", "", "", YEAR),
        )
        for metric, value in (("nrr", 1.1), ("grr", 0.9), ("logo_retention", 0.95))
    )


def manifest_of_run(run_id: str, **more: Any) -> dict[str, Any]:
    """The least that a manifest holds."""
    return {
        "run_id": run_id,
        "as_of": "2026-09-30",
        "workspace": {"currency": "USD"},
        "windows": {"12m": ["2025-09-30", "2026-09-30"]},
        "definitions": {"version": "v1", "hashes": {}, "content": {"scorecard": {}}},
        "findings": [],
        **more,
    }


Publisher = Callable[..., Run]
"""Publishes a run with this id in the test's workspace."""


def publisher_in(root: Path) -> Publisher:
    """A publisher of runs whose figures and table carry their id."""

    def make(run_id: str, **more: Any) -> Run:
        tables = {"end_points": pa.table({"account_id": ["a", "b"], "run_id": [run_id] * 2})}
        return publish(root, manifest_of_run(run_id, **more), figures_of_run(run_id), tables)

    return make
