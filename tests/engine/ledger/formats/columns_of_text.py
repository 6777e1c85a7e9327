"""One column of text, written down in a test, observed, decided and rewritten."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.formats import Evidence, Format, Refusal, canonical, decide, observe
from lichen.vocabulary.entities import Kind


class Columns:
    """A session in which columns of text are looked at."""

    def __init__(self) -> None:
        self.session = Embedded(Path(tempfile.mkdtemp()))

    def seen(self, kind: Kind, cells: Sequence[str | None]) -> Evidence:
        """The evidence of one file with these cells."""
        return observe(self.session, self._table(cells), {"it": ("cell", kind)})["it"]

    def chosen(
        self, kind: Kind, cells: Sequence[str | None], declared: str | None = None
    ) -> Format | Refusal:
        """How these cells are read."""
        return decide(self.seen(kind, cells), declared)

    def read(
        self, kind: Kind, cells: Sequence[str | None], declared: str | None = None
    ) -> list[str | None]:
        """The canonical text of each cell, in order."""
        chosen = self.chosen(kind, cells, declared)
        assert isinstance(chosen, Format), str(chosen)
        query = f"SELECT {canonical('cell', chosen)} FROM {self._table(cells)} ORDER BY place"
        return [row[0] for row in self.session.rows(query)]

    def refused(
        self, kind: Kind, cells: Sequence[str | None], declared: str | None = None
    ) -> Refusal:
        """Why these cells cannot be read."""
        found = self.chosen(kind, cells, declared)
        assert isinstance(found, Refusal), f"read as {found}"
        return found

    def _table(self, cells: Sequence[str | None]) -> str:
        places = range(len(cells))
        return self.session.keep(
            pa.table({"place": list(places), "cell": pa.array(cells, pa.string())}), "column"
        )
