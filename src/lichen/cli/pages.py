"""Whether a page can be written where a person asks for it, found out before the long part."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from lichen.kernel.errors import LichenError


class PageNotWritable(LichenError):
    """The place named for a page cannot hold one."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(
            f"No page can be written to {path}: {why}. Nothing was done.",
            "Name a file in a folder where you may write, such as --html scorecard.html.",
        )


def check_page(path: Path | None) -> None:
    """Try the place by writing there and taking it away again; nothing stays behind.

    Raises:
        PageNotWritable: the place is a folder or device, or nothing can be made there.
    """
    if path is None:
        return
    try:
        if path.is_dir():
            raise PageNotWritable(path, "it is a folder")
        if path.exists() and not path.is_file():
            raise PageNotWritable(path, "it is no ordinary file")
        _try(path.parent)
    except OSError as error:
        named = f" ({error.filename})" if error.filename else ""
        raise PageNotWritable(path, f"{error.strerror or error}{named}") from error


def _try(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    with ExitStack() as undone:
        for each in reversed(missing):
            each.mkdir()
            undone.callback(each.rmdir)
        aside = folder / f".{uuid4().hex}.part"
        undone.callback(aside.unlink, missing_ok=True)
        aside.touch()
