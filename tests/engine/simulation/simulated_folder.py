"""What a simulation wrote, read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.simulation import Settings


@dataclass(frozen=True)
class Ecosystem:
    """A simulated folder."""

    folder: Path
    settings: Settings

    def feed(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / "feeds" / f"{name}.parquet")

    def truth(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / "truth" / f"{name}.parquet")
