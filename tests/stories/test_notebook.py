"""The notebook runs from top to bottom, and what it shows has something to show."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "from_facts_to_figures.ipynb"


def cells() -> list[str]:
    """The source of every cell of code."""
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(each["source"]) for each in content["cells"] if each["cell_type"] == "code"]


def shown(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does: the value of a last expression is what it shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


def test_the_notebook_runs_as_written(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    shutil.copytree(published, tmp_path / "harbor")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for source in cells():
        result = shown(source, names)
        printed = capsys.readouterr().out
        assert printed or len(str(result)) > len("None"), source
        if hasattr(result, "_repr_html_"):
            assert "<table" in result._repr_html_()


def test_the_notebook_is_kept_without_outputs() -> None:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [each for each in content["cells"] if each["cell_type"] == "code"]
    assert code
    assert all(each["outputs"] == [] and each["execution_count"] is None for each in code)
