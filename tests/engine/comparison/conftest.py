"""Makes the rows of this folder importable, and runs tests on each engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lichen.engines import Engine

HERE = Path(__file__).parent
# Random books of revenue and their sums by hand serve comparisons too.
sys.path[:0] = [str(HERE), str(HERE.parent / "revenue")]


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """DuckDB, then Spark."""
    found: Engine = request.getfixturevalue(request.param)
    return found
