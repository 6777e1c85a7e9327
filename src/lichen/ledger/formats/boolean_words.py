"""Words for yes and no, in the languages that exports come in."""

from __future__ import annotations

from lichen.engines.text import words
from lichen.ledger.formats.evidence import Evidence
from lichen.ledger.formats.grammar import Grammar
from lichen.ledger.formats.outcome import Format
from lichen.ledger.formats.sentences import as_it_stands, note
from lichen.vocabulary.entities import Kind

YES = "true yes 1 1.0 t y on x ✓ ✔ checked ja j oui vrai si sí sì sim wahr".split()
NO = "false no 0 0.0 f n off unchecked nein nee nej non faux não nao falsch".split()
"""Compared in small letters; `no` is the same word in Spanish and Italian."""

AS_READ = "true yes 1 false no 0".split()
"""What the readers of the ledger take as it stands."""


def boolean_grammar(cell: str) -> Grammar:
    """The shapes of a column of yes and no."""
    state = f"CASE WHEN lower({cell}) IN {words(AS_READ)} THEN 0 ELSE 1 END"
    yes, no = (f"lower({cell}) IN {words(group)}" for group in (YES, NO))
    return Grammar(
        Kind.BOOLEAN,
        cell,
        (
            (f"{cell} IN {words(AS_READ[:3])}", "yes", 0),
            (f"{cell} IN {words(AS_READ[3:])}", "no", 0),
        ),
        (("yes", yes), ("no", no)),
        state,
        frozenset({"yes", "no"}),
    )


def canonical_boolean(cell: str) -> str:
    """SQL of `true` or `false` for a word of either, else the cell."""
    return (
        f"CASE WHEN lower({cell}) IN {words(YES)} THEN 'true' "
        f"WHEN lower({cell}) IN {words(NO)} THEN 'false' ELSE {cell} END"
    )


def decide_booleans(evidence: Evidence) -> Format:
    """How a column of yes and no is read; its words never contradict each other."""
    accepted = evidence.count(["yes", "no"])
    if not accepted:
        return as_it_stands(evidence, "yes or no")
    return Format(
        Kind.BOOLEAN,
        "yes or no",
        untouched=accepted == evidence.canonical and not evidence.placeholders,
        placeholders=evidence.placeholders > 0,
        note=note(evidence, "yes or no", accepted),
    )
