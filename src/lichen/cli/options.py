"""The arguments that several verbs share, spelled once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How rows are printed: for people, for programs, for spreadsheets."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace folder.")]
Metric = Annotated[
    str | None, typer.Option("--metric", help="Only these metrics, separated by commas.")
]
By = Annotated[
    str | None, typer.Option("--by", help="Split by a dimension, or by two separated by a comma.")
]
ShownWindow = Annotated[
    str, typer.Option("--window", help="12m, quarter or fiscal_year, ending with the run.")
]
AskedWindow = Annotated[str | None, typer.Option("--window", help="12m, quarter or fiscal_year.")]
RunId = Annotated[
    str | None, typer.Option("--run", help="A run id, or its beginning; default: the latest.")
]
ShownAs = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
ExplainFlag = Annotated[
    bool, typer.Option("--explain", help="Say where the answer comes from; change nothing.")
]
SuggestFlag = Annotated[
    bool,
    typer.Option("--suggest", help="Propose a mapping for the exports under raw/; load nothing."),
]
ProposeFlag = Annotated[
    bool,
    typer.Option("--propose", help="Write pairs that may be one company to decisions/, to review."),
]
Decide = Annotated[
    str | None,
    typer.Option("--decide", help="Make the reviewed pairs decisions, in the name of this person."),
]
SourceName = Annotated[
    str | None, typer.Option("--source", help="With --suggest: only this source.")
]
WriteFeeds = Annotated[
    Path | None,
    typer.Option(
        "--write-feeds",
        metavar="FOLDER",
        help="Write the ledger out as canonical Parquet feeds into this new folder.",
    ),
]
