"""Accounts that count as their ultimate parent, where the workspace says so.

Every account keeps its row. What refers to an account that has a parent (lines, opportunities,
involvement) refers to its ultimate parent instead, so that a group is one customer. Rows that are
keyed by their account, such as usage of a month, stay with the account that they name: two
accounts of a group have them for the same month, and neither is a copy of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lichen.engines.embedded import Embedded
from lichen.vocabulary.entities import Entity
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
ITSELF = ("account", "account_alias", "attribute_change")
"""Entities that say something of the very account that they name."""


@dataclass(frozen=True)
class RolledUp:
    """`tops` gives the ultimate parent of every account below one; `circles` lead nowhere."""

    tops: Mapping[str, str]
    circles: Sequence[tuple[str, ...]] = ()

    def findings(self) -> Iterator[Finding]:
        """What a reader of figures should know."""
        if self.tops:
            shown = [f"{low} as {top}" for low, top in sorted(self.tops.items())[:EXAMPLES]]
            sentence = (
                f"{len(self.tops)} accounts count as {len(set(self.tops.values()))} ultimate "
                f"parents: {'; '.join(shown)}. Rows keyed by account, such as usage, stay with the "
                "account that they name. Parents are those of today, for past windows too. Set "
                "roll_up_parents = false to count each by itself."
            )
            count, severity = len(self.tops), Severity.WARNING
            yield Finding("rolled_up", "account", count, sentence, severity, tuple(shown))
        if self.circles:
            shown = [" > ".join([*one, one[0]]) for one in self.circles[:EXAMPLES]]
            sentence = (
                f"{len(self.circles)} chains of parent accounts lead back to their start: "
                f"{'; '.join(shown)}. These accounts, and those below them, count by themselves. "
                "Correct parent_account_id at the source."
            )
            count, code = len(self.circles), "parents_in_a_circle"
            yield Finding(code, "account", count, sentence, Severity.WARNING, tuple(shown))


def is_rolled_up(entity: Entity) -> bool:
    """Whether references of this entity to accounts lead to the ultimate parent."""
    keyed = any(entity.by_name[name].references == "account" for name in entity.key)
    return entity.name not in ITSELF and not keyed


def roll_up(session: Embedded, accounts: str) -> RolledUp:
    """The ultimate parents of accounts, from SQL of id and parent, one row an id.

    A parent without a row, or an account that names itself, is no parent.
    """
    found = session.arrow(
        f"WITH a AS ({accounts}) SELECT id, parent FROM a "
        "WHERE parent <> id AND parent IN (SELECT id FROM a) ORDER BY id"
    )
    above = dict(zip(found["id"].to_pylist(), found["parent"].to_pylist(), strict=True))
    return tops_of(above)


def tops_of(above: Mapping[str, str]) -> RolledUp:
    """Who stands at the top of everyone, given who stands above whom."""
    tops: dict[str, str | None] = {}
    circles: set[tuple[str, ...]] = set()
    for start in above:
        way: dict[str, None] = {}
        here = start
        while here in above and here not in tops and here not in way:
            way[here] = None
            here = above[here]
        if here in way:
            steps = list(way)
            circles.add(_from_smallest(steps[steps.index(here) :]))
        top = None if here in way else tops.get(here, here)
        tops.update(dict.fromkeys(way, top))
    rolled = {low: top for low, top in tops.items() if top is not None}
    return RolledUp(rolled, sorted(circles))


def _from_smallest(circle: Sequence[str]) -> tuple[str, ...]:
    """The same circle, whoever it was met at first."""
    start = circle.index(min(circle))
    return (*circle[start:], *circle[:start])
