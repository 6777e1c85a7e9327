"""`lichen init`: a folder becomes a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if missing.")]) -> None:
    """Begin a workspace: a folder with a commented lichen.toml."""
    from lichen.vocabulary.init import write_template

    written = write_template(folder)
    (folder / "feeds").mkdir(exist_ok=True)
    typer.echo(f"Wrote {written}.")
    typer.echo(
        f"Next: put account.csv and subscription.csv into {folder / 'feeds'}; or put the exports "
        f"of a system as they are into {folder / 'raw'}/<system>/ and have a mapping proposed by "
        f"`lichen instrument {folder} --suggest`. Then `lichen run {folder}`."
    )
