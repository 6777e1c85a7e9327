"""The board: one page of figures that CS, partner, revenue and finance leads read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lichen.scorecards.accounts import AccountsBehind
from lichen.scorecards.bridge import Bridge, arr_bridge
from lichen.scorecards.costs import COSTS, CostPanel, cost_panels
from lichen.scorecards.coverage import Coverage, coverage
from lichen.scorecards.curves import (
    COHORTS,
    CURVES,
    CohortCell,
    RetentionCurves,
    cohort_cells,
    retention_curves,
)
from lichen.scorecards.funnel import FUNNEL, Funnel, funnel
from lichen.scorecards.headlines import Headline, headlines
from lichen.scorecards.outcomes import OutcomeGroup, outcome_groups
from lichen.scorecards.plan import PlanLine, plan
from lichen.scorecards.portfolio import Portfolio, portfolio
from lichen.scorecards.profile import ProfileRow, ProfileTable, profile, total_row
from lichen.scorecards.published import Published
from lichen.scorecards.reconciliation import Reconciliation, reconciliation
from lichen.scorecards.routes import RollingRoutes, rolling_routes
from lichen.scorecards.run_facts import RunFacts, run_facts
from lichen.scorecards.similar import Similar, similar
from lichen.scorecards.targets import Standing, TargetReading, read_target
from lichen.value.comparison import stored
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.finding import Finding, Severity

TABLES = (
    "end_points",
    "groups",
    "accounts",
    "partners",
    "reconciliation",
    "portfolio",
    "coverage",
    CURVES,
    COHORTS,
    COSTS,
    FUNNEL,
    *stored.TABLES,
)
"""Tables of a run that a board reads where they are there."""

_SEVERITY = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True)
class Board:
    """Everything the scorecard shows, picked from one published run; no figure is computed here.

    `targets` holds every target of the definitions, also those whose figure the run lacks.
    `findings` come with the gravest first.
    """

    run: RunFacts
    published: Published
    headlines: tuple[Headline, ...]
    targets: tuple[TargetReading, ...]
    bridge: Bridge
    routes: tuple[RollingRoutes, ...]
    outcomes: tuple[OutcomeGroup, ...]
    similar: Similar
    costs: tuple[CostPanel, ...]
    curves: RetentionCurves
    cohorts: tuple[CohortCell, ...]
    funnel: Funnel | None
    plan: tuple[PlanLine, ...]
    portfolio: Portfolio
    coverage: Coverage
    total: ProfileRow
    profile: tuple[ProfileTable, ...]
    reconciliation: Reconciliation
    findings: tuple[Finding, ...]
    accounts: AccountsBehind
    names: Mapping[str, str]
    sentence: str

    @property
    def is_empty(self) -> bool:
        """Whether the run published no figure that a board shows."""
        return not self.headlines

    def findings_of(self, figure: Figure) -> tuple[Finding, ...]:
        """The findings that a figure itself names by code."""
        return tuple(each for each in self.findings if each.code in figure.findings)


def build(
    figures: pa.Table,
    manifest: Mapping[str, Any],
    findings: Sequence[Finding] = (),
    targets: Sequence[Target] = (),
    tables: Mapping[str, pa.Table] | None = None,
    *,
    top: int = 12,
    fiscal_year_start: int = 1,
    folder: str | None = None,
) -> Board:
    """Arrange a published run as a board.

    Args:
        figures, manifest: of the run; see `vocabulary.figure.figure_schema` and `run_facts`.
        findings, targets: what readers should know, and the `[[target]]` rows of the definitions.
        tables: the run's tables by name, see `TABLES`.
        top: groups shown in a dimension before the rest is folded.
        fiscal_year_start, folder: the month of fiscal-year targets, and how commands name DIR.
    """
    held = dict(tables or {})
    run = run_facts(manifest, folder)
    published, names = Published(figures), _partner_names(held.get("partners"))
    readings = _readings(targets, published, fiscal_year_start, run.currency)
    shown = headlines(published, readings, run, names)
    return Board(
        run=run,
        published=published,
        headlines=shown,
        targets=readings,
        bridge=arr_bridge(published, run.currency),
        routes=tuple(rolling_routes(published, metric) for metric in ("nrr", "grr")),
        outcomes=outcome_groups(published),
        similar=similar(held, names),
        costs=cost_panels(held, published),
        curves=retention_curves(held, run.rules.minimum_count),
        cohorts=cohort_cells(held),
        funnel=funnel(held),
        plan=plan(readings, run.currency),
        portfolio=portfolio(published, held, top),
        coverage=coverage(published, held),
        total=total_row(published),
        profile=profile(published, names, top),
        reconciliation=reconciliation(published, held),
        findings=tuple(sorted(findings, key=_gravity)),
        accounts=AccountsBehind(held),
        names=names,
        sentence=_sentence(shown, readings),
    )


def _readings(
    targets: Sequence[Target], published: Published, fiscal_year_start: int, currency: str
) -> tuple[TargetReading, ...]:
    return tuple(read_target(each, published, fiscal_year_start, currency) for each in targets)


def _sentence(shown: Sequence[Headline], readings: Sequence[TargetReading]) -> str:
    if not shown:
        return "No figures yet: this run published none that a board shows."
    if not readings:
        return "No target is set yet: add [[target]] rows to lichen.toml to measure against them."
    counts = dict.fromkeys(Standing, 0)
    for reading in readings:
        counts[reading.standing] += 1
    parts = [f"{count} {standing}" for standing, count in counts.items() if count]
    noun = "target" if len(readings) == 1 else "targets"
    return f"Of {len(readings)} {noun}: {', '.join(parts)}.{_chance(readings)}"


def _chance(readings: Sequence[TargetReading]) -> str:
    count = sum(reading.chance for reading in readings)
    if not count:
        return ""
    return f" In {count} of them the interval holds the target, so chance may decide."


def _gravity(finding: Finding) -> tuple[int, float, int, str]:
    share = finding.arr_share or 0.0
    return _SEVERITY.index(Severity(finding.severity)), -share, -finding.count, finding.code


def _partner_names(partners: pa.Table | None) -> dict[str, str]:
    if partners is None or not {"partner_id", "name"} <= set(partners.column_names):
        return {}
    ids, names = partners["partner_id"].to_pylist(), partners["name"].to_pylist()
    return {key: name for key, name in zip(ids, names, strict=True) if name}
