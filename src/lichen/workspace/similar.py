"""Comparisons with similar accounts: published by a run, or computed from its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lichen.kernel.errors import LichenError
from lichen.kernel.progress import Progress, silent
from lichen.runs import Run
from lichen.workspace.naming import Names, check_known, names

if TYPE_CHECKING:
    from pathlib import Path

    from lichen.ledger import Ledger
    from lichen.value.comparison.result import Compared, Comparison

HORIZONS = ("6", "12", "24")
ARMS = ("starting", "adding")


class NothingCompared(LichenError):
    """The run published no comparison, and none was named that could be computed."""

    def __init__(self, run_id: str, root: Path) -> None:
        self.run_id = run_id
        super().__init__(
            f"Run {run_id} holds no comparison with similar accounts: it was made with --without "
            "model, or no account was seen to begin with a partner.",
            f"Run again with `lichen run {root}`, or name one: "
            f"`lichen model {root} compare --exposure any`.",
        )


class FactsGone(LichenError):
    """A comparison that the run does not hold would need its ledger, which cannot be read."""

    def __init__(self, run: Run, what: str) -> None:
        self.run_id = run.run_id
        super().__init__(
            f"This comparison is not among those that run {run.run_id} published, and its ledger "
            f"{what}, so it cannot be computed.",
            f"See what was published with `lichen model {run.root} compare`, or run again with "
            f"`lichen run {run.root}`.",
        )


class NobodyBegan(LichenError):
    """No account was seen to begin with the exposure in any quarter that can be followed."""

    def __init__(self, exposure: str, run_id: str) -> None:
        self.exposure = exposure
        super().__init__(
            f"Too few accounts of run {run_id} began with {exposure} to compare any.",
            "Ask for a shorter --horizon, or see what was compared without --exposure.",
        )


@dataclass(frozen=True)
class Asked:
    """Which comparisons are wanted; None and empty stand for every one."""

    exposure: str | None = None
    outcomes: tuple[str, ...] = ()
    horizon: int | None = None
    arms: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing was named, so that the run's own set is meant."""
        return self == Asked()

    def takes(self, comparison: Comparison) -> bool:
        """Whether a comparison is one of those wanted."""
        return (
            self.exposure in (None, comparison.exposure)
            and (not self.outcomes or comparison.outcome in self.outcomes)
            and self.horizon in (None, comparison.horizon)
            and self.arms in (None, comparison.arms)
        )


def asked(
    exposure: str | None = None,
    outcome: Names = None,
    horizon: int | None = None,
    arms: str | None = None,
) -> Asked:
    """What a caller named, checked as far as words alone can be.

    Raises:
        UnknownName, UnknownNames: a horizon or arms that there are not.
        WrongKind, NothingNamed: outcomes that name nothing.
    """
    check_known(
        ("horizon", () if horizon is None else (str(horizon),), HORIZONS),
        ("arms", () if arms is None else (arms,), ARMS),
    )
    text = None if exposure is None else "=".join(part.strip() for part in exposure.split("="))
    return Asked(text, names("outcome", outcome), horizon, arms)


def comparisons_of(run: Run, wanted: Asked, progress: Progress = silent) -> Compared:
    """The comparisons that the run published of those wanted; computed where it has not all.

    Raises:
        NothingCompared: nothing was named and the run has none.
        UnknownName: no such exposure or outcome.
        FactsGone: it would have to be computed, and the ledger of the run is not there.
    """
    from lichen.value.comparison.result import Compared
    from lichen.value.comparison.stored import TABLES, stored_comparisons, stored_ranks

    tables = {name: run.table(name) for name in TABLES if name in run.table_names}
    found = tuple(each for each in stored_comparisons(tables) if wanted.takes(each))
    if found and set(wanted.outcomes) <= {each.outcome for each in found}:
        return Compared(found, stored_ranks(tables) if wanted.is_everything else ())
    if wanted.is_everything:
        raise NothingCompared(run.run_id, run.root)
    return _computed(run, wanted, progress)


def _computed(run: Run, wanted: Asked, progress: Progress) -> Compared:
    """What the run would have published of this question, under its own definitions."""
    from lichen.value.comparison.outcomes import outcome_named

    for name in wanted.outcomes:
        outcome_named(name)
    progress("Opening the facts of the run")
    held = ledger_of(run)
    # The engine is imported only from here on: what a run published is read without it.
    from lichen.engines import connect
    from lichen.value.comparison.compare import compare
    from lichen.value.comparison.exposure import parse_exposure
    from lichen.vocabulary.definitions import Definitions

    definitions = Definitions.model_validate(run.manifest["definitions"]["content"])
    with connect() as engine:
        facts = held.as_of(run.as_of, engine)
        text = "any" if wanted.exposure is None else wanted.exposure
        exposure = parse_exposure(text, facts)
        arms: Literal["starting", "adding"] = "adding" if wanted.arms == "adding" else "starting"
        found = compare(
            facts, definitions, exposure, wanted.outcomes, wanted.horizon, arms, progress
        )
    if not found.comparisons:
        raise NobodyBegan(exposure.text, run.run_id)
    return found


def ledger_of(run: Run) -> Ledger:
    """The ledger that a run was made from, read whole to be sure of it.

    Raises:
        FactsGone: it is no longer there, or not as it was written.
    """
    from lichen import ledger
    from lichen.ledger.errors import LedgerDamaged

    folder = run.root / run.manifest["ledger"]["folder"]
    if not folder.is_dir():
        raise FactsGone(run, "is gone")
    try:
        return ledger.open_ledger(folder, deep=True)
    except LedgerDamaged as damaged:
        raise FactsGone(run, "is not as it was written") from damaged
