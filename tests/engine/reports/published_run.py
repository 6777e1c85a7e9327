"""A small published run made of Figure rows, consistent by construction, for tests of pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from typing import Any

import pyarrow as pa

from lichen.kernel.periods import Window, month_end, month_index
from lichen.vocabulary.figure import Figure, figure_id, figures_table, groups_text
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.metrics import METRICS

AS_OF = date(2026, 10, 31)
RUN_ID = "20261101T080000000000Z-0a1b2c3d"
RATIOS = {
    "nrr": 0.06,
    "grr": -0.08,
    "logo_retention": -0.07,
    "renewal_rate": -0.09,
    "renewal_gross": -0.10,
    "renewal_net": 0.03,
}


@dataclass
class PublishedRun:
    """Rows pile up; `table` is what a run would publish."""

    figures: list[Figure] = field(default_factory=list)

    @property
    def table(self) -> pa.Table:
        return figures_table(self.figures)

    def add(
        self,
        metric: str,
        value: float | None,
        n: int,
        groups: dict[str, str] | None = None,
        months_ago: int = 0,
        months: int = 12,
        parameters: str = "",
        spread: float | None = None,
        denominator: int | None = None,
        findings: Iterable[str] = (),
    ) -> Figure:
        known = METRICS[metric]
        closing = month_index(AS_OF) - months_ago
        window = Window(month_end(closing - months), month_end(closing))
        text = groups_text(groups or {})
        has_interval = spread is not None and value is not None
        figure = Figure(
            metric=metric,
            base=known.base,
            groups=text,
            parameters=parameters,
            window_from=window.opens_on,
            window_to=window.closes_on,
            value=value,
            unit=known.unit,
            low=value - spread if has_interval else None,  # type: ignore[operator]
            high=value + spread if has_interval else None,  # type: ignore[operator]
            n=n,
            numerator=None if denominator is None or value is None else round(value * denominator),
            denominator=denominator,
            verdict="not_enough_data" if value is None else "measured",
            findings=tuple(findings),
            definition="d00000000000",
            run_id=RUN_ID,
            figure_id=figure_id(metric, known.base, text, parameters, window),
        )
        self.figures.append(figure)
        return figure

    def add_group(
        self,
        n: int,
        arr_minor: int,
        groups: dict[str, str] | None = None,
        lift: float = 0.0,
        history: int = 12,
    ) -> None:
        """All profile metrics of a group, with `history` rolling points of each."""
        for ago in range(history):
            size = max(1, n - ago * n // 40)
            self.add("accounts", float(size), size, groups, ago)
            self.add("arr", float(round(arr_minor * (1 - ago * 0.012))), size, groups, ago)
            for metric, base in RATIOS.items():
                value = 1 + base + lift - ago * 0.002
                spread = 1.1 * sqrt(abs(value * (1.35 - value)) / size + 0.01 / size)
                held = None if size < 20 else value
                self.add(metric, held, size, groups, ago, spread=spread, denominator=arr_minor)

    def add_bridge(self, opening: int, closing: int) -> None:
        moves = {
            "new": 900_000_00,
            "reactivation": 40_000_00,
            "expansion": 700_000_00,
            "contraction": -150_000_00,
            "churn": -420_000_00,
            "fx": -30_000_00,
        }
        moves["new"] += closing - opening - sum(moves.values())
        for line, value in {"opening": opening, **moves, "closing": closing}.items():
            self.add("arr_movement", float(value), 100, parameters=f"line={line},months=12")


def harbor(partners: int = 5) -> PublishedRun:
    """About 1,700 accounts served by three routes, with as many partners as asked for."""
    run = PublishedRun()
    run.add_group(1699, 69_800_000_00)
    run.add_bridge(61_200_000_00, 69_800_000_00)
    routes = {
        "direct": (1204, 41_200_000_00, 0.0),
        "hybrid": (311, 18_900_000_00, 0.025),
        "partner": (184, 9_700_000_00, 0.05),
    }
    for route, (n, arr, lift) in routes.items():
        run.add_group(n, arr, {"served_via": route}, lift)
        run.add_group(n, arr, {"acquired_via": route}, lift / 2)
    for groups, lift in (
        ({}, 0.0),
        *(({"served_via": name}, at[2]) for name, at in routes.items()),
    ):
        for ago in (0, 12):
            run.add("adoption", 0.55 + 2 * lift - ago / 400, 900, groups, ago, spread=0.02)
            run.add("feature_breadth", 2.4 + lift, 900, groups, ago, spread=0.1)
        run.add("usage_trend", 1.04 + lift, 800, groups, parameters="months=12", spread=0.03)
    for dimension, values in {
        "involved": ("yes", "no"),
        "partner_kind": ("services", "reseller", "marketplace"),
        "role": ("implemented", "managed"),
        "integrations": ("0", "1", "2", "10"),
        "services_pattern": ("implemented+managed", "none"),
        "segment": ("smb", "mid_market", "enterprise"),
        "industry": ("Retail", "Health & care"),
        "region": ("AMER", "EMEA"),
        "cohort_year": ("2021", "2022", "2023"),
    }.items():
        for place, value in enumerate(values):
            run.add_group(
                13 if value == "marketplace" else 400 - 90 * place,
                9_000_000_00 - place * 2_000_000_00,
                {dimension: value},
                0.01 * place,
                history=1,
            )
    for number in range(partners):
        run.add_group(
            max(3, 60 - number * 4),
            max(1, 40 - number) * 50_000_00,
            {"partner": f"prm:p{number:03d}"},
            0.002 * number,
            history=1,
        )
    return run


def tables() -> dict[str, pa.Table]:
    """Curves of three routes and six start cohorts, as a run keeps them."""
    fades = {"direct": 0.013, "hybrid": 0.007, "partner": 0.005}
    curves = [
        {
            "groups": f"served_via={route}",
            "month": month,
            "at_risk": 400 - 6 * month,
            "survival": (1 - fade) ** month,
            "low": (1 - fade) ** month - 0.0012 * month,
            "high": min(1.0, (1 - fade) ** month + 0.0012 * month),
        }
        for route, fade in fades.items()
        for month in range(49)
    ]
    cohorts = [
        {
            "cohort": str(2021 + place),
            "age_months": age,
            "accounts": 200,
            "retained": round(200 * 0.99**age),
            "arr_opening_minor": 1_000_000_00,
            "arr_now_minor": round(1_000_000_00 * (1.02 - 0.01 * place) ** (age / 6)),
            "arr_share": (1.02 - 0.01 * place) ** (age / 6),
        }
        for place in range(6)
        for age in range(0, 61 - 12 * place, 3)
    ]
    funnel = [
        {"stage": "started", "accounts": 320, "share": 320 / 320, "days": None},
        {"stage": "kickoff", "accounts": 310, "share": 310 / 320, "days": 9.0},
        {"stage": "go_live", "accounts": 262, "share": 262 / 320, "days": 47.5},
        {"stage": "first_value", "accounts": 240, "share": 240 / 320, "days": 81.0},
        {"stage": "lost", "accounts": 21, "share": 21 / 320, "days": None},
    ]
    return {
        "value_funnel": pa.Table.from_pylist(funnel),
        "survival_curves": pa.Table.from_pylist(curves),
        "cohort_retention": pa.Table.from_pylist(cohorts),
    }


MANIFEST: dict[str, Any] = {
    "run_id": RUN_ID,
    "as_of": "2026-10-31",
    "run_format": 1,
    "definitions": {
        "version": "a1b2c3d4e5f6",
        "signed": False,
        "content": {"workspace": {"name": "Harbor Cloud", "currency": "USD"}},
        "hashes": {"revenue": "r00000000000", "scorecard": "s00000000000"},
    },
}

FINDINGS = (
    Finding(
        "late_renewal",
        "subscription",
        37,
        "37 subscriptions were renewed late but within 30 days and count as continuous.",
        Severity.NOTE,
        ("subscription.csv:17",),
        ("nrr", "grr"),
    ),
    Finding(
        "current_value",
        "account",
        1699,
        "Region has no history: today's value stands for the past. Load attribute_change.",
        Severity.WARNING,
        dimensions=("region",),
        arr_share=1.0,
    ),
)
