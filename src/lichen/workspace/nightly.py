"""A run in a few lines, for who reads it every morning: targets, moves, findings, late feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lichen.kernel.progress import Progress, silent
from lichen.runs import NoRunBefore, Run, previous
from lichen.runs.errors import RunDamaged, RunFormatRefused
from lichen.scorecards.headlines import titled
from lichen.scorecards.labels import groups_phrase
from lichen.scorecards.published import Published
from lichen.scorecards.targets import Standing, TargetReading, read_target, target_phrase
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.format import format_value
from lichen.workspace.comparing import compare
from lichen.workspace.differences import RunDiff
from lichen.workspace.errors import LedgerGone

LATE = "stale_"
"""Codes of findings about feeds that have fallen behind begin so."""

STANDINGS = (Standing.MISSED, Standing.ON_THE_WAY, Standing.NOT_MEASURED, Standing.MET)


@dataclass(frozen=True)
class Nightly:
    """What a run says that a person should see, against the run before it.

    `diff` is None for the first run; `cautions` say what could not be compared. New and vanished
    findings are told apart by code and entity: the same finding with another count is neither.
    """

    run: Run
    targets: tuple[TargetReading, ...]
    diff: RunDiff | None
    new: tuple[Finding, ...]
    vanished: tuple[Finding, ...]
    cautions: tuple[str, ...]

    @property
    def late(self) -> tuple[Finding, ...]:
        """Feeds whose newest fact lies far behind the newest of all."""
        return tuple(each for each in self.run.findings if each.code.startswith(LATE))

    @property
    def missed(self) -> tuple[TargetReading, ...]:
        """Targets that are missed; those on the way or not measured are not among them."""
        return tuple(each for each in self.targets if each.standing is Standing.MISSED)

    @property
    def unmeasured(self) -> tuple[TargetReading, ...]:
        """Targets whose figure the run lacks or withholds: nobody knows where they stand."""
        return tuple(each for each in self.targets if each.standing is Standing.NOT_MEASURED)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings of severity error, new or not."""
        return tuple(each for each in self.run.findings if each.severity is Severity.ERROR)

    def counts(self) -> dict[Standing, int]:
        """Targets by standing."""
        return {
            standing: sum(each.standing is standing for each in self.targets)
            for standing in STANDINGS
        }

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain values, for JSON."""
        moved = self.diff.as_dict() if self.diff else None
        return {
            "run_id": self.run.run_id,
            "as_of": self.run.as_of.isoformat(),
            "compared_with": self.diff.before.run_id if self.diff else None,
            "targets": {
                "counts": {standing.value: count for standing, count in self.counts().items()},
                "readings": [_target(each, self.run.currency) for each in self.targets],
            },
            "causes": moved["causes"] if moved else [],
            "facts": moved["facts"] if moved else [],
            "definitions": moved["definitions"] if moved else [],
            "beyond_noise": [row for row in moved["changes"] if row["beyond_noise"]]
            if moved
            else [],
            "appearances": moved["appearances"] if moved else [],
            "new_findings": [_finding(each) for each in self.new],
            "vanished_findings": [_finding(each) for each in self.vanished],
            "errors": [_finding(each) for each in self.errors],
            "late": [_finding(each) for each in self.late],
            "cautions": list(self.cautions),
        }


def nightly(run: Run, progress: Progress = silent) -> Nightly:
    """The summary of a run. What cannot be compared is said, and hides nothing else."""
    before, cautions = _before(run)
    diff = None
    if before is not None:
        try:
            diff = compare(before, run, progress=progress)
            cautions = (*cautions, *diff.cautions)
        except LedgerGone as gone:
            diff = compare(before, run, split=False, progress=progress)
            cautions = (*cautions, str(gone))
    held = before.findings if before else run.findings
    return Nightly(
        run,
        _readings(run),
        diff,
        new=_without(run.findings, held),
        vanished=_without(held, run.findings),
        cautions=cautions,
    )


def target_line(reading: TargetReading, currency: str) -> str:
    """`missed: NRR of all accounts, at 98.0%. Target at least 105.0%. Owner: Head of CS.`"""
    target, figure = reading.target, reading.figure
    at = ""
    if figure is not None and figure.value is not None:
        at = f", at {format_value(figure.value, figure.unit, currency=currency)}"
    named = titled(target.metric, groups_text(target.parameters))
    subject = f"{named} of {groups_phrase(target.groups)}"
    return f"{reading.standing}: {subject}{at}. {reading.reason}"


def _before(run: Run) -> tuple[Run | None, tuple[str, ...]]:
    try:
        return previous(run), ()
    except NoRunBefore:
        return None, ("This is the first run that is kept: there is nothing to compare with.",)
    except (RunDamaged, RunFormatRefused) as unreadable:
        return None, (f"Not compared with the run before: {unreadable}",)


def _readings(run: Run) -> tuple[TargetReading, ...]:
    published = Published(run.figures())
    start = run.manifest["workspace"]["fiscal_year_start"]
    targets = [Target.model_validate(each) for each in run.manifest["targets"]]
    read = [read_target(target, published, start, run.currency) for target in targets]
    return tuple(sorted(read, key=lambda each: STANDINGS.index(each.standing)))


def _without(findings: Iterable[Finding], held: Iterable[Finding]) -> tuple[Finding, ...]:
    known = {(each.code, each.entity) for each in held}
    return tuple(each for each in findings if (each.code, each.entity) not in known)


def _target(reading: TargetReading, currency: str) -> dict[str, Any]:
    target, figure = reading.target, reading.figure
    return {
        "metric": target.metric,
        "groups": target.groups,
        "parameters": target.parameters,
        "period": target.period.value,
        "wanted": target_phrase(target, currency),
        "standing": reading.standing.value,
        "value": figure.value if figure else None,
        "figure_id": figure.figure_id if figure else None,
        "chance": reading.chance,
        "pace": reading.pace,
        "owner": target.owner,
        "co_owners": list(target.co_owners),
        "reason": reading.reason,
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code,
        "entity": each.entity,
        "severity": each.severity.value,
        "count": each.count,
        "sentence": each.sentence,
    }
