"""`lichen define`: the words, the definitions in force and the catalogue of metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from lichen.cli.options import AskedWindow, By, ExplainFlag, Folder, Format, Metric, RunId, ShownAs

if TYPE_CHECKING:
    from lichen.vocabulary.definitions import Definitions
    from lichen.vocabulary.dimensions import Dimension
    from lichen.vocabulary.metrics import Metric as CatalogueEntry

ALL = "all"
COLUMNS = ("definition", "hash", "key", "value", "meaning")
CATALOGUE_COLUMNS = ("metric", "title", "base", "unit", "interval", "meaning", "page")


def define(
    folder: Folder,
    metric: Metric = None,
    by: By = None,
    window: AskedWindow = None,
    run: RunId = None,
    form: ShownAs = Format.TABLE,
    explain: ExplainFlag = False,
) -> None:
    """What do our words and metrics mean? --metric all prints the catalogue, --by the dimension."""
    from lichen.cli.printing import say
    from lichen.vocabulary.dimensions import DIMENSIONS
    from lichen.vocabulary.metrics import METRICS
    from lichen.workspace import open_workspace
    from lichen.workspace.naming import WINDOWS, check_known, names

    workspace = open_workspace(folder)
    metrics = tuple(METRICS) if metric == ALL else names("metric", metric)
    dimensions = tuple(DIMENSIONS) if by == ALL else names("dimension", by)
    windows = names("window", window)
    check_known(
        ("metric", metrics, METRICS),
        ("dimension", dimensions, DIMENSIONS),
        ("window", windows, WINDOWS),
    )
    if metrics:
        _print_catalogue([METRICS[name] for name in metrics], form)
    elif dimensions:
        _print_dimensions([DIMENSIONS[name] for name in dimensions], form)
    elif run:
        _print_definitions(_definitions_of(workspace.published(run).manifest), form)
    else:
        _print_definitions(workspace.definitions, form)
        for problem in workspace.checked.problems:
            say(problem.told("lichen.toml"))
    if explain:
        say(
            "A definition's hash is taken over its parsed content with defaults filled in, so "
            f"comments do not count. Definitions are read from {folder / 'lichen.toml'}."
        )


def _definitions_of(manifest: Any) -> Definitions:
    from lichen.vocabulary.definitions import Definitions

    return Definitions.model_validate(manifest["definitions"]["content"])


def _print_definitions(definitions: Definitions, form: Format) -> None:
    from lichen.cli.printing import print_json, print_rows

    if form is Format.JSON:
        print_json(
            {
                "version": definitions.version,
                "signed": False,
                "hashes": definitions.hashes(),
                "definitions": definitions.model_dump(mode="json"),
            }
        )
        return
    print_rows(list(_rows(definitions)), form, COLUMNS)
    if form is Format.TABLE:
        typer.echo(f"\nVersion {definitions.version}, unsigned. {_targets(definitions)}")


def _rows(definitions: Definitions) -> Any:
    hashes = definitions.hashes()
    for name in type(definitions).model_fields:
        for entry in _entries(name, getattr(definitions, name)):
            yield dict(zip(COLUMNS, (name, hashes[name], *entry), strict=True))


def _entries(name: str, table: Any) -> Any:
    if name == "target":
        for number, target in enumerate(table, start=1):
            yield f"target {number}", _target(target), f"owner {target.owner}"
    elif name == "pilot":
        for number, pilot in enumerate(table, start=1):
            drawn = f"{pilot.held_out:.0%} of {pilot.unit}s held out from {pilot.starts_on}"
            yield f"pilot {number}", f"{pilot.name}: {pilot.play}, {drawn}", "drawn by lot"
    elif isinstance(table, dict):
        for entity, feed in table.items():
            for key, value, meaning in _entries(entity, feed):
                yield f"{entity}.{key}", value, meaning
    else:
        for key, field in type(table).model_fields.items():
            yield key, _shown(getattr(table, key)), field.description or ""


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join("+".join(v) if isinstance(v, tuple) else str(v) for v in value)
    return "" if value is None else str(value)


def _target(target: Any) -> str:
    from lichen.vocabulary.figure import groups_text

    groups = groups_text(target.groups) or "all"
    return f"{target.metric} {groups} {target.period.value} {target.direction} {target.value:g}"


def _targets(definitions: Definitions) -> str:
    count = len(definitions.target)
    return f"{count} target{'' if count == 1 else 's'}." if count else "No targets."


def _print_catalogue(chosen: Sequence[CatalogueEntry], form: Format) -> None:
    from lichen.cli.printing import print_rows

    if form is Format.TABLE:
        typer.echo("\n\n".join(_entry(each) for each in chosen))
        return
    rows = [
        {**{name: getattr(each, name) for name in CATALOGUE_COLUMNS[1:]}, "metric": each.name}
        for each in chosen
    ]
    print_rows(rows, form, CATALOGUE_COLUMNS)


def _entry(each: CatalogueEntry) -> str:
    over = f"\n  divided by   {each.denominator}" if each.denominator else ""
    return (
        f"{each.name}: {each.title}\n  {each.meaning}\n  counts       {each.numerator}{over}\n"
        f"  base         {each.base}\n  interval     {each.interval}\n"
        f"  page         docs/algorithms/{each.page}.md"
    )


def _print_dimensions(chosen: Sequence[Dimension], form: Format) -> None:
    from lichen.cli.printing import print_rows

    columns = ("name", "title", "meaning", "overlapping", "partner_side")
    rows = [{name: getattr(each, name) for name in columns} for each in chosen]
    print_rows(rows, form, columns)
