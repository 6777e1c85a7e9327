"""The SQL of a cell's canonical text, once the format of its column is decided."""

from __future__ import annotations

from lichen.ledger.formats.boolean_words import canonical_boolean
from lichen.ledger.formats.date_text import canonical_date
from lichen.ledger.formats.number_shapes import NUMERIC
from lichen.ledger.formats.number_text import canonical_number
from lichen.ledger.formats.outcome import AS_IT_STANDS, Format
from lichen.ledger.formats.placeholders import TEMPORAL, stands_for_empty
from lichen.vocabulary.entities import Kind


def canonical(cell: str, format: Format) -> str:
    """SQL of the text that the ledger's readers accept, null where the cell stands for nothing.

    `cell` is the SQL of the trimmed text, best a column's name since it is repeated. Text that does
    not fit stays as it is.
    """
    if format.untouched:
        return cell
    found = _converted(cell, format)
    if not format.placeholders:
        return f"({found})"
    return f"(CASE WHEN {stands_for_empty(cell, format.kind)} THEN NULL ELSE {found} END)"


def _converted(cell: str, format: Format) -> str:
    if format.reading == AS_IT_STANDS:
        return cell
    if format.kind in TEMPORAL:
        return canonical_date(cell, format)
    if format.kind in NUMERIC:
        return canonical_number(cell, format)
    return canonical_boolean(cell) if format.kind is Kind.BOOLEAN else cell
