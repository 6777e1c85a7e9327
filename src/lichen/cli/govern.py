"""`lichen govern`: the scorecard of the published run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lichen.cli.options import By, ExplainFlag, Folder, Format, Metric, RunId, ShownAs, ShownWindow


def govern(
    folder: Folder,
    metric: Metric = None,
    by: By = None,
    window: ShownWindow = "12m",
    run: RunId = None,
    form: ShownAs = Format.TABLE,
    html: Annotated[Path | None, typer.Option(help="Write the HTML scorecard here too.")] = None,
    explain: ExplainFlag = False,
) -> None:
    """What do CS, partners, revenue and finance all look at? With --metric or --by, its figures."""
    from lichen.cli.pages import check_page
    from lichen.cli.printing import print_figures, say
    from lichen.cli.scorecard import print_written, write_pages
    from lichen.workspace import open_workspace
    from lichen.workspace.naming import names
    from lichen.workspace.selecting import select

    workspace = open_workspace(folder)
    published = workspace.published(run)
    if explain:
        say(f"The scorecard of run {published.run_id}, as of {published.as_of}, read as published.")
    if metric is not None or by is not None or form is not Format.TABLE:
        print_figures(select(published, metric, names("dimension", by), window), form)
        return
    check_page(html)
    say(published.warning)
    written = write_pages(workspace, published, also=html)
    print_written(written)
    for page in written.pages[:1]:
        typer.echo(f"\nScorecard: {page}")
    if written.why_not:
        say(f"The page was not written: {written.told}")
    if html is not None and html not in written.pages:
        raise typer.Exit(2)
