"""From one run to the other a cause at a time: what is recomputed, and what cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from lichen.kernel.progress import Progress
from lichen.ledger import Ledger, open_ledger
from lichen.ledger.changes import Comparison, EntityChange, compared
from lichen.ledger.errors import LedgerDamaged
from lichen.runs import Run
from lichen.scorecards.diff import Question, exactly, measure_of
from lichen.scorecards.diff.pairing import Pair
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure
from lichen.workspace.causes import (
    LATER,
    DefinitionChange,
    Step,
    definition_changes,
    path,
    settings_of,
    shapes_rows,
)
from lichen.workspace.errors import LedgerGone
from lichen.workspace.measures import registered_measures
from lichen.workspace.recomputing import Setting, recompute

REPRODUCED = 1e-9
"""Relative distance within which a recomputed value is the published one."""

Answers = Mapping[Question, Figure]


@dataclass(frozen=True)
class Trace:
    """The causes of a change in order, and the figures as they stood after each but the last.

    `whole` says why nothing could be split, if so; `unlike` are figures that this version does
    not make again as they were published, so that theirs is not split either.
    """

    causes: tuple[str, ...] = ()
    values: tuple[Answers, ...] = ()
    facts: tuple[EntityChange, ...] = ()
    definitions: tuple[DefinitionChange, ...] = ()
    cautions: tuple[str, ...] = ()
    whole: str = ""
    unlike: frozenset[Question] = frozenset()


def trace(before: Run, after: Run, pairs: Sequence[Pair], progress: Progress) -> Trace:
    """Every cause that can have moved these figures, with the values in between.

    Nothing is opened or recomputed where one cause alone, or none, can have acted.

    Raises:
        LedgerGone: a ledger that is needed is gone, or not as it was written.
    """
    held = _definitions(before), _definitions(after)
    if held[0] is None or held[1] is None:
        return _whole(
            f"the definitions of run {_first(before, after, held)} are of another version"
        )
    if before.currency != after.currency:
        return _whole(f"the workspace currency changed from {before.currency} to {after.currency}")
    changes = definition_changes(held[0], held[1])
    if before.manifest["ledger"]["key"] == after.manifest["ledger"]["key"] and not _elsewhere(
        before, after
    ):
        named = dict.fromkeys(f"definition {each.definition}" for each in changes)
        causes = [*named, *([LATER] if before.as_of != after.as_of else ())]
        if len(causes) < 2:
            return _sure(Trace(causes=tuple(causes), definitions=changes), pairs)
    with _scratch(before.root) as scratch:
        settings = [
            settings_of(run, own, _ledger(run))
            for run, own in zip((before, after), held, strict=True)
            if own is not None
        ]
        return _traced((before, after), settings, changes, pairs, scratch, progress)


def _traced(
    runs: tuple[Run, Run],
    settings: Sequence[Setting],
    changes: tuple[DefinitionChange, ...],
    pairs: Sequence[Pair],
    scratch: Path,
    progress: Progress,
) -> Trace:
    progress("Comparing ledgers")
    with _facts(settings, scratch) as facts:
        same_files = _inputs(runs[0]) == _inputs(runs[1])
        steps = tuple(
            path(settings[0], settings[1], changes, facts, scratch, same_files=same_files)
        )
        entities = facts.entities if facts else ()
    unlike, values = _recomputed(runs, settings, steps, pairs, scratch, progress)
    causes = tuple(step.cause for step in steps)
    if not causes and unlike:
        return _whole(
            "facts, definitions and day are the same, so another version made one of them"
        )
    cautions = [*_shaping(changes, same_files), *_unlike(runs, unlike, pairs)]
    return Trace(causes, values, entities, changes, tuple(cautions), unlike=unlike)


def _recomputed(
    runs: tuple[Run, Run],
    settings: Sequence[Setting],
    steps: Sequence[Step],
    pairs: Sequence[Pair],
    scratch: Path,
    progress: Progress,
) -> tuple[frozenset[Question], tuple[Answers, ...]]:
    """Figures that are not made again as published, and the answers after each step but the last.

    The earlier run is made again whenever something is recomputed, the later one only where
    another version of Lichen or of a plugin made it.
    """
    questions = [pair.question for pair in pairs]

    def made(setting: Setting, phrase: str) -> Answers:
        progress(phrase)
        return recompute(setting, questions, scratch, progress)

    unlike: set[Question] = set()
    if len(steps) > 1 or _elsewhere(*runs):
        again = made(settings[0], f"Making run {runs[0].run_id} again")
        unlike |= {p.question for p in pairs if not _is_like(p.before, again.get(p.question))}
    if _elsewhere(runs[1]):
        again = made(settings[1], f"Making run {runs[1].run_id} again")
        unlike |= {p.question for p in pairs if not _is_like(p.after, again.get(p.question))}
    values = tuple(made(step.setting, f"Taking in {step.cause}") for step in steps[:-1])
    return frozenset(unlike), values


def _is_like(published: Figure, again: Figure | None) -> bool:
    measure = measure_of(published)
    was, now = exactly(published, measure), exactly(again, measure)
    return now is not None and was is not None and isclose(was, now, rel_tol=REPRODUCED)


@contextmanager
def _facts(settings: Sequence[Setting], scratch: Path) -> Iterator[Comparison | None]:
    before, after = (setting.ledger for setting in settings)
    if before.key == after.key:
        yield None
        return
    with compared(before, after, scratch) as facts:
        yield facts


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder for rows in between: in the workspace, or elsewhere for who may only read it."""
    own = root / ".lichen"
    where = own if os.access(own, os.W_OK) else None
    with TemporaryDirectory(dir=where, prefix="spill-") as folder:
        yield Path(folder)


def _ledger(run: Run) -> Ledger:
    folder = run.root / run.manifest["ledger"]["folder"]
    if not folder.is_dir():
        raise LedgerGone(run.run_id, folder, "is gone", run.root)
    try:
        return open_ledger(folder, deep=True)
    except LedgerDamaged as damaged:
        raise LedgerGone(run.run_id, folder, "is not as it was written", run.root) from damaged


def _definitions(run: Run) -> Definitions | None:
    try:
        return Definitions.model_validate(run.manifest["definitions"]["content"])
    except ValidationError:
        # Definitions that this version does not know: the caller says so and splits nothing.
        return None


def _first(before: Run, after: Run, held: tuple[Definitions | None, Definitions | None]) -> str:
    return before.run_id if held[0] is None else after.run_id


def _elsewhere(*runs: Run) -> bool:
    """Whether another version of Lichen, or other measures, made one of these runs."""
    now = {measure.name: measure.provider for measure in registered_measures()}
    return any(
        (run.manifest["lichen"], run.manifest["plugins"]) != (version("lichen"), now)
        for run in runs
    )


def _inputs(run: Run) -> set[tuple[str, str]]:
    return {(each["entity"], each["hash"]) for each in run.manifest["inputs"]}


def _sure(found: Trace, pairs: Sequence[Pair]) -> Trace:
    """The trace, or none where figures moved without anything that could have moved them."""
    if found.causes or all(pair.before.value == pair.after.value for pair in pairs):
        return found
    return _whole("facts, definitions and day are the same, so another version made one of them")


def _whole(reason: str) -> Trace:
    return Trace(cautions=(f"Changes are given whole, without causes: {reason}.",), whole=reason)


def _shaping(changes: Sequence[DefinitionChange], same_files: bool) -> Iterator[str]:
    shaping = dict.fromkeys(each.definition for each in changes if shapes_rows(each))
    if shaping and not same_files:
        yield (
            f"Definitions that shape rows when feeds are read changed ({', '.join(shaping)}) and "
            "the files did too, so what these definitions did stands under corrected and new facts."
        )


def _unlike(
    runs: tuple[Run, Run], unlike: frozenset[Question], pairs: Sequence[Pair]
) -> Iterator[str]:
    if unlike:
        made = {run.manifest["lichen"] for run in runs}
        yield (
            f"{len(unlike):,} of {len(pairs):,} figures cannot be made again as they were "
            f"published (runs by Lichen {' and '.join(sorted(made))}, this is "
            f"{version('lichen')}): their change is given whole."
        )
