"""The workspace: open it, plan a run, explain or apply the plan, read what was published."""

from lichen.workspace.errors import NoWorkspace
from lichen.workspace.figures import FigureTable
from lichen.workspace.opening import Workspace, open_workspace

__all__ = ["FigureTable", "NoWorkspace", "Workspace", "open_workspace"]
