"""The only place that names DuckDB or Spark."""

from lichen.engines.connect import Engine, connect
from lichen.engines.ratio import ratio

__all__ = ["Engine", "connect", "ratio"]
