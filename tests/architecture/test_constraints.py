"""`constraints.txt` pins exactly what the extras need on Python 3.11."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.architecture.source import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
RESOLVED_ON = {"python_version": "3.11", "python_full_version": "3.11.9"}


def pinned() -> dict[str, str]:
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins}


def applies(requirement: Requirement, extra: str) -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**RESOLVED_ON, "extra": extra})


def needs_of(name: str, extra: str) -> Iterator[Requirement]:
    """What one distribution needs, for itself or for one of its extras."""
    if name == "lichen":
        listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    else:
        listed = requires(name) or []
    return (need for need in map(Requirement, listed) if applies(need, extra))


def needed(extras: list[str]) -> set[str]:
    """Names of everything that these extras bring, through all that it needs in turn."""
    waiting = [("lichen", extra) for extra in ("", *extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for need in needs_of(name, extra):
            found = canonicalize_name(need.name)
            waiting += [(found, each) for each in ("", *need.extras)]
    return {name for name, _ in seen} - {"lichen"}


def test_every_distribution_that_the_extras_bring_is_pinned() -> None:
    assert needed(["dev"]) - set(pinned()) == set()


def test_nothing_is_pinned_that_no_extra_brings() -> None:
    assert set(pinned()) - needed(["dev"]) == set()


def test_the_pins_keep_what_was_found_to_break_out() -> None:
    # With DuckDB 2 or sqlglot 30.18 table creation and con.sql of Ibis 12 fail; Ibis caps pyspark.
    pins = pinned()
    assert pins["duckdb"].startswith("1.5.")
    assert pins["sqlglot"].startswith("30.17.")
    assert pins["pyspark"].startswith("4.0.")
