"""Findings of identity: what was joined, and what needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5


def ids_joined(entity: str, renamed: Mapping[str, str]) -> Iterator[Finding]:
    """Ids that are other names of one company."""
    if not renamed:
        return
    shown = [f"{old} is {new}" for old, new in sorted(renamed.items())[:EXAMPLES]]
    sentence = (
        f"{len(renamed)} {entity} ids are other names of {len(set(renamed.values()))} that other "
        f"systems have: {'; '.join(shown)}. Where one is wrong, write both ids with the verdict "
        "different into decisions/identity.csv."
    )
    yield Finding(f"same_{entity}", entity, len(renamed), sentence, examples=tuple(shown))


def domains_shared(entity: str, shared: Sequence[str]) -> Iterator[Finding]:
    """Domains that one system has on several rows."""
    if not shared:
        return
    sentence = (
        f"{len(shared)} domains belong to several {entity} rows of one system, so rows of other "
        f"systems were not matched by them: {', '.join(shared[:EXAMPLES])}. Write the pairs that "
        "are one into decisions/identity.csv."
    )
    yield Finding(
        "ambiguous_domain",
        entity,
        len(shared),
        sentence,
        Severity.WARNING,
        tuple(shared[:EXAMPLES]),
    )


def aliases_refused(entity: str, refused: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Aliases that lead to what a decision tells apart."""
    if not refused:
        return
    count = len(refused)
    sentence = (
        f"{count} groups of ids in {entity}_alias hold two that decisions/identity.csv tells "
        "apart; the decisions hold. Remove those aliases, or the decisions."
    )
    yield Finding("alias_against_decision", entity, count, sentence, Severity.WARNING)


def aliases_astray(entity: str, astray: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Aliases of ids that no row has."""
    if not astray:
        return
    shown = tuple(f"{alias} is {of}" for alias, of in sorted(astray)[:EXAMPLES])
    sentence = (
        f"{len(astray)} rows of {entity}_alias lead to an id that no {entity} has: "
        f"{'; '.join(shown)}. Correct {entity}_id there, or load the {entity} rows."
    )
    severity, count = Severity.WARNING, len(astray)
    yield Finding("alias_leads_nowhere", f"{entity}_alias", count, sentence, severity, shown)


def domains_refused(entity: str, groups: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Ids that domains would join, though two of them are of one system or told apart."""
    if not groups:
        return
    shown = tuple(", ".join(group[:EXAMPLES]) for group in sorted(map(tuple, groups))[:EXAMPLES])
    sentence = (
        f"{len(groups)} groups of {entity} ids were not joined by their domains, since two of each "
        "are of one system or told apart by a decision. Write the pairs that are one into "
        "decisions/identity.csv."
    )
    yield Finding("match_refused", entity, len(groups), sentence, Severity.WARNING, shown)


def decisions_waiting(entity: str, records: Sequence[int]) -> Iterator[Finding]:
    """Decisions about ids that nothing has."""
    if not records:
        return
    sentence = (
        f"{len(records)} rows of decisions/identity.csv name an id that no {entity} has; they wait "
        "for it. Correct the id, or remove the row."
    )
    shown = tuple(f"decisions/identity.csv:{record}" for record in sorted(records)[:EXAMPLES])
    yield Finding("decision_waits", entity, len(records), sentence, Severity.NOTE, shown)
