"""`lichen explain`: one figure, down to its accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from lichen.cli.options import Folder, Format, RunId, ShownAs


def explain(
    folder: Folder,
    figure_id: Annotated[
        str, typer.Argument(metavar="FIGURE_ID", help="As cited, with or without its run.")
    ],
    run: RunId = None,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="List the accounts behind the figure.")
    ] = False,
    form: ShownAs = Format.TABLE,
) -> None:
    """How one figure came about: definition, parts, inputs, findings, and with --accounts who."""
    from lichen.cli.printing import print_json, print_rows, say, tell
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    explanation = workspace.explain(figure_id, run)
    say(explanation.run.warning)
    if not accounts:
        if form is Format.TABLE:
            tell(str(explanation))
        elif form is Format.JSON:
            print_json(explanation.as_dict())
        else:
            row = explanation.figure.as_row()
            print_rows([row], form, list(row))
        return
    behind = workspace.accounts(figure_id, run)
    if form is Format.TABLE:
        tell(f"{explanation}\n")
    print_rows(behind.to_pylist(), form, behind.column_names)
