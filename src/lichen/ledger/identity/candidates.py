"""Pairs of rows that are worth comparing: they share a rare word, how they begin, or a domain.

What more than `CROWD` rows share tells nothing, so the work grows with the rows, not their square.
"""

from __future__ import annotations

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


def find_candidates(session: Embedded, rows: str) -> pa.Table:
    """Pairs of different systems: left_id, left_name, left_plain, left_site, …, same_domain.

    `rows` is SQL with id, system, name, domain.
    """
    _keep_rows(session, rows)
    session.table(
        "name_keys",
        f"""
        WITH words AS (
            SELECT place, unnest(list_distinct(string_split(plain, ' '))) AS word FROM named
        ), counted AS (
            SELECT *, count(*) OVER (PARTITION BY word) AS rows FROM words
        ), rare AS (
            SELECT place, word FROM counted
            QUALIFY row_number() OVER (PARTITION BY place ORDER BY rows, word) <= {RARE_WORDS}
        )
        SELECT place, 'word ' || word AS key FROM rare
        UNION ALL SELECT place, 'start ' || left(replace(plain, ' ', ''), {BEGINNING}) FROM named
            WHERE plain IS NOT NULL
        UNION ALL SELECT place, 'domain ' || domain FROM named WHERE domain IS NOT NULL
        """,
    )
    sides = ", ".join(
        f"{side}.{column} AS {side}_{column}"
        for side in ("l", "r")
        for column in ("id", "name", "plain", "site", "domain")
    )
    return session.arrow(
        f"""
        WITH crowded AS (SELECT key FROM name_keys GROUP BY key HAVING count(*) > {CROWD}),
        kept AS (SELECT k.* FROM name_keys k ANTI JOIN crowded USING (key)),
        pairs AS (
            SELECT DISTINCT a.place AS one, b.place AS other
            FROM kept a JOIN kept b ON a.key = b.key AND a.place < b.place
        )
        SELECT {sides} FROM pairs JOIN named l ON l.place = one JOIN named r ON r.place = other
        WHERE l.system <> r.system ORDER BY l.id, r.id
        """
    )


def _keep_rows(session: Embedded, rows: str) -> None:
    """Table `named`: the rows by place, in the order of their ids, with plain name and domain."""
    found = session.arrow(f"SELECT DISTINCT domain AS site FROM ({rows}) WHERE domain IS NOT NULL")
    sites = found["site"].to_pylist()
    public = pa.array([registrable(site) for site in sites], pa.string())
    domains = session.keep(pa.table({"site": pa.array(sites, pa.string()), "domain": public}))
    session.table(
        "named",
        f"SELECT row_number() OVER (ORDER BY id) AS place, id, system, name, r.domain AS site, "
        f"d.domain, {plain_name('name')} AS plain FROM ({rows}) r "
        f"LEFT JOIN {domains} d ON d.site = r.domain",
    )
