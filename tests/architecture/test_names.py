"""A name says what a thing is; a drawer for everything says nothing."""

from __future__ import annotations

import ast

from tests.architecture.source import PACKAGE, modules

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "tools"}


def test_no_module_is_a_drawer_for_everything() -> None:
    words = {
        str(path.relative_to(PACKAGE)): set(path.stem.split("_")) & DRAWERS
        for path in PACKAGE.rglob("*")
    }
    assert {name: found for name, found in words.items() if found} == {}


def test_no_class_is_called_a_manager_or_a_helper() -> None:
    named = [
        f"{name}:{node.name}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Utils"))
    ]
    assert named == []


def test_every_module_and_public_function_says_what_it_means() -> None:
    silent = [name for name, tree in modules().items() if not ast.get_docstring(tree)]
    for name, tree in modules().items():
        silent += [
            f"{name}:{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert silent == []


def test_every_module_postpones_its_annotations() -> None:
    eager = [
        name
        for name, tree in modules().items()
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
        and not any(
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body
        )
    ]
    assert eager == []
