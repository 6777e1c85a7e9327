"""Which run a scorecard shows: read once from the manifest, so that one place knows its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lichen.vocabulary.definitions import Scorecard, Workspace


@dataclass(frozen=True)
class RunFacts:
    """Where a figure comes from: workspace, run, day and definitions.

    `signed` is None where the run does not say; the web application signs a version, so a run of
    the command line is unsigned until then. `folder` is what commands shown to people name.
    """

    run_id: str
    as_of: date | None
    workspace: str
    currency: str
    definitions_version: str
    definition_hashes: Mapping[str, str] = field(default_factory=dict)
    signed: bool | None = None
    rules: Scorecard = field(default_factory=lambda: Scorecard.model_validate({}))
    folder: str = "DIR"

    @property
    def signature(self) -> str:
        """`signed` or `unsigned`, as a word beside the version."""
        return "signed" if self.signed else "unsigned"


def run_facts(manifest: Mapping[str, Any], folder: str | None = None) -> RunFacts:
    """The facts of a manifest, whether it nests the definitions or lists them flat."""
    definitions = _mapping(manifest.get("definitions"))
    content = _mapping(definitions.get("content")) or definitions
    workspace = _workspace(manifest, content)
    return RunFacts(
        run_id=str(manifest.get("run_id", "")),
        as_of=_day(manifest.get("as_of")),
        workspace=workspace.name,
        currency=str(manifest.get("currency") or workspace.currency),
        definitions_version=str(
            manifest.get("definitions_version") or definitions.get("version") or ""
        ),
        definition_hashes=_mapping(manifest.get("definition_hashes") or definitions.get("hashes")),
        signed=manifest.get("signed", definitions.get("signed")),
        rules=Scorecard.model_validate(_known(Scorecard, content.get("scorecard"))),
        folder=folder or str(manifest.get("folder") or "DIR"),
    )


def _workspace(manifest: Mapping[str, Any], content: Mapping[str, Any]) -> Workspace:
    named = manifest.get("workspace")
    if isinstance(named, str):
        return Workspace.model_validate({"name": named})
    return Workspace.model_validate(_known(Workspace, named or content.get("workspace")))


def _known(model: type[Scorecard | Workspace], values: Any) -> dict[str, Any]:
    """Only the keys this version knows: a run written by a newer one stays readable."""
    return {key: value for key, value in _mapping(values).items() if key in model.model_fields}


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])
