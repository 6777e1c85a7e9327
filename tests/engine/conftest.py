"""Engines that tests share; one Spark session serves the whole suite."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lichen.engines import Engine, connect

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def duckdb() -> Iterator[Engine]:
    """An embedded DuckDB."""
    with connect("duckdb", threads=2) as engine:
        yield engine


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """A local Spark session; starting one takes 10 to 20 seconds."""
    with connect("spark") as engine:
        yield engine
