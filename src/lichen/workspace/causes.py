"""Why the figures of two runs can differ: the path from one to the other, a cause a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lichen.kernel.periods import WindowKind
from lichen.ledger import Ledger
from lichen.ledger.changes import Comparison
from lichen.runs import Run
from lichen.vocabulary.definitions import Definitions
from lichen.workspace.recomputing import Setting

CORRECTED, NEW, LATER = "corrected facts", "new facts", "later date"
DEFINITION = "definition "

_READING = {
    "workspace": ("currency", "time_zone"),
    "revenue": ("rate_max_age_days",),
    "identity": None,
    "feeds": None,
    "sources": None,
}
"""What shapes rows when feeds are read; None = the whole definition."""

_UNFELT = {"workspace": ("name", "as_of"), "target": None, "pilot": None, "runs": None}
"""What moves no figure: it names, dates, promises or keeps."""


@dataclass(frozen=True)
class DefinitionChange:
    """One key of a definition that the two runs were not made by alike."""

    definition: str
    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Step:
    """One cause taken in: the setting after it, which the last step leaves to the later run."""

    cause: str
    setting: Setting


def definition_changes(before: Definitions, after: Definitions) -> tuple[DefinitionChange, ...]:
    """Every key that differs and may move a figure, by definition in the order of the file."""
    earlier, later = _felt(before), _felt(after)
    return tuple(
        DefinitionChange(name, key, earlier[name].get(key), later[name].get(key))
        for name in later
        for key in dict.fromkeys([*earlier[name], *later[name]])
        if earlier[name].get(key) != later[name].get(key)
    )


def shapes_rows(change: DefinitionChange) -> bool:
    """Whether it acts when feeds are read, so that the ledger's rows are others."""
    return change.definition in _READING and _is_named(_READING[change.definition], change.key)


def path(
    before: Setting,
    after: Setting,
    changes: tuple[DefinitionChange, ...],
    facts: Comparison | None,
    scratch: Path,
    *,
    same_files: bool,
) -> Iterator[Step]:
    """The steps from one run to the other, in the order of the documentation; none unneeded.

    `facts` compares their ledgers, None where they are one ledger. `same_files`: both read the
    same files, so rows can differ by definitions only.
    """
    reached = before
    for cause, ledger in _fact_steps(after, changes, facts, scratch, same_files):
        reached = replace(reached, ledger=ledger)
        yield Step(cause, reached)
    for name in dict.fromkeys(each.definition for each in changes if not shapes_rows(each)):
        definitions = reached.definitions.model_copy(
            update={name: getattr(after.definitions, name)}
        )
        reached = replace(reached, definitions=definitions)
        yield Step(f"{DEFINITION}{name}", reached)
    if after.day != before.day:
        yield Step(LATER, after)


def settings_of(run: Run, definitions: Definitions, ledger: Ledger) -> Setting:
    """What a published run was made of."""
    kinds = tuple(WindowKind(kind) for kind in run.windows)
    return Setting(ledger, definitions, run.as_of, kinds)


def _fact_steps(
    after: Setting,
    changes: tuple[DefinitionChange, ...],
    facts: Comparison | None,
    scratch: Path,
    same_files: bool,
) -> Iterator[tuple[str, Ledger]]:
    if facts is None or not (facts.corrects or facts.adds):
        return
    shaping = dict.fromkeys(each.definition for each in changes if shapes_rows(each))
    if same_files and shaping:
        yield " and ".join(f"{DEFINITION}{name}" for name in shaping), after.ledger
        return
    if facts.corrects:
        yield CORRECTED, facts.corrected(scratch / "corrected") if facts.adds else after.ledger
    if facts.adds:
        yield NEW, after.ledger


def _felt(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """Content of the definitions that may move figures, by name and key."""
    content: Mapping[str, Mapping[str, Any]] = definitions.model_dump(mode="json")
    return {
        name: {key: value for key, value in keys.items() if not _is_unfelt(name, key)}
        for name, keys in content.items()
        if name not in _UNFELT or _UNFELT[name]
    }


def _is_unfelt(name: str, key: str) -> bool:
    return name in _UNFELT and _is_named(_UNFELT[name], key)


def _is_named(keys: tuple[str, ...] | None, key: str) -> bool:
    return keys is None or key in keys
