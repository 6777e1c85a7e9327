"""A run as a value: printed by `--explain`, or applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lichen.engines.connect import ENGINES
from lichen.kernel.errors import LichenError
from lichen.kernel.periods import Window, WindowKind, last_month_end, window_ending
from lichen.kernel.progress import Progress, silent
from lichen.ledger import LoadPlan, open_ledger, plan_load
from lichen.runs import Run, latest
from lichen.vocabulary.dimensions import default_dimensions
from lichen.workspace.days import EARLIEST, check_reach
from lichen.workspace.measures import registered_measures
from lichen.workspace.naming import check_known, one_name
from lichen.workspace.stages import (
    Compare,
    FeedFile,
    GroupAccounts,
    PublishRun,
    ReadFeeds,
    ResolveLedger,
    SeeAsOf,
    Stage,
    TakeMeasures,
)

if TYPE_CHECKING:
    from lichen.vocabulary.definitions import Definitions


MODEL = "model"

OPTIONAL = (MODEL,)
"""Parts of a run that may be left out, by the verb that reads them."""


@dataclass(frozen=True)
class RunPlan:
    """What one run will do, stage by stage.

    `asked_as_of` is the day that the caller named; `windows` the kinds that end there beside the
    rolling twelve months, which are always measured.
    """

    root: Path
    definitions: Definitions
    asked_as_of: date | None
    windows: tuple[WindowKind, ...]
    engine: str
    stages: tuple[Stage, ...]

    def explain(self) -> str:
        """The plan in words: what is read, what is reused, which day, what will be published."""
        lines = [f"Run of {self.root}"]
        for number, stage in enumerate(self.stages, start=1):
            lines.append(f"{number}. {stage.name}")
            lines.extend(f"   {line}" for line in stage.explain())
        return "\n".join(lines)

    def as_dict(self) -> list[dict[str, Any]]:
        """The plan for a program: each stage with the lines that explain it."""
        return [{"stage": stage.name, "lines": list(stage.explain())} for stage in self.stages]

    def apply(self, progress: Progress = silent) -> Run:
        """Carry the plan out and return the published run.

        Raises:
            WorkspaceLocked: another run is writing here.
            LichenError: anything else that keeps the run from an honest end; nothing is
                published then, and readers keep the run they had.
        """
        from lichen.workspace.applying import apply

        return apply(self, progress)


def make_plan(
    root: Path,
    definitions: Definitions,
    asked_as_of: date | None,
    windows: Sequence[WindowKind],
    engine: str,
    without: Sequence[str] = (),
) -> RunPlan:
    """Look at feeds, cache, definitions and the last run; write nothing.

    `without` names stages that are left out, see `OPTIONAL`.
    """
    check_known(
        ("engine", one_name("engine", engine), ENGINES), ("part of a run", without, OPTIONAL)
    )
    load = plan_load(root, definitions)
    kinds = tuple(dict.fromkeys((WindowKind.ROLLING_12M, *windows)))
    files = tuple(FeedFile(*each) for each in load.inputs)
    measures = tuple((each.name, each.provider) for each in registered_measures())
    stages: tuple[Stage, ...] = (
        ReadFeeds(files, tuple(line for one in load.sources for line in one.explain())),
        ResolveLedger(load.key, load.cached),
        _as_of(definitions, asked_as_of, kinds, load),
        GroupAccounts(tuple(default_dimensions(definitions))),
        TakeMeasures(measures, engine),
        *_compare(definitions, without),
        _publish(root, definitions),
    )
    return RunPlan(root, definitions, asked_as_of, kinds, engine, stages)


def windows_ending(
    day: date, kinds: Sequence[WindowKind], fiscal_year_start: int
) -> dict[str, Window]:
    """The window of each kind that ends at the last month end on or before `day`."""
    closes_on = last_month_end(day)
    return {kind.value: window_ending(closes_on, kind, fiscal_year_start) for kind in kinds}


def _as_of(
    definitions: Definitions, asked: date | None, kinds: Sequence[WindowKind], load: LoadPlan
) -> SeeAsOf:
    held = open_ledger(load.folder) if load.cached else None
    newest = held.newest_fact if held else None
    day, reason = asked or definitions.workspace.as_of, "as_of in lichen.toml"
    if asked:
        reason = "asked for"
    elif day is None:
        reason = "the last month end on or before the newest fact"
        day = last_month_end(newest) if newest else None
    if day is None:
        unknown: tuple[tuple[str, Window | None], ...] = tuple((kind.value, None) for kind in kinds)
        return SeeAsOf(None, reason, unknown)
    if newest is not None or day < EARLIEST:
        check_reach(day, held.newest_by(day) if held else None)
    spans = windows_ending(day, kinds, definitions.workspace.fiscal_year_start)
    return SeeAsOf(day, reason, tuple(spans.items()))


def _compare(definitions: Definitions, without: Sequence[str]) -> tuple[Compare, ...]:
    if MODEL in without:
        return ()
    rules = definitions.comparison
    return (Compare(rules.horizon, rules.landmarks),)


def _publish(root: Path, definitions: Definitions) -> PublishRun:
    previous = _previous(root)
    before = previous.manifest["definitions"]["hashes"] if previous else {}
    now = definitions.hashes()
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    return PublishRun(
        definitions.version,
        previous.run_id if previous else None,
        tuple(changed) if previous else (),
        definitions.runs.keep,
    )


def _previous(root: Path) -> Run | None:
    try:
        return latest(root)
    except LichenError:
        # A run that cannot be read is no reason not to publish a new one.
        return None
