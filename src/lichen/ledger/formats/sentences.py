"""How evidence is told: numbers, examples, and what to declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lichen.ledger.formats.evidence import Evidence
from lichen.ledger.formats.outcome import AS_IT_STANDS, Format


def values(count: int) -> str:
    """`1 value` or `212 values`."""
    return f"{count} value" if count == 1 else f"{count} values"


def placeholders(count: int) -> str:
    """`1 placeholder taken for an empty cell`, or of several."""
    one = "1 placeholder taken for an empty cell"
    return one if count == 1 else f"{count} placeholders taken for empty cells"


def such_as(evidence: Evidence, shapes: Iterable[str]) -> str:
    """Examples of these shapes, to stand behind a comma."""
    return f"such as {evidence.examples(list(shapes))}"


def say_format(words: Sequence[str], then: str = "") -> str:
    """What to write into the mapping."""
    quoted = [f'"{word}"' for word in words]
    choice = " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    return f"Say format = {choice} for this column in the mapping{'; ' + then if then else ''}."


def note(evidence: Evidence, reading: str, accepted: int) -> str:
    """What a person should know of a choice: the reading, and how many cells it leaves alone."""
    parts = [f"read as {reading}"]
    unfit = evidence.telling - accepted
    if unfit:
        parts.append(f"{unfit} of {values(evidence.telling)} of another form")
    if evidence.placeholders:
        parts.append(placeholders(evidence.placeholders))
    if evidence.marks:
        marks = sorted(evidence.marks.items())
        parts.append("marks: " + ", ".join(f"{mark} {count}" for mark, count in marks))
    return "; ".join(parts)


def as_it_stands(evidence: Evidence, noun: str) -> Format:
    """The format of a column that holds nothing of its kind: nothing changes but placeholders."""
    parts = [f"none of {values(evidence.telling)} is a {noun}"] if evidence.telling else []
    if evidence.placeholders:
        parts.append(placeholders(evidence.placeholders))
    return Format(
        evidence.kind,
        AS_IT_STANDS,
        untouched=not evidence.placeholders,
        placeholders=evidence.placeholders > 0,
        note="; ".join(parts),
    )
