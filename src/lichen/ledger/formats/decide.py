"""The choice of a column's format from what was seen in it."""

from __future__ import annotations

from lichen.ledger.formats.boolean_words import decide_booleans
from lichen.ledger.formats.date_choice import decide_dates
from lichen.ledger.formats.evidence import Evidence
from lichen.ledger.formats.number_choice import decide_numbers
from lichen.ledger.formats.number_shapes import NUMERIC
from lichen.ledger.formats.outcome import AS_IT_STANDS, Format, Refusal
from lichen.ledger.formats.placeholders import TEMPORAL
from lichen.vocabulary.entities import Kind


def decide(evidence: Evidence, declared: str | None = None) -> Format | Refusal:
    """How the cells of a column are read, or why that cannot be told without a person.

    `declared` is the word of the mapping; it settles what the evidence leaves open, and is refused
    where the evidence contradicts it.
    """
    if evidence.kind in TEMPORAL:
        return decide_dates(evidence, declared)
    if evidence.kind in NUMERIC:
        return decide_numbers(evidence, declared)
    if declared is not None:
        return Refusal(
            f'The format "{declared}" is declared for a column of kind {evidence.kind}, '
            "which has no formats.",
            "Leave out the format of this column in the mapping.",
        )
    if evidence.kind is Kind.BOOLEAN:
        return decide_booleans(evidence)
    return Format(evidence.kind, AS_IT_STANDS, untouched=True)
