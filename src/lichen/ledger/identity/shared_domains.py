"""Domains that rows of several systems share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from lichen.engines.embedded import Embedded
from lichen.ledger.identity.clusters import Clusters, Edge
from lichen.ledger.identity.domains import registrable

ROWS = "identity_rows"
"""Table of every id in every source: id, rank, system, and site (its domain as written).

The system is what stands before the colon of the id, since one may be exported to several folders.
"""


@dataclass(frozen=True)
class SharedDomains:
    """What equal domains say: `edges` of ids that one domain joins, and where it may not.

    An `ambiguous` domain stands for several companies of one system, by its ids.
    """

    edges: tuple[Edge, ...] = ()
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def keep_rows(session: Embedded, rows: str) -> None:
    """Table `ROWS` of the rows of all sources; an id with several domains has none that tells."""
    system = "CASE WHEN contains(id, ':') THEN split_part(id, ':', 1) ELSE ' ' || rank END"
    session.table(
        ROWS,
        f"SELECT id, rank, {system} AS system, "
        "CASE WHEN count(DISTINCT domain) = 1 THEN min(domain) END AS site "
        f"FROM ({rows}) WHERE id IS NOT NULL GROUP BY id, rank",
    )


def ranks_of(session: Embedded, ids: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The ranks of the systems that have a row of each id; an id without a row is left out."""
    wanted = session.keep(pa.table({"id": pa.array(sorted(set(ids)), pa.string())}), "wanted")
    found = session.arrow(
        f"SELECT id, list(rank ORDER BY rank) AS ranks FROM {ROWS} "
        f"SEMI JOIN {wanted} USING (id) GROUP BY id"
    )
    ranks = map(tuple, found["ranks"].to_pylist())
    return dict(zip(found["id"].to_pylist(), ranks, strict=True))


def system_of(member: str, rank: int) -> str:
    """The system of an id of a source; an id without one is its source's own."""
    system, colon, _ = member.partition(":")
    return system if colon else f" {rank}"


def shared_domains(session: Embedded, clusters: Clusters) -> SharedDomains:
    """Equal registrable domains of different systems; ids of one cluster count once."""
    if session.row(f"SELECT count(DISTINCT system) FROM {ROWS}")[0] < 2:
        return SharedDomains()
    found = session.arrow(
        f"""
        WITH placed AS (
            SELECT coalesce(c.root, r.id) AS root, r.system, d.domain
            FROM {ROWS} r JOIN {_domains(session)} d ON d.site = r.site AND d.domain IS NOT NULL
            LEFT JOIN {_roots(session, clusters)} c ON c.id = r.id
        ), counted AS (
            SELECT domain, system, list(DISTINCT root) AS roots FROM placed GROUP BY domain, system
        )
        SELECT domain,
            list_sort(list_distinct(flatten(list(roots) FILTER (len(roots) = 1)))) AS alone,
            list_sort(list_distinct(flatten(list(roots)))) AS roots,
            max(len(roots)) AS most
        FROM counted GROUP BY domain
        HAVING count(*) > 1 AND len(list_distinct(flatten(list(roots)))) > 1
        """
    )
    edges: list[Edge] = []
    for alone in found["alone"].to_pylist():
        edges += [(alone[0], other) for other in alone[1:]] if alone else []
    shared = found.filter(pc.greater(found["most"], 1))
    ambiguous = dict(
        zip(shared["domain"].to_pylist(), map(tuple, shared["roots"].to_pylist()), strict=True)
    )
    return SharedDomains(tuple(edges), ambiguous)


def _domains(session: Embedded) -> str:
    """Table of the registrable domain of every site that has one."""
    texts = session.arrow(f"SELECT DISTINCT site FROM {ROWS} WHERE site IS NOT NULL")
    sites = texts["site"].to_pylist()
    found = pa.array([registrable(site) for site in sites], pa.string())
    columns = {"site": pa.array(sites, pa.string()), "domain": found}
    return session.keep(pa.table(columns), "domains")


def _roots(session: Embedded, clusters: Clusters) -> str:
    """Table of the root of every id that was joined."""
    pairs = [(member, root) for root, ids in clusters.members().items() for member in ids]
    columns = {
        "id": pa.array([member for member, _ in pairs], pa.string()),
        "root": pa.array([root for _, root in pairs], pa.string()),
    }
    return session.keep(pa.table(columns), "roots")
