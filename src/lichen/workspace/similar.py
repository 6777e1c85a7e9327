"""Comparisons with similar accounts: those that a run published, read as published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lichen.kernel.errors import LichenError, UnknownName
from lichen.runs import Run
from lichen.workspace.naming import Names, check_known, names

if TYPE_CHECKING:
    from pathlib import Path

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


def comparisons_of(run: Run, wanted: Asked) -> Compared:
    """The comparisons that the run published of those wanted.

    Raises:
        NothingCompared: nothing was named and the run has none.
        UnknownName: no such exposure or outcome.
    """
    from lichen.value.comparison.result import Compared
    from lichen.value.comparison.stored import TABLES, stored_comparisons, stored_ranks

    tables = {name: run.table(name) for name in TABLES if name in run.table_names}
    published = stored_comparisons(tables)
    found = tuple(each for each in published if wanted.takes(each))
    if found and set(wanted.outcomes) <= {each.outcome for each in found}:
        return Compared(found, stored_ranks(tables) if wanted.is_everything else ())
    if not published:
        raise NothingCompared(run.run_id, run.root)
    raise _unpublished(wanted, published, run)


def _unpublished(wanted: Asked, published: tuple[Comparison, ...], run: Run) -> LichenError:
    where = f"the comparisons of run {run.run_id}"
    exposures = {each.exposure for each in published}
    if wanted.exposure is not None and wanted.exposure not in exposures:
        return UnknownName("exposure", wanted.exposure, exposures, where)
    outcomes = {each.outcome for each in published}
    for name in wanted.outcomes:
        if name not in outcomes:
            return UnknownName("outcome", name, outcomes, where)
    return NothingCompared(run.run_id, run.root)
