"""The covariates of accounts at landmarks: what was known of them before the quarter began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from lichen.kernel.errors import UnknownName
from lichen.ledger.facts import Facts
from lichen.value.comparison.covariates.answers import ANSWERS
from lichen.value.comparison.covariates.arr import ARR
from lichen.value.comparison.covariates.asked import Asked, asked_for
from lichen.value.comparison.covariates.contract import CONTRACT
from lichen.value.comparison.covariates.firmographics import firmographics
from lichen.value.comparison.covariates.guard import Source, guarded
from lichen.value.comparison.covariates.renewals import RENEWALS
from lichen.value.comparison.covariates.tickets import TICKETS
from lichen.value.comparison.covariates.usage import USAGE
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding

DESIGNS = ("quarter", "first_contract")

SOURCES: tuple[Source, ...] = (ARR, CONTRACT, USAGE, RENEWALS, TICKETS, ANSWERS)
"""What numbers are read from; firmographics depend on the workspace and are added to them."""

ORDER = (
    "log_arr",
    "adoption",
    "tenure",
    "months_to_term_end",
    "arr_trend",
    "renewals_before",
    "seats",
    "products",
    "tickets",
    "nps",
    "adoption_trend",
    "no_arr_before",
)
"""Numbers, the most important first: where there is too little data the last are dropped first."""


@dataclass(frozen=True, eq=False)
class Covariates:
    """What was known of each point at Q0.

    `table` has account_key, landmark, a float64 column for each of `numbers` and a text column for
    each of `words`, null where not known; one row a point. `numbers` and `words` are in order of
    importance. `barred` says by covariate why it is absent and what would bring it; `findings` are
    those that a reader of the comparison should see.
    """

    table: ir.Table
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    findings: tuple[Finding, ...]
    barred: Mapping[str, str]


def covariates_at(
    facts: Facts,
    definitions: Definitions,
    points: ir.Table,
    *,
    design: str = "quarter",
    shift: int = 0,
    sources: Sequence[Source] = SOURCES,
) -> Covariates:
    """Covariates of `points` (account_key, landmark, t0), from facts dated and known by Q0.

    Q0 is the month end three months before the landmark, and `shift` months more for a placebo.
    `first_contract` gives only what an account was when it started: nothing that could be a result.

    Raises:
        UnknownName: there is no such design.
        CovariateAfterStart, CovariateUndated: a source does not keep to Q0.
        RateMissing: ARR in a foreign currency meets a Q0 without a fresh rate.
    """
    if design not in DESIGNS:
        raise UnknownName("design of a comparison", design, DESIGNS)
    asked = asked_for(facts, definitions, points, design, shift)
    about, barred, findings = firmographics(asked)
    numeric = tuple(sources) if design == "quarter" else ()
    used = [source for source in numeric if source.is_mapped(asked)]
    table = guarded(asked, [*used, *([about] if about else [])])
    present = [name for source in used for name in source.present(asked)]
    numbers = tuple(sorted(present, key=_place))
    words = about.words if about else ()
    return Covariates(
        table.select("account_key", "landmark", *numbers, *words),
        numbers,
        words,
        (*findings, *_back_filled(asked, used, words)),
        {**barred, **_lacking(numeric, asked)},
    )


def _back_filled(asked: Asked, sources: Sequence[Source], words: Sequence[str]) -> list[Finding]:
    """What is read from feeds that do not say when a row was recorded."""
    read = {
        entity for each in sources for number in each.numbers for entity, _ in number.reads(asked)
    }
    read |= {"attribute_change"} if words and asked.facts.is_mapped("attribute_change") else set()
    silent = sorted(entity for entity in read if not asked.facts.is_mapped(entity, "recorded_at"))
    if not silent:
        return []
    listed = ", ".join(silent)
    return [
        Finding(
            "covariates_may_be_back_filled",
            silent[0],
            0,
            f"No recorded_at is mapped for {listed}: what happened before a quarter counts as "
            "known then, though some may have been filled in later. Map recorded_at to be sure.",
        )
    ]


def _place(name: str) -> tuple[int, str]:
    """Where a number stands in `ORDER`; one that is not listed comes last."""
    return ORDER.index(name) if name in ORDER else len(ORDER), name


def _lacking(sources: Sequence[Source], asked: Asked) -> dict[str, str]:
    return {
        number.name: f"No feed provides what {number.name} needs. {number.lacking}"
        for source in sources
        for number in source.numbers
        if not number.is_mapped(asked)
    }
