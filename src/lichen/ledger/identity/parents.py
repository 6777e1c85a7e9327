"""Accounts that count as their ultimate parent, where the workspace says so.

Every account keeps its row. What refers to an account that has a parent (lines, opportunities,
involvement) refers to its ultimate parent instead, so that a group is one customer. Rows that are
keyed by their account, such as usage of a month, stay with the account that they name: two
accounts of a group have them for the same month, and neither is a copy of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lichen.engines.embedded import Embedded
from lichen.vocabulary.entities import Entity
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
ITSELF = ("account", "account_alias", "attribute_change")
"""Entities that say something of the very account that they name."""


@dataclass(frozen=True)
class Link:
    """An account and its parent, from the day on which both and the link itself were recorded.

    Without `since` it always held; `until`, not included, is there where another row then told of
    another parent or of none.
    """

    low: str
    parent: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it was known on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


@dataclass(frozen=True)
class RolledUp:
    """`tops` gives the ultimate parent of every account below one; `circles` lead nowhere.

    `waiting` are accounts that count otherwise on some day on which they were known themselves,
    and `links` what says how.
    """

    tops: Mapping[str, str]
    circles: Sequence[tuple[str, ...]] = ()
    waiting: frozenset[str] = frozenset()
    links: Sequence[Link] = ()

    def at_once(self) -> dict[str, str]:
        """The ultimate parents that hold on every day."""
        return {low: top for low, top in self.tops.items() if low not in self.waiting}

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
    """The ultimate parents of accounts.

    `accounts` is SQL of id, parent, recorded_on, and the days `since` and `until` which the row
    says so; one row an id has no `until`. A parent without a row, or an account that names itself,
    is no parent.
    """
    found = session.rows(
        f"WITH a AS ({accounts}), seen AS (SELECT id, recorded_on FROM a WHERE until IS NULL) "
        "SELECT a.id, a.parent, a.recorded_on, p.recorded_on, a.since, a.until FROM a "
        "JOIN seen p ON p.id = a.parent WHERE a.parent <> a.id ORDER BY ALL"
    )
    recorded = {row[0]: row[2] for row in found} | {row[1]: row[3] for row in found}
    links = [Link(low, top, latest(*days), until) for low, top, *days, until in found]
    rolled = tops_of({one.low: one.parent for one in links if one.until is None})
    changed = session.rows(f"SELECT DISTINCT id FROM ({accounts}) WHERE until IS NOT NULL")
    waiting = waiting_ones(links, recorded, {row[0] for row in changed})
    return RolledUp(rolled.tops, rolled.circles, waiting, links if waiting else ())


def latest(*days: date | None) -> date | None:
    """The last of the days that are there; None where none is."""
    return max((day for day in days if day is not None), default=None)


def waiting_ones(
    links: Sequence[Link], recorded: Mapping[str, date | None], changed: set[str]
) -> frozenset[str]:
    """Accounts with someone above them who was recorded later, or whose own parent changed."""
    above = {one.low: one.parent for one in links if one.until is None}
    found = {one.low for one in links if one.until is not None}
    for low in above:
        known, here, way = recorded[low], low, {low}
        while here not in found:
            day = recorded[here]
            if here in changed or (day is not None and (known is None or day > known)):
                found.add(low)
                break
            if here not in above or above[here] in way:
                break
            here = above[here]
            way.add(here)
        else:
            found.add(low)
    return frozenset(found)


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
