"""Figures of facts that no run has published: another ledger, day or definition, put together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lichen import involvement
from lichen.engines import connect
from lichen.kernel.periods import WindowKind
from lichen.kernel.progress import Progress
from lichen.ledger import Ledger
from lichen.ledger.facts import MeasureRequest
from lichen.scorecards.diff import Question, answers
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.metrics import METRICS, Base
from lichen.workspace.accounts import PORTFOLIO
from lichen.workspace.clock import Clock, collector_at_rest
from lichen.workspace.measures import registered_measures
from lichen.workspace.measuring import take, with_consistency
from lichen.workspace.plan import windows_ending

WHO = ("partner", "partner_kind", "served_via")
"""Dimensions that say who serves an account and who has a practice there."""

RUN = "recomputed"
"""Stands for the run's id on figures that are never published."""


@dataclass(frozen=True)
class Setting:
    """Everything that figures depend on: facts, definitions and a day."""

    ledger: Ledger
    definitions: Definitions
    day: date
    kinds: tuple[WindowKind, ...]

    @property
    def seen(self) -> Ledger:
        """The ledger under these definitions, in what a ledger keeps of them for its views."""
        revenue = self.definitions.revenue
        return replace(
            self.ledger, grace_days=revenue.grace_days, overlap_share=revenue.overlap_share
        )


def recompute(
    setting: Setting, questions: Collection[Question], scratch: Path, progress: Progress
) -> dict[Question, Figure]:
    """The answers to these questions as a run of this setting would publish them.

    Findings take no numbers away here: whether a figure may be read is for the runs to say.
    """
    definitions = setting.definitions
    windows = windows_ending(setting.day, setting.kinds, definitions.workspace.fiscal_year_start)
    with collector_at_rest(), connect("duckdb", scratch=scratch) as engine:
        facts = setting.seen.as_of(setting.day, engine)
        groupings = involvement.groupings(facts, definitions, _dimensions(questions, definitions))
        request = MeasureRequest(
            facts=involvement.believed(facts, definitions),
            definitions=definitions,
            groupings=involvement.together(engine, groupings),
            windows=tuple(dict.fromkeys(windows.values())),
            run_id=RUN,
            progress=progress,
        )
        taken = take(registered_measures(), request, Clock(progress))
        figures, _ = with_consistency(taken.figures, request)
        found = answers(figures, windows)
    return {question: found[question] for question in questions if question in found}


def _dimensions(
    questions: Collection[Question], definitions: Definitions
) -> Sequence[tuple[str, ...]]:
    """The dimensions and pairs that the questions speak of, as a run of these would ask them."""
    texts = {question.groups for question in questions}
    wanted = {tuple(sorted(parse_groups(text))) for text in texts}
    # What partners serve, and spreads, are told by groups that their own figures do not name.
    wanted |= {(name,) for each in questions for name in _needed(each)}
    usual = involvement.default_dimensions(definitions)
    return [names for names in usual if tuple(sorted(names)) in wanted]


def _needed(question: Question) -> tuple[str, ...]:
    """Dimensions without which the figure of this question cannot be made."""
    known = METRICS.get(question.metric)
    if known is not None and known.base is Base.GROUPS:
        return (parse_groups(question.parameters)["across"],)
    return WHO if known is not None and known.page in PORTFOLIO else ()
