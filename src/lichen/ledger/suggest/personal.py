"""Which columns hold personal data, so that none of it is shown in a proposal."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.kernel.visible import visible
from lichen.ledger.suggest.known import Known
from lichen.ledger.suggest.names import column_words, table_words
from lichen.ledger.suggest.samples import ColumnSample
from lichen.ledger.suggest.shapes import is_email, is_phone, share

SHOWN = 3
LONGEST = 32
MASKED = "(personal, not shown)"


def is_personal(table: str, name: str, seen: ColumnSample, known: Known) -> bool:
    """Whether the column is named like one of people, or holds addresses or telephones."""
    words = column_words(name, known)
    named = any(_holds(words, listed) for listed in known.personal) and words[-1] not in (
        "id",
        "count",
    )
    of_people = words[-1:] == ("name",) and bool(
        set(table_words(table, known)) & known.personal_tables
    )
    shaped = share(seen.values, is_email) > 0.05 or share(seen.values, is_phone) > 0.8
    return named or of_people or shaped


def shown_values(table: str, name: str, seen: ColumnSample, known: Known) -> str:
    """A few values for a comment: short, on one line, and none that tells of a person."""
    if not seen.values:
        return ""
    if is_personal(table, name, seen, known):
        return MASKED
    return ", ".join(_short(value) for value in seen.values[:SHOWN])


def _short(value: str) -> str:
    plain = visible(value)
    return repr(plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…")


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(tuple(words[at : at + size]) == tuple(part) for at in range(len(words) - size + 1))
