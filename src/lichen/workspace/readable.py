"""Figures whose facts contradict them: a grave finding takes their numbers away."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from lichen.vocabulary.figure import Verdict, parse_groups
from lichen.vocabulary.finding import Finding, Severity

NUMBERS = ("value", "low", "high")


def without_unreadable(figures: pa.Table, findings: Iterable[Finding]) -> pa.Table:
    """The figures, without the numbers of those that a finding of severity error names.

    Their verdict becomes `not_readable`, and the finding's code stands on them. Counts, numerator
    and denominator stay, so that the figure can be explained. An error that names no metric says
    nothing about single figures.
    """
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.metrics:
            figures = _unreadable(figures, finding)
    return figures


def _unreadable(figures: pa.Table, finding: Finding) -> pa.Table:
    named = pc.is_in(figures["metric"], pa.array(finding.metrics, pa.string()))
    if finding.dimensions:
        named = pc.and_(named, pc.is_in(figures["groups"], _groups_by(figures, finding)))
    for name in NUMBERS:
        none = pa.scalar(None, figures.schema.field(name).type)
        figures = _replaced(figures, name, pc.if_else(named, none, figures[name]))
    verdict = pc.if_else(named, Verdict.NOT_READABLE.value, figures["verdict"])
    figures = _replaced(figures, "verdict", verdict)
    return _replaced(figures, "findings", _with_code(figures["findings"], named, finding.code))


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
