"""The scorecard of a run, in the terminal and as one HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lichen.reports.document import Document
    from lichen.runs import Run
    from lichen.workspace import Workspace

PAGE = "scorecard.html"


def print_written(written: Written) -> None:
    """Print the scorecard as rich text; plain where stdout is no terminal."""
    from lichen.reports.terminal import render

    render(written.document)


@dataclass(frozen=True)
class Written:
    """The pages of a run that were written, why others were not, and what they show."""

    document: Document
    pages: tuple[Path, ...]
    why_not: tuple[str, ...]

    @property
    def told(self) -> str:
        """Why pages were not written, and what to do."""
        return f"{' '.join(self.why_not)} Once that is mended, `lichen govern` writes it."


def write_pages(workspace: Workspace, run: Run, also: Path | None = None) -> Written:
    """Write what can be written, the run's own page first: a run stands without its pages.

    The page is a view of the run and no part of what its manifest seals, so it may be made again.
    Who may read a workspace but not write there is shown the page that was made before.
    """
    from lichen.reports.document import ReportsMissing
    from lichen.reports.html import write

    document, pages, reasons = _document(workspace, run), [], []
    for place in (run.folder / PAGE, *(() if also is None else (also,))):
        try:
            pages.append(write(document, place))
        except OSError as error:
            if place != also and place.is_file():
                pages.append(place)
            else:
                reasons.append(f"{place}: {error.strerror or error}.")
        except ReportsMissing as error:
            reasons.append(str(error))
    return Written(document, tuple(pages), tuple(dict.fromkeys(reasons)))


def _document(workspace: Workspace, run: Run) -> Document:
    from lichen.reports.scorecard import scorecard_document
    from lichen.scorecards.board import TABLES, build
    from lichen.vocabulary.definitions import Target

    content = run.manifest["definitions"]["content"]
    board = build(
        run.figures(),
        run.manifest,
        run.findings,
        [Target.model_validate(target) for target in content["target"]],
        {name: run.table(name) for name in TABLES if name in run.table_names},
        fiscal_year_start=content["workspace"]["fiscal_year_start"],
        folder=str(workspace.root),
    )
    return scorecard_document(board)
