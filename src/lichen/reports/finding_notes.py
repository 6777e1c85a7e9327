"""Findings as readers meet them: alike ones once, with the groups and records named in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lichen.reports.document import EVERYTHING, FindingNote, Findings
from lichen.scorecards.board import Board
from lichen.scorecards.headlines import metric_short
from lichen.scorecards.labels import dimension_title, groups_label
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.finding import Finding

_NAMED = 4
"""Metrics and dimensions named before the rest is counted."""


def findings_block(board: Board) -> Findings:
    """All findings of the run, the gravest first."""
    return Findings(
        tuple(_note(alike, board.names) for alike in _alike(board.findings)),
        "No finding touches these figures.",
    )


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings of one code together, so that one remark about many feeds is read once."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    return list(by_code.values())


def _note(alike: Sequence[Finding], names: Mapping[str, str]) -> FindingNote:
    finding = alike[0]
    others = ", ".join(dict.fromkeys(each.entity for each in alike[1:]))
    more = f" Found {len(alike) - 1} more times: {others}." if others else ""
    share = f"{finding.arr_share:.1%} of ARR" if finding.arr_share is not None else ""
    about = _concerns(finding)
    return FindingNote(
        severity=str(finding.severity),
        sentence=finding.sentence + more,
        count=sum(each.count for each in alike),
        code=finding.code,
        concerns="; ".join(part for part in (about, share) if part),
        examples=tuple(_example(each, names) for each in finding.examples),
    )


def _concerns(finding: Finding) -> str:
    metrics = _first([metric_short(each) for each in finding.metrics])
    splits = _first([dimension_title(each).lower() for each in finding.dimensions])
    groups = f"groups by {splits}" if splits else ""
    return " in ".join(part for part in (metrics, groups) if part) or EVERYTHING


def _first(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _example(example: str, names: Mapping[str, str]) -> str:
    """A group in words; records and ids stay as they are, so that they can be found."""
    if example.partition("=")[0] not in DIMENSIONS:
        return example
    return groups_label(parse_groups(example), names)
