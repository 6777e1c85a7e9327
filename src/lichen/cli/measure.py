"""`lichen measure`: published figures, by group and window."""

from __future__ import annotations

from typing import Annotated

import typer

from lichen.cli.options import By, ExplainFlag, Folder, Format, Metric, RunId, ShownAs, ShownWindow

INVOLVED_SPLIT = ("renewal_rate", "nrr", "grr", "logo_retention")
"""What the plain two-group split compares; tenure joins with the comparison of similar accounts."""


def measure(
    folder: Folder,
    metric: Metric = None,
    by: By = None,
    window: ShownWindow = "12m",
    run: RunId = None,
    history: Annotated[
        bool, typer.Option("--history", help="Every month end, instead of one window.")
    ] = False,
    form: ShownAs = Format.TABLE,
    explain: ExplainFlag = False,
) -> None:
    """What did revenue do, before asking why? Reads the published run, never the feeds."""
    from lichen.cli.printing import print_figures, say
    from lichen.workspace import open_workspace
    from lichen.workspace.naming import names
    from lichen.workspace.selecting import select

    workspace = open_workspace(folder)
    published = workspace.published(run)
    split, metrics = names("dimension", by), metric
    if split == ("involved",) and metric is None:
        measured = set(published.figures()["metric"].unique().to_pylist())
        metrics = ",".join(name for name in INVOLVED_SPLIT if name in measured)
    figures = select(published, metrics, split, None if history else window)
    if explain:
        say(
            f"{len(figures)} figures of run {published.run_id}, as of {published.as_of}, "
            f"definitions {published.manifest['definitions']['version']} (unsigned). "
            f"`lichen explain {folder} FIGURE_ID` opens one."
        )
    print_figures(figures, form)
