"""Pairs that may be one company, for a person to decide: likeness of names never joins anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lichen.engines.embedded import Embedded
from lichen.kernel.ids import content_hash
from lichen.ledger.identity.candidates import find_candidates
from lichen.ledger.identity.decisions import Decision

BATCH = 200_000
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


def propose(
    session: Embedded, entity: str, rows: str, decisions: Sequence[Decision], minimum_score: float
) -> list[Proposal]:
    """Pairs with names at least this alike, or one domain that did not settle it; likest first.

    `rows` is SQL with id, system, name, domain of ids that are not matched yet. Pairs that a
    person decided are not proposed again.
    """
    decided = {tuple(sorted((one.left, one.right))) for one in decisions if one.entity == entity}
    found = [
        one
        for one in _alike(session, entity, rows, minimum_score)
        if (one.left, one.right) not in decided
    ]
    found.sort(key=lambda one: (-one.score, one.left, one.right))
    return list(_likest(found))


def _alike(session: Embedded, entity: str, rows: str, minimum_score: float) -> Iterator[Proposal]:
    from rapidfuzz import fuzz, process

    for batch in find_candidates(session, rows).to_batches(max_chunksize=BATCH):
        left, right = (batch[f"{side}_plain"].fill_null("").to_pylist() for side in ("l", "r"))
        scores = process.cpdist(left, right, scorer=fuzz.token_sort_ratio)
        one_domain = pc.fill_null(pc.equal(batch["l_domain"], batch["r_domain"]), False)
        worth = (scores >= 100 * minimum_score) | one_domain.to_numpy(zero_copy_only=False)
        pairs = batch.filter(pa.array(worth)).to_pylist()
        for pair, score in zip(pairs, scores[worth], strict=True):
            yield _proposal(entity, pair, float(score) / 100)


def _proposal(entity: str, pair: dict[str, Any], score: float) -> Proposal:
    return Proposal(
        entity,
        pair["l_id"],
        pair["l_name"] or "",
        pair["l_site"] or "",
        pair["r_id"],
        pair["r_name"] or "",
        pair["r_site"] or "",
        round(score, 3),
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
