"""Pairs of rows that are worth comparing: they share a rare word, how they begin, or a domain.

What more than `CROWD` rows share tells nothing, so the work grows with the rows, not their square.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.ledger.identity.domains import registrable
from lichen.ledger.identity.names import plain_name

CROWD = 60
"""Rows that may share a word before it is too common to compare all of them."""
RARE_WORDS = 2
"""Words of a name, the rarest first, by which it is compared."""
BEGINNING = 6
"""Letters at the start of a name that find it when one of its words is misspelt."""
NAMED = "named"
"""Table of the rows: place, from 0 in the order of ids; id, system, name, site, domain, plain,
and `ordered`: the words of the plain name in the order of the alphabet."""


@dataclass(frozen=True)
class Candidates:
    """`pairs` has the places `one` < `other` of rows of different systems, each pair once.

    `not_compared` counts rows all of whose words and beginnings too many others share.
    """

    pairs: pa.Table
    not_compared: int


def find_candidates(session: Embedded, rows: str) -> Candidates:
    """Pairs that may be one company, of rows that the table `NAMED` then holds.

    `rows` is SQL with id, system, name, domain.
    """
    _keep_rows(session, rows)
    _keep_keys(session)
    session.table("shared_keys", _shared())
    pairs = session.arrow(
        "SELECT DISTINCT a.place AS one, b.place AS other FROM shared_keys a JOIN shared_keys b "
        "ON a.key = b.key AND a.place < b.place AND a.party <> b.party"
    )
    compared = "SELECT k.place FROM name_keys k ANTI JOIN crowded_keys c USING (key)"
    not_compared = session.count(f"(SELECT DISTINCT place FROM name_keys EXCEPT {compared})")
    for table in ("name_keys", "crowded_keys", "shared_keys"):
        session.run(f"DROP TABLE {table}")
    return Candidates(pairs, not_compared)


def _keep_keys(session: Embedded) -> None:
    """Tables `name_keys` (place, party = number of its system, key) and `crowded_keys`.

    Keys are hashed: two that meet by chance give one more pair to compare, and no other answer.
    """
    session.table(
        "name_keys",
        f"""
        WITH words AS (
            SELECT place, party, unnest(list_distinct(string_split(plain, ' '))) AS word
            FROM {NAMED} WHERE plain IS NOT NULL
        ), counts AS (
            SELECT word, count(*) AS rows FROM words GROUP BY word
        ), rare AS (
            SELECT place, any_value(party) AS party,
                list(word ORDER BY rows, word)[1:{RARE_WORDS}] AS rare
            FROM words JOIN counts USING (word) GROUP BY place
        )
        SELECT place, party, hash('word', unnest(rare)) AS key FROM rare
        UNION ALL SELECT place, party, hash('letters', list_sort(list_distinct(
            string_split(rare[1], '')))) FROM rare
        UNION ALL SELECT place, party, hash('start', left(replace(plain, ' ', ''), {BEGINNING}))
            FROM {NAMED} WHERE plain IS NOT NULL
        UNION ALL SELECT place, party, hash('domain', domain) FROM {NAMED} WHERE domain IS NOT NULL
        """,
    )
    session.table(
        "crowded_keys",
        f"SELECT key FROM name_keys GROUP BY key HAVING count(*) > {CROWD}",
    )


def _shared() -> str:
    """SQL of the keys that rows of several systems have, and not too many of them."""
    return (
        "SELECT k.* FROM name_keys k SEMI JOIN (SELECT key FROM name_keys GROUP BY key "
        f"HAVING count(*) BETWEEN 2 AND {CROWD} AND min(party) <> max(party)) s USING (key)"
    )


def _keep_rows(session: Embedded, rows: str) -> None:
    """The table `NAMED`."""
    found = session.arrow(f"SELECT DISTINCT domain AS site FROM ({rows}) WHERE domain IS NOT NULL")
    sites = found["site"].to_pylist()
    public = pa.array([registrable(site) for site in sites], pa.string())
    domains = session.keep(pa.table({"site": pa.array(sites, pa.string()), "domain": public}))
    session.table(
        NAMED,
        f"""
        WITH told AS (
            SELECT r.id, r.system, r.name, r.domain AS site, d.domain,
                {plain_name("r.name")} AS plain
            FROM ({rows}) r LEFT JOIN {domains} d ON d.site = r.domain
        )
        SELECT row_number() OVER (ORDER BY id, system) - 1 AS place, *,
            dense_rank() OVER (ORDER BY system) AS party,
            array_to_string(list_sort(string_split(plain, ' ')), ' ') AS ordered
        FROM told
        """,
    )
