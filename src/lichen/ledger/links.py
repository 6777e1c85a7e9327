"""Who was whose parent from when on, kept beside a ledger's tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.identity.parents import Link
from lichen.ledger.write import ids

FILE = "parents.parquet"
SCHEMA = pa.schema(
    [
        ("low", pa.string()),
        ("parent", pa.string()),
        ("since", pa.date32()),
        ("until", pa.date32()),
    ]
)


def write_links(session: Embedded, links: Sequence[Link], tables: Path) -> None:
    """Keep who was whose parent from when on beside a ledger's tables; nothing where none waits."""
    if not links:
        return
    rows = [vars(one) for one in links]
    name = session.keep(pa.Table.from_pylist(rows, SCHEMA), "links")
    session.copy(
        f"SELECT l.*, a.key AS low_key, p.key AS parent_key FROM {name} l "
        f"JOIN {ids('account')} a ON a.id = l.low JOIN {ids('account')} p ON p.id = l.parent",
        tables / FILE,
    )
