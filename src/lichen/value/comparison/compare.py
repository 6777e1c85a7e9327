"""Compared with similar accounts: the default set of every run, and any one question."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.kernel.progress import Progress, silent
from lichen.ledger.facts import Facts
from lichen.value.comparison.comparing import Part, judged
from lichen.value.comparison.exposure import Exposure, default_exposures
from lichen.value.comparison.members import Arms
from lichen.value.comparison.outcomes import outcome_named
from lichen.value.comparison.passes import Pass
from lichen.value.comparison.result import Compared, PartnerRank
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding


def compare_default(
    facts: Facts, definitions: Definitions, progress: Progress = silent
) -> Compared:
    """What every run compares: any partner, each role, each kind of partner with enough accounts.

    All with the horizon of the definitions, in one pass over the facts for each design.
    """
    exposures = default_exposures(facts, definitions)
    return _compared(facts, definitions, exposures, progress)


def compare(
    facts: Facts,
    definitions: Definitions,
    exposure: Exposure,
    outcomes: Sequence[str] = (),
    horizon: int | None = None,
    arms: Arms = "starting",
    progress: Progress = silent,
) -> Compared:
    """One exposure on the outcomes named (none = all), after `horizon` months.

    Holm's adjustment goes over the primary outcomes of the exposure, also those not asked for, so
    that a verdict does not depend on what else was asked.

    Raises:
        UnknownName: there is no such outcome.
        NothingToAdd: `adding` is asked of an exposure that names no partner, role or kind.
    """
    for name in outcomes:
        outcome_named(name)
    found = _compared(facts, definitions, (exposure,), progress, horizon, arms)
    if not outcomes:
        return found
    asked = tuple(each for each in found.comparisons if each.outcome in outcomes)
    return Compared(asked, found.ranks, found.findings)


def _compared(
    facts: Facts,
    definitions: Definitions,
    exposures: Sequence[Exposure],
    progress: Progress,
    horizon: int | None = None,
    arms: Arms = "starting",
) -> Compared:
    passes = [
        each
        for each in (
            Pass(facts, definitions, "quarter", exposures, horizon, arms),
            Pass(facts, definitions, "first_contract", exposures, horizon, arms),
        )
        if each.exposures
    ]
    parts: dict[str, list[Part]] = {exposure.text: [] for exposure in exposures}
    ranks: tuple[PartnerRank, ...] = ()
    findings: list[Finding] = []
    for each in passes:
        progress(f"Finding similar accounts ({each.design})")
        for exposure, part, ranked in each.parts(progress):
            parts[exposure.text].append(part)
            ranks = ranked or ranks
        findings += each.study.findings if each.study else ()
    rules = definitions.comparison
    found = [one for own in parts.values() if own for one in judged(own, rules)]
    return Compared(tuple(found), ranks, tuple(dict.fromkeys(findings)))
