"""One scan of a table that counts the shapes of the cells of its columns."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.engines.embedded import Embedded
from lichen.engines.text import only_if
from lichen.ledger.formats.boolean_words import boolean_grammar
from lichen.ledger.formats.date_shapes import date_grammar
from lichen.ledger.formats.evidence import FLAGGED, Evidence, Seen
from lichen.ledger.formats.grammar import STATES, Grammar
from lichen.ledger.formats.number_shapes import NUMERIC, number_grammar
from lichen.ledger.formats.placeholders import TEMPORAL
from lichen.vocabulary.entities import Kind

SHOWN = 60
"""Characters of an example."""


def _grammar(kind: Kind, cell: str, core: str) -> Grammar | None:
    """How cells of this kind are told apart; None for kinds that pass as they stand."""
    if kind in TEMPORAL:
        return date_grammar(kind, cell)
    if kind in NUMERIC:
        return number_grammar(kind, cell, core)
    return boolean_grammar(cell) if kind is Kind.BOOLEAN else None


def observe(
    session: Embedded, relation: str, wanted: Mapping[str, tuple[str, Kind]]
) -> dict[str, Evidence]:
    """The shapes of each wanted cell over all rows of a relation, by the same keys.

    `wanted` gives the SQL of the trimmed text, null where it is empty, and its kind.
    """
    found = {key: Evidence(kind) for key, (_, kind) in wanted.items()}
    grammars = {
        key: grammar
        for at, (key, (_, kind)) in enumerate(wanted.items())
        if (grammar := _grammar(kind, f"x{at}", f"core_x{at}"))
    }
    if not grammars:
        return found
    order = list(grammars)
    for at, code, mark, count, least, greatest in session.rows(_scan(relation, wanted, grammars)):
        key = order[at]
        found[key] += _of(grammars[key], code, mark or "", Seen(count, least, greatest))
    return found


def _scan(
    relation: str, wanted: Mapping[str, tuple[str, Kind]], grammars: Mapping[str, Grammar]
) -> str:
    """Place of the column, code, mark, number of cells, and the first and last of them.

    Each step is a select of its own, so that no expression is worked out twice.
    """
    cells, quick, cores, codes = [], [], [], []
    for at, (key, grammar) in enumerate(grammars.items()):
        cell, known = grammar.cell, f"quick_{grammar.cell}"
        cells.append(f"{wanted[key][0]} AS {cell}")
        quick.append(f"{grammar.quick_code()} AS {known}")
        cores.append(f"{_unless(known, grammar.core)} AS core_{cell}")
        parts = [f"'at': {at}", f"'code': coalesce({known}, {grammar.code()})"]
        parts += [f"'mark': {_unless(known, grammar.mark)}", f"'cell': {cell}"]
        codes.append(f"{{{', '.join(parts)}}}")
    return (
        f"SELECT one.at, one.code, one.mark, count(*), "
        f"left(min(one.cell), {SHOWN}), left(max(one.cell), {SHOWN}) "
        f"FROM (SELECT unnest([{', '.join(codes)}]) AS one FROM (SELECT *, {', '.join(cores)} "
        f"FROM (SELECT *, {', '.join(quick)} FROM (SELECT {', '.join(cells)} FROM {relation})))) "
        "WHERE one.code IS NOT NULL GROUP BY one.at, one.code, one.mark"
    )


def _unless(known: str, value: str | None) -> str:
    """SQL of a text that is of no use where the code is known."""
    return only_if(f"{known} IS NULL", value) if value else "CAST(NULL AS VARCHAR)"


def _of(grammar: Grammar, code: int, mark: str, seen: Seen) -> Evidence:
    """What a number of cells with one code and mark say."""
    name, state = grammar.names[code // STATES], code % STATES
    ready = seen.count if state == 0 and name in grammar.canonical else 0
    shapes = {name + FLAGGED * (state == 2): seen}
    return Evidence(grammar.kind, seen.count, ready, shapes, {mark: seen.count} if mark else {})
