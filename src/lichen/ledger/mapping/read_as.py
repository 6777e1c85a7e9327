"""Raw columns that SELECTs see as dates and numbers, in whatever way the files write them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Named

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.ledger.formats import Format, Refusal, canonical, decide, observe
from lichen.ledger.formats.date_readings import parse_date_word
from lichen.ledger.mapping.errors import MappingUnusable, error
from lichen.ledger.mapping.raw_kinds import KINDS
from lichen.ledger.mapping.tables import RawTable
from lichen.vocabulary.entities import Kind
from lichen.vocabulary.problems import Problem


def kind_and_format(word: str) -> tuple[Kind, str | None]:
    """What `read_as` says of a column: a kind, or how its dates or numbers are written."""
    if word in KINDS:
        return KINDS[word], None
    dates = parse_date_word(word, Kind.INSTANT) is not None
    return (Kind.INSTANT if dates else Kind.NUMBER), word


def read_columns(session: Embedded, table: RawTable, used: Iterable[str]) -> Named[str, str]:
    """SQL of the canonical text of each used column that the mapping says how to read.

    It stands over trimmed cells; a cell that does not fit stays as it is.

    Raises:
        MappingUnusable: the cells of a column leave open how they are written.
    """
    asked = {name: kind_and_format(word) for name, word in table.read_as if name in set(used)}
    if not asked:
        return {}
    cells = ", ".join(f"{trimmed(quoted(name))} AS {quoted(name)}" for name in asked)
    wanted = {name: (quoted(name), kind) for name, (kind, _) in asked.items()}
    found: dict[str, str] = {}
    problems: list[Problem] = []
    seen = observe(session, f"(SELECT {cells} FROM ({table.relation}))", wanted)
    for name, evidence in seen.items():
        chosen = decide(evidence, asked[name][1])
        if isinstance(chosen, Format):
            found[name] = canonical(quoted(name), chosen)
        else:
            problems.append(_open_question(table.name, name, chosen))
    if problems:
        raise MappingUnusable("The mapping", problems)
    return found


def _open_question(table: str, column: str, refusal: Refusal) -> Problem:
    step = refusal.next_step.replace("Say format =", f"Say {column} =")
    step = step.replace("for this column in the mapping", f"under read_as of [tables.{table}]")
    return error(("tables", table, "read_as", column), refusal.sentence, step)
