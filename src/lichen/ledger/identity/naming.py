"""The canonical id of each company: the registered one, so that it stays, else a chosen one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lichen.ledger.identity.clusters import Clusters

Ranks = Mapping[str, tuple[int, ...]]


@dataclass
class Naming:
    """Names every cluster; `ranks` are of the ids that have a row, `registered` as it was.

    `apart` are the ids from which people told each id apart; `by_word` gives the root of every id
    that aliases and decisions alone join.
    """

    clusters: Clusters
    ranks: Ranks
    registered: Mapping[str, str]
    apart: Mapping[str, set[str]] = field(default_factory=dict)
    by_word: Mapping[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.members = self.clusters.members()
        for member in sorted(self.registered):
            if member in self.ranks:
                self.members.setdefault(self.clusters.root(member), [member])
        self._choose()

    def has_row(self, member: str) -> bool:
        """Whether an id, or another one of its company, has a row."""
        return member in self.ranks or self.clusters.root(member) in self.names

    def rows_of(self, root: str) -> list[str]:
        """Its ids that have a row: of the lowest rank first, then the smallest."""
        rows = [member for member in self.members[root] if member in self.ranks]
        return sorted(rows, key=lambda member: (self.ranks[member][0], member))

    def renamed(self) -> dict[str, str]:
        """The canonical id of every id that is not canonical itself."""
        return {
            member: name
            for root, name in self.names.items()
            for member in self.members[root]
            if member != name
        }

    def to_register(self) -> dict[str, str]:
        """What should be registered from now on.

        Clusters of several rows, and what was registered of ids that are absent now and may come
        back. What an alias or a decision joins follows from these for as long as they stand, so
        that undoing them undoes the name as well; a domain is gone with the row that had it.
        """
        kept: dict[str, str] = {}
        for root, name in self.names.items():
            rows = self.rows_of(root)
            if len(rows) > 1 or rows != [name]:
                joined = [member for member in rows if not self._is_told(member, name)]
                kept |= dict.fromkeys([*joined, name], name)
        live = {member for root in self.names for member in self.members[root]}
        absent = {
            member: name
            for member, name in self.registered.items()
            if member not in self.ranks and member not in live and member not in kept
        }
        pointed = {name: name for name in absent.values() if name not in kept}
        return {**kept, **pointed, **absent}

    def _choose(self) -> None:
        rows = {root: self.rows_of(root) for root in self.members}
        taken: set[str] = set()
        live = [root for root in rows if rows[root]]
        for root in sorted(live, key=lambda root: (self.ranks[rows[root][0]][0], rows[root][0])):
            name = self._name(root, rows[root], taken)
            taken.add(name)
            self.names[root] = name

    def _name(self, root: str, rows: list[str], taken: set[str]) -> str:
        members = self.members[root]
        registered = {self.registered[member] for member in members if member in self.registered}
        present = [member for member in rows if member in registered]
        absent = sorted(
            member
            for member in registered
            if member not in self.ranks
            and member not in taken
            and self._is_free(member, root)
            and self.apart.get(member, set()).isdisjoint(self.members[root])
        )
        return (present or absent or rows)[0]

    def _is_told(self, member: str, name: str) -> bool:
        """Whether aliases and decisions say that two ids are one."""
        root = self.by_word.get(member)
        return root is not None and root == self.by_word.get(name)

    def _is_free(self, member: str, root: str) -> bool:
        """Whether an id without a row belongs to no other cluster."""
        own = self.clusters.root(member)
        return own == root or own not in self.members
