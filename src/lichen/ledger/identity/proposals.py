"""Pairs that may be one company, for a person to decide: likeness of names never joins anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.kernel.ids import content_hash
from lichen.ledger.identity.candidates import NAMED, Candidates, find_candidates
from lichen.ledger.identity.decisions import Decision

BATCH = 500_000
PER_ROW = 3
"""Pairs proposed for one id, the likest first: a list of look-alikes is no help to decide."""


@dataclass(frozen=True)
class Proposal:
    """Two ids of different systems that may be one; `score` is how alike the names are, 0 to 1."""

    entity: str
    left: str
    left_name: str
    left_domain: str
    right: str
    right_name: str
    right_domain: str
    score: float
    evidence: str

    @property
    def key(self) -> str:
        """Its id, the same whenever this pair is proposed."""
        return content_hash([self.entity, self.left, self.right], 10)


@dataclass(frozen=True)
class Proposed:
    """Pairs for a person, the likest first; `not_compared` rows only have what too many share."""

    entity: str
    pairs: tuple[Proposal, ...]
    not_compared: int = 0


def propose(
    session: Embedded, entity: str, rows: str, decisions: Sequence[Decision], minimum_score: float
) -> Proposed:
    """Pairs with names at least this alike, or one domain that did not settle it.

    `rows` is SQL with id, system, name, domain of ids that are not matched yet. Pairs that a
    person decided are not proposed again. Order of rows changes nothing.
    """
    candidates = find_candidates(session, rows)
    decided = {tuple(sorted((one.left, one.right))) for one in decisions if one.entity == entity}
    found = [
        one
        for one in _alike(session, entity, candidates, minimum_score)
        if (one.left, one.right) not in decided
    ]
    session.run(f"DROP TABLE {NAMED}")
    return Proposed(entity, tuple(_likest(found)), candidates.not_compared)


def _alike(
    session: Embedded, entity: str, candidates: Candidates, minimum_score: float
) -> Iterator[Proposal]:
    """The pairs that are worth showing, the likest first."""
    scored = session.keep(_scored(session, candidates.pairs), "scored")
    sides = ", ".join(
        f"{side}.{column} AS {side}_{column}"
        for side in ("l", "r")
        for column in ("id", "name", "plain", "site", "domain")
    )
    # 1e-9 lets a score through that is the minimum but for how fractions are stored.
    found = session.arrow(
        f"SELECT {sides}, s.score FROM {scored} s JOIN {NAMED} l ON l.place = s.one "
        f"JOIN {NAMED} r ON r.place = s.other "
        f"WHERE s.score >= {minimum_score!r} - 1e-9 OR l.domain = r.domain "
        "ORDER BY round(s.score, 3) DESC, l.id, r.id"
    )
    for batch in found.to_batches():
        for pair in batch.to_pylist():
            yield _proposal(entity, pair)


def _scored(session: Embedded, pairs: pa.Table) -> pa.Table:
    """Each pair with the likeness of the names, their words in the order of the alphabet."""
    from rapidfuzz import fuzz, process

    names = session.arrow(f"SELECT coalesce(ordered, '') AS o FROM {NAMED} ORDER BY place")
    ordered = names["o"].to_pylist()
    scores = []
    for batch in pairs.to_batches(max_chunksize=BATCH):
        left, right = ([ordered[at] for at in batch[side].to_pylist()] for side in ("one", "other"))
        likeness = process.cpdist(left, right, scorer=fuzz.ratio, workers=2)
        scores.append(pa.array(likeness.astype("float64") / 100))
    return pairs.append_column("score", pa.chunked_array(scores, pa.float64()))


def _proposal(entity: str, pair: dict[str, Any]) -> Proposal:
    return Proposal(
        entity,
        pair["l_id"],
        pair["l_name"] or "",
        pair["l_site"] or "",
        pair["r_id"],
        pair["r_name"] or "",
        pair["r_site"] or "",
        round(pair["score"], 3),
        _evidence(pair),
    )


def _evidence(pair: dict[str, Any]) -> str:
    """What speaks for and against it besides the score."""
    name = "names are equal but for form" if pair["l_plain"] == pair["r_plain"] else "names differ"
    one, other = pair["l_domain"], pair["r_domain"]
    if not one or not other:
        return f"{name}; no domain to compare"
    return f"{name}; both {one}" if one == other else f"{name}; {one} is not {other}"


def _likest(proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """The first few of each id, in their order."""
    seen: dict[str, int] = {}
    for one in proposals:
        if max(seen.get(one.left, 0), seen.get(one.right, 0)) < PER_ROW:
            for member in (one.left, one.right):
                seen[member] = seen.get(member, 0) + 1
            yield one
