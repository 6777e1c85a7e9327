"""From rows of several systems to one id each: aliases and decisions first, then domains.

Every step looks at all its links at once, so the order of rows and files does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lichen.engines.embedded import Embedded
from lichen.ledger.identity import told
from lichen.ledger.identity.clusters import Clusters, Edge
from lichen.ledger.identity.decisions import Decision
from lichen.ledger.identity.naming import Naming, Ranks
from lichen.ledger.identity.shared_domains import (
    SharedDomains,
    keep_rows,
    ranks_of,
    shared_domains,
    system_of,
)
from lichen.vocabulary.finding import Finding


@dataclass(frozen=True)
class Resolution:
    """`renamed` gives the canonical id of every id that has another; findings tell how.

    `registered` is what decisions/ids.csv should hold from now on.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    registered: Mapping[str, str] = field(default_factory=dict)


def resolve(
    session: Embedded,
    entity: str,
    rows: str,
    aliases: Sequence[Edge],
    decisions: Sequence[Decision],
    *,
    match_domains: bool,
    registered: Mapping[str, str] | None = None,
) -> Resolution:
    """One id for all rows of one company or partner.

    `rows` is SQL of id, rank (place of its system in the order of trust) and domain. `aliases`
    pair an id with the id that it stands for. Linked are aliases, decisions, and registrable
    domains that just one id of each of several systems has; domains never join two companies of
    one system. The canonical id is the `registered` one, else that of the most trusted system,
    the smallest where it has several.
    """
    keep_rows(session, rows)
    clusters = Clusters()
    for one in decisions:
        if one.is_same:
            clusters.union(one.left, one.right)
    apart = [(one.left, one.right) for one in decisions if not one.is_same]
    refused = _follow_aliases(clusters, aliases, apart)
    by_word = {one: root for root, members in clusters.members().items() for one in members}
    shared = shared_domains(session, clusters) if match_domains else SharedDomains()
    known = registered or {}
    asked = _asked(clusters, shared, decisions, known).union(of for _, of in aliases)
    ranks = ranks_of(session, asked)
    unmatched = _follow_domains(clusters, shared, ranks, apart)
    naming = Naming(clusters, ranks, known, _foes(apart), by_word)
    renamed = naming.renamed()
    findings = [
        *told.aliases_refused(entity, refused),
        *told.aliases_astray(entity, [edge for edge in aliases if edge[1] not in ranks]),
        *told.domains_shared(entity, sorted(shared.ambiguous)),
        *told.domains_refused(entity, unmatched),
        *told.decisions_waiting(entity, _waiting(decisions, naming)),
        *told.ids_joined(entity, renamed),
    ]
    return Resolution(renamed, tuple(findings), naming.to_register())


def _foes(apart: Sequence[Edge]) -> dict[str, set[str]]:
    """Ids that each id was told apart from."""
    found: dict[str, set[str]] = defaultdict(set)
    for left, right in apart:
        found[left].add(right)
        found[right].add(left)
    return found


def _asked(
    clusters: Clusters,
    shared: SharedDomains,
    decisions: Sequence[Decision],
    registered: Mapping[str, str],
) -> set[str]:
    """Every id of which it matters whether it has a row."""
    ids = {member for edge in shared.edges for member in edge}
    ids.update(member for members in clusters.members().values() for member in members)
    ids.update(member for one in decisions for member in (one.left, one.right))
    return ids.union(registered, registered.values())


def _apart_roots(clusters: Clusters, apart: Sequence[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for left, right in apart:
        found[clusters.root(left)].add(clusters.root(right))
        found[clusters.root(right)].add(clusters.root(left))
    return found


def _follow_aliases(
    clusters: Clusters, aliases: Sequence[Edge], apart: Sequence[Edge]
) -> list[list[str]]:
    """Join what aliases join; what they may not join comes back."""
    kept_apart = _apart_roots(clusters, apart)
    edges, refused = [], []
    for edge in sorted(set(aliases)):
        roots = clusters.root(edge[0]), clusters.root(edge[1])
        if roots[1] in kept_apart.get(roots[0], ()):
            refused.append(sorted(edge))
        else:
            edges.append(edge)
    return refused + clusters.join(edges, lambda roots: _holds_apart(roots, kept_apart))


def _holds_apart(roots: Collection[str], apart: Mapping[str, set[str]]) -> bool:
    return any(not apart[root].isdisjoint(roots) for root in roots if root in apart)


def _follow_domains(
    clusters: Clusters, shared: SharedDomains, ranks: Ranks, apart: Sequence[Edge]
) -> list[list[str]]:
    """Join what domains join, never two of one system; what was not joined and needs a person."""
    kept_apart = _apart_roots(clusters, apart)
    systems: dict[str, set[str]] = defaultdict(set)
    for member, of_member in ranks.items():
        systems[clusters.root(member)].update(system_of(member, rank) for rank in of_member)

    def share_a_system(roots: Sequence[str]) -> bool:
        counted = [system for root in roots for system in systems[root]]
        return len(counted) != len(set(counted))

    refused = clusters.join(
        shared.edges, lambda roots: _holds_apart(roots, kept_apart) or share_a_system(roots)
    )
    # Of two alone that a person told apart the decision says all there is to say.
    return [roots for roots in refused if len(roots) > 2 or not _holds_apart(roots, kept_apart)]


def _waiting(decisions: Sequence[Decision], naming: Naming) -> list[int]:
    """Records of decisions with an id that leads to no row."""
    return [
        one.record
        for one in decisions
        if not (naming.has_row(one.left) and naming.has_row(one.right))
    ]
