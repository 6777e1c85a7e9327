"""Engines are named in one place, and everything else stays in the core that all of them share."""

from __future__ import annotations

import ast

import pytest
from tests.architecture.source import modules

ENGINES = {"duckdb", "pyspark", "polars", "postgres", "snowflake", "bigquery", "databricks"}

BEYOND_THE_CORE = {"unnest", "asof_join", "sql", "raw_sql", "range"}
"""Ibis calls that some engine lacks or reads otherwise."""

OUTSIDE = sorted(name for name in modules() if not name.startswith("engines/"))
FIGURES = sorted(name for name in modules() if name.startswith(("revenue/", "involvement/")))


def calls_on(module: ast.Module) -> list[tuple[str, str]]:
    """Every `object.attribute` as (text of the object, attribute)."""
    nodes = (node for node in ast.walk(module) if isinstance(node, ast.Attribute))
    return [(ast.unparse(node.value), node.attr) for node in nodes]


@pytest.mark.parametrize("name", OUTSIDE)
def test_only_engines_reaches_for_a_backend_of_ibis(name: str) -> None:
    reached = [part for part in calls_on(modules()[name]) if part[0] == "ibis"]
    assert [attribute for _, attribute in reached if attribute in ENGINES | {"connect"}] == []


@pytest.mark.parametrize("name", FIGURES)
def test_figures_use_only_what_every_engine_reads_alike(name: str) -> None:
    used = {attribute for _, attribute in calls_on(modules()[name])}
    assert used & BEYOND_THE_CORE == set()
