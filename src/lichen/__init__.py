"""Lichen: what partners do for the customers you keep, in figures that finance accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from lichen.workspace import Workspace

__all__ = ["open"]


def open(path: str | PathLike[str]) -> Workspace:
    """The workspace in a folder: run it, and read its published figures.

    ```python
    workspace = lichen.open("acme")
    workspace.run()
    workspace.figures(metric="nrr", by="served_via")
    ```

    Raises:
        NoWorkspace: the folder is missing or holds no lichen.toml.
    """
    # Imported on use, so that `import lichen` costs next to nothing.
    from lichen.workspace import open_workspace

    return open_workspace(path)
