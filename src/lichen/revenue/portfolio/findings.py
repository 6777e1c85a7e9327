"""What a reader of the portfolio should know about the facts behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.revenue.portfolio.accounts import Served
from lichen.vocabulary.finding import Finding, Severity

EXPOSURES = ("arr_exposed", "renewals_exposed")
COVERED = ("uncovered_accounts", "uncovered_arr")
SIGNED = ("partners_signed", "partner_activation", "partners_without_outcome")


def findings(served: Served, shared: int) -> list[Finding]:
    """Findings on coverage, joining days and exposures that overlap.

    `shared` is the number of accounts with ARR that several partners serve on the closing day.
    """
    return [*_uncovered(served), *_undated(served), *_overlapping(shared)]


def _uncovered(served: Served) -> Iterator[Finding]:
    facts = served.facts
    missing = [
        name
        for name, known in (
            ("account.csm_key", facts.is_mapped("account", "csm_key")),
            ("the involvement feed", facts.is_mapped("involvement")),
        )
        if not known
    ]
    if missing and facts.is_mapped("partner"):
        yield Finding(
            "coverage_not_measured",
            "account",
            len(missing),
            f"Who covers which account is not known without {' and '.join(missing)}, so coverage "
            "is not published. Map it.",
            Severity.NOTE,
            metrics=COVERED,
        )


def _undated(served: Served) -> Iterator[Finding]:
    partners = served.facts.table("partner")
    undated = partners.filter(partners.joined_on.isnull()).select("partner_id")
    names = sorted(served.facts.engine.to_arrow(undated)["partner_id"].to_pylist())
    if names:
        yield Finding(
            "partner_without_joining_day",
            "partner",
            len(names),
            f"{len(names)} partners have no joining day, so they count as signed at all times. "
            "Fill in partner.joined_on.",
            Severity.NOTE,
            tuple(names[:5]),
            SIGNED,
        )


def _overlapping(shared: int) -> Iterator[Finding]:
    if shared:
        yield Finding(
            "exposures_overlap",
            "partner",
            shared,
            f"{shared:,} accounts with ARR are served by several partners, so what is exposed by "
            "partner or kind does not add up to the total.",
            Severity.NOTE,
            metrics=EXPOSURES,
            dimensions=("partner", "partner_kind"),
        )
