"""From rows of several systems to one id each: aliases and decisions first, then domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.identity.clusters import Clusters
from lichen.ledger.identity.decisions import Decision, DecisionsUnusable
from lichen.ledger.identity.domains import registrable
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5


@dataclass(frozen=True)
class Resolution:
    """`renamed` gives the canonical id of every id that has another; findings tell how."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def resolve(
    session: Embedded,
    entity: str,
    rows: str,
    aliases: Sequence[tuple[str, str]],
    decisions: Sequence[Decision],
    *,
    match_domains: bool,
) -> Resolution:
    """One id for all rows of one company or partner.

    `rows` is SQL of id, rank (place of its system in the order of trust) and domain. `aliases`
    pair an id with the id that it stands for. Linked are aliases, decisions, and registrable
    domains that just one id of each of several systems has. The canonical id is the one of the
    most trusted system, the smallest where it has several. Row order changes nothing.

    Raises:
        DecisionsUnusable: a decision that two ids differ contradicts the others.
    """
    clusters = Clusters((d.left, d.right) for d in decisions if not d.is_same)
    problems = [
        f"record {d.record}: {d.left} and {d.right} are the same, and told apart by another row."
        for d in sorted(decisions, key=lambda one: one.pair)
        if d.is_same and not clusters.join(d.left, d.right)
    ]
    refused = sum(not clusters.join(left, right) for left, right in sorted(aliases))
    if problems:
        raise DecisionsUnusable(problems)
    findings = [] if not refused else [_refused_aliases(entity, refused)]
    if match_domains:
        links, shared = _by_domain(session, rows)
        for left, right in links:
            clusters.join(left, right)
        findings += [_shared_domains(entity, shared)] if shared else []
    renamed = _renamed(session, rows, clusters)
    if renamed:
        findings.append(_joined(entity, renamed))
    return Resolution(renamed, tuple(findings))


def _by_domain(session: Embedded, rows: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Links by domain, and domains that several ids of one system have."""
    told = [
        row[0]
        for row in session.rows(f"SELECT DISTINCT domain FROM ({rows}) WHERE domain IS NOT NULL")
    ]
    public = [registrable(text) for text in told]
    known = session.keep(
        pa.table({"told": told, "domain": pa.array(public, pa.string())}), "domain"
    )
    found = session.rows(
        f"WITH of_id AS (SELECT DISTINCT r.id, r.rank, d.domain FROM ({rows}) r "
        f"JOIN {known} d ON d.told = r.domain WHERE d.domain IS NOT NULL), "
        "per AS (SELECT domain, count(*) AS ids, count(DISTINCT rank) AS systems, "
        "list(id ORDER BY rank, id) AS members FROM of_id GROUP BY domain) "
        "SELECT domain, ids, systems, members[1:50] FROM per WHERE ids > 1 ORDER BY domain"
    )
    links = [
        (members[0], member)
        for _, ids, systems, members in found
        if ids == systems
        for member in members[1:]
    ]
    return links, [domain for domain, ids, systems, _ in found if ids != systems and systems > 1]


def _renamed(session: Embedded, rows: str, clusters: Clusters) -> dict[str, str]:
    """Canonical ids: only one that has a row of its own can stand for others."""
    found = clusters.members()
    if not found:
        return {}
    asked = session.keep(pa.table({"id": [one for ids in found.values() for one in ids]}), "ids")
    ranks = dict(
        session.rows(
            f"SELECT id, min(rank) FROM ({rows}) WHERE id IN (SELECT id FROM {asked}) GROUP BY id"
        )
    )
    renamed: dict[str, str] = {}
    for ids in found.values():
        present = [one for one in ids if one in ranks]
        if present:
            canonical = min(present, key=lambda one: (ranks[one], one))
            renamed |= {one: canonical for one in ids if one != canonical}
    return renamed


def _joined(entity: str, renamed: Mapping[str, str]) -> Finding:
    shown = [f"{old} is {new}" for old, new in sorted(renamed.items())[:EXAMPLES]]
    sentence = (
        f"{len(renamed)} {entity} ids are other names of {len(set(renamed.values()))} that other "
        f"systems have: {'; '.join(shown)}. Where one is wrong, write both ids with the verdict "
        "different into decisions/identity.csv."
    )
    return Finding(f"same_{entity}", entity, len(renamed), sentence, examples=tuple(shown))


def _shared_domains(entity: str, shared: Sequence[str]) -> Finding:
    sentence = (
        f"{len(shared)} domains belong to several {entity} rows of one system, so rows of other "
        f"systems were not matched by them: {', '.join(shared[:EXAMPLES])}. Write the pairs that "
        "are one into decisions/identity.csv."
    )
    return Finding(
        "ambiguous_domain",
        entity,
        len(shared),
        sentence,
        Severity.WARNING,
        tuple(shared[:EXAMPLES]),
    )


def _refused_aliases(entity: str, count: int) -> Finding:
    sentence = (
        f"{count} {entity}_alias rows join ids that decisions/identity.csv tells apart; the "
        "decisions hold. Remove those aliases, or the decisions."
    )
    return Finding("alias_against_decision", entity, count, sentence, Severity.WARNING)
