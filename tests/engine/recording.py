"""An engine that remembers what it was asked, so that its SQL can be written for others."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines.duckdb import DuckDBEngine

WAREHOUSES = ("postgres", "snowflake", "bigquery", "databricks")


class Recording(DuckDBEngine):
    """DuckDB that keeps every expression it is asked to compute."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.seen: list[ir.Table] = []

    def materialise(self, expression: ir.Table) -> ir.Table:
        self.seen.append(expression)
        return super().materialise(expression)

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        self.seen.append(expression)
        return super().to_arrow(expression)
