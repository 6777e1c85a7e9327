"""Spark, local or as its environment configures it: runs the same expressions as DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lichen.engines.connect import Engine, EngineMissing, fresh_name

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.ansi.enabled": "true",
    "spark.driver.memory": "3g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.log.level": "ERROR",
    # Plans of kept tables hold the plans of the tables they were made from. Their text, written
    # for a page that nobody opens, filled three gigabytes in a long session.
    "spark.sql.maxPlanStringLength": "10000",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
}


class SparkEngine(Engine):
    """One Spark session, started on first use and shared with whoever already started one."""

    name = "spark"

    def __init__(self, master: str = "local[2]") -> None:
        if shutil.which("java") is None:
            raise EngineMissing(
                "spark", "Java is not on the path", "apt-get install openjdk-17-jre-headless"
            )
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineMissing("spark", str(error), "pip install 'lichen[spark]'") from error
        builder = SparkSession.builder.master(master).appName("lichen")
        for key, value in SETTINGS.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.backend = ibis.pyspark.connect(self.session)

    def read_parquet(self, paths: Sequence[Path]) -> ir.Table:
        frame = self.session.read.option("mergeSchema", "true").parquet(*map(str, paths))
        return self._view(frame)

    def from_arrow(self, table: pa.Table) -> ir.Table:
        return self._view(self.session.createDataFrame(table))

    def materialise(self, expression: ir.Table) -> ir.Table:
        from ibis.backends.pyspark.datatypes import PySparkSchema

        # Literals lose their width in SQL text: an int64 zero comes back as Spark's 32-bit int.
        typed = PySparkSchema.from_ibis(expression.schema())
        frame = self.session.sql(self.backend.compile(expression)).to(typed).cache()
        frame.count()
        return self._view(frame)

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        return self.backend.to_pyarrow(expression)

    def write_parquet(self, expression: ir.Table, path: Path) -> int:
        import pyarrow.parquet as pq

        rows = self.to_arrow(expression)
        pq.write_table(rows, path, compression="zstd")
        return int(rows.num_rows)

    def close(self) -> None:
        self.session.catalog.clearCache()

    def _view(self, frame: object) -> ir.Table:
        name = fresh_name("view")
        frame.createOrReplaceTempView(name)  # type: ignore[attr-defined]
        return self.backend.table(name)
