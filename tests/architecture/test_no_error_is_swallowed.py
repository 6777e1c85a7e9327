"""An error is handled, told or raised; it never vanishes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.source import modules

BROAD = {"Exception", "BaseException"}


def handlers(tree: ast.Module) -> Iterator[ast.ExceptHandler]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))


def caught(handler: ast.ExceptHandler) -> set[str]:
    """Names of what a handler catches; a bare `except:` catches everything."""
    if handler.type is None:
        return {"BaseException"}
    return {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}


def is_empty(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and node.value is Ellipsis)
        for node in body
    )


def tells(handler: ast.ExceptHandler) -> bool:
    """Whether the handler raises, or does something with the error that it caught."""
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    used = any(isinstance(node, ast.Name) and node.id == handler.name for node in inside)
    return used or any(isinstance(node, ast.Raise) for node in inside)


def swallowing(tree: ast.Module) -> list[int]:
    """Lines of handlers that lose an error."""
    return [
        handler.lineno
        for handler in handlers(tree)
        if is_empty(handler.body) or (caught(handler) & BROAD and not tells(handler))
    ]


@pytest.mark.parametrize("name", sorted(modules()))
def test_no_handler_loses_an_error(name: str) -> None:
    assert swallowing(modules()[name]) == []


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_suppresses_every_exception(name: str) -> None:
    calls = (node for node in ast.walk(modules()[name]) if isinstance(node, ast.Call))
    suppressed = [
        argument.id
        for call in calls
        if ast.unparse(call.func) in ("suppress", "contextlib.suppress")
        for argument in call.args
        if isinstance(argument, ast.Name)
    ]
    assert set(suppressed) & BROAD == set()


def test_the_check_sees_what_it_forbids() -> None:
    lost = "try:\n    f()\nexcept OSError:\n    pass\n"
    broad = "try:\n    f()\nexcept Exception:\n    x = 1\n"
    told = "try:\n    f()\nexcept Exception as error:\n    print(error)\n"
    assert [bool(swallowing(ast.parse(text))) for text in (lost, broad, told)] == [
        True,
        True,
        False,
    ]
