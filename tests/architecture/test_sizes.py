"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

from statistics import median

from tests.architecture.source import PACKAGE, functions, length

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions over 40 lines, each with the reason why it is not cut."""


def lines_by_file() -> dict[str, int]:
    return {
        str(path.relative_to(PACKAGE)): len(path.read_text().splitlines())
        for path in PACKAGE.rglob("*.py")
    }


def test_no_file_is_longer_than_400_lines() -> None:
    assert {name: count for name, count in lines_by_file().items() if count > 400} == {}


def test_the_median_file_is_shorter_than_150_lines() -> None:
    assert median(lines_by_file().values()) < 150


def test_a_function_over_40_lines_is_on_the_list_with_its_reason() -> None:
    long = {name: length(function) for name, function in functions() if length(function) > 40}
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}


def test_the_list_of_long_functions_holds_only_long_functions() -> None:
    long = {name for name, function in functions() if length(function) > 40}
    assert set(LONG_FUNCTIONS) - long == set()


def test_the_median_function_is_shorter_than_15_lines() -> None:
    assert median(length(function) for _, function in functions()) < 15
