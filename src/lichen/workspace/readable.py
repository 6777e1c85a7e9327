"""Figures whose facts contradict them: a grave finding takes their numbers away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from lichen.vocabulary.figure import Verdict, parse_groups
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.metrics import Base

NUMBERS = ("value", "low", "high")


def without_unreadable(figures: pa.Table, findings: Iterable[Finding]) -> pa.Table:
    """The figures, without the numbers of those that a finding of severity error names.

    Their verdict becomes `not_readable`, and the finding's code stands on them. Counts, numerator
    and denominator stay, so that the figure can be explained. An error that names no metric says
    nothing about single figures; one that names month ends is about windows that rest on them.
    """
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.metrics:
            figures = _unreadable(figures, finding)
    return figures


def _unreadable(figures: pa.Table, finding: Finding) -> pa.Table:
    named = pc.is_in(figures["metric"], pa.array(finding.metrics, pa.string()))
    if finding.dimensions:
        named = pc.and_(named, pc.is_in(figures["groups"], _groups_by(figures, finding)))
    if finding.month_ends:
        named = pc.and_(named, _rests_on(figures, finding.month_ends))
    for name in NUMBERS:
        none = pa.scalar(None, figures.schema.field(name).type)
        figures = _replaced(figures, name, pc.if_else(named, none, figures[name]))
    verdict = pc.if_else(named, Verdict.NOT_READABLE.value, figures["verdict"])
    figures = _replaced(figures, "verdict", verdict)
    return _replaced(figures, "findings", _with_code(figures["findings"], named, finding.code))


def _rests_on(figures: pa.Table, spans: Sequence[tuple[date, date]]) -> pa.ChunkedArray:
    """Whether a figure's window rests on one of these month ends.

    A level rests on its close, a share of a cohort on opening and close, and movements on every
    month between as well.
    """
    opens, closes, base = (figures[name] for name in ("window_from", "window_to", "base"))
    is_level, is_moved = (pc.equal(base, one.value) for one in (Base.ACCOUNTS, Base.MOVEMENTS))
    rests = pc.less(closes, opens)
    for first, last in spans:
        closing, opening = (_lies_in(days, first, last) for days in (closes, opens))
        crossed = pc.and_(pc.less_equal(opens, last), pc.greater_equal(closes, first))
        at_ends = pc.if_else(is_level, closing, pc.or_(opening, closing))
        rests = pc.or_(rests, pc.if_else(is_moved, crossed, at_ends))
    return rests


def _lies_in(days: pa.ChunkedArray, first: date, last: date) -> pa.ChunkedArray:
    return pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last))


def _groups_by(figures: pa.Table, finding: Finding) -> pa.Array:
    """Groups that are made by one of the finding's dimensions."""
    texts = pc.unique(figures["groups"]).to_pylist()
    touched = set(finding.dimensions)
    return pa.array([each for each in texts if touched & parse_groups(each).keys()], pa.string())


def _with_code(codes: pa.ChunkedArray, named: pa.ChunkedArray, code: str) -> pa.Array:
    """The lists of codes, with one more where `named`."""
    pairs = zip(codes.to_pylist(), named.to_pylist(), strict=True)
    return pa.array(
        [[*(held or ()), code] if is_named else held for held, is_named in pairs], codes.type
    )


def _replaced(figures: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    place = figures.schema.get_field_index(name)
    return figures.set_column(place, figures.schema.field(name), column)
