"""How the cells of a column of numbers or amounts are told apart."""

from __future__ import annotations

from lichen.engines.text import literal, matches, only_if
from lichen.ledger.formats.grammar import Grammar
from lichen.ledger.formats.marks import first_mark
from lichen.ledger.formats.number_patterns import (
    CORE,
    CORES,
    EXPONENT,
    MARKED,
    core_pattern,
    fits,
)
from lichen.vocabulary.entities import Kind

NUMERIC = frozenset({Kind.AMOUNT, Kind.NUMBER, Kind.INTEGER, Kind.RATE})

CANONICAL = ("whole", "point and zeros", "point and three", "point")
"""Shapes that the readers of the ledger take when no mark stands beside the number."""

PLAIN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"


def number_grammar(kind: Kind, cell: str, core: str) -> Grammar:
    """The shapes of a column of this kind; a flagged cell has a percent sign."""
    shapes = tuple((name, matches(core, core_pattern(name, kind))) for name in CORES)
    plain = matches(cell, PLAIN + (f"(?:{EXPONENT})?" if kind is Kind.NUMBER else ""))
    state = f"CASE WHEN {plain} THEN 0 WHEN contains({cell}, '%') THEN 2 ELSE 1 END"
    return Grammar(
        kind,
        cell,
        (
            (matches(cell, r"-?\d+"), "whole", 0),
            (matches(cell, r"-?\d+\.\d\d?"), "point", 0),
            (matches(cell, r"-?\d+,\d\d?"), "comma", 1),
        ),
        shapes,
        state,
        frozenset(CANONICAL),
        _core(kind, cell),
        _mark(cell, core) if kind in MARKED else None,
    )


def _core(kind: Kind, cell: str) -> str:
    """SQL of the digits and separators of a cell that is a number, else null."""
    return (
        f"CASE WHEN {matches(cell, '[-+−]?[0-9.,]+')} THEN ltrim({cell}, '+-−') "
        f"WHEN {fits(cell, kind, tuple(CORES))} THEN {core_of(cell)} END"
    )


def core_of(cell: str) -> str:
    """SQL of the digits and separators of a cell."""
    return f"regexp_extract({cell}, {literal(CORE)})"


def _mark(cell: str, core: str) -> str:
    bare = matches(cell, "[-+−0-9.,%eE]+")
    return only_if(f"{core} IS NOT NULL AND NOT {bare}", first_mark(cell))
