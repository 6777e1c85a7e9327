"""What the maps of every source would do, read off the headers of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lichen.engines.embedded import Embedded
from lichen.kernel.progress import silent
from lichen.ledger.exports.found import FoundSource
from lichen.ledger.exports.read import held_to_contracts
from lichen.ledger.exports.tables import read_tables
from lichen.ledger.mapping import explain


def explain_exports(sources: Sequence[FoundSource]) -> Iterator[str]:
    """Per source its maps with their columns, filters, and what stays unread or empty.

    Nothing is written to the workspace.

    Raises:
        FeedsUnusable: files that cannot be read.
        MappingUnusable: a mapping names what is not there, or a contract does not hold.
    """
    with TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        for source in sources:
            read = read_tables(session, Path(scratch), source, silent)
            bound, notes = held_to_contracts(session, source, read)
            for table, reads in read.reads.items():
                for one in reads:
                    noted = "; ".join(one.notes)
                    yield f"{source.shown(one.file)}: {one.records:,} records of {table} ({noted})"
            yield ""
            yield from explain(source.mapping, bound, source.system)
            yield from (note.sentence for note in notes)
