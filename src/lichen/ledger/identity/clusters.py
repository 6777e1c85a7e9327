"""Which ids are one: links joined into clusters, without ever joining what was told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Clusters:
    """Ids joined by links; pairs in `apart` never come into one cluster."""

    def __init__(self, apart: Iterable[tuple[str, str]]) -> None:
        self._parent: dict[str, str] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def root(self, member: str) -> str:
        """What stands for the cluster of an id."""
        above = self._parent.setdefault(member, member)
        while above != self._parent[above]:
            self._parent[above] = self._parent[self._parent[above]]
            above = self._parent[above]
        self._parent[member] = above
        return above

    def join(self, left: str, right: str) -> bool:
        """Join two clusters; false where people told some of their members apart."""
        one, other = self.root(left), self.root(right)
        if one == other:
            return True
        foes = {self.root(foe) for foe in self._apart[one]}
        if other in foes:
            return False
        first, second = sorted((one, other))
        self._parent[second] = first
        self._apart[first] |= self._apart.pop(second, set())
        return True

    def members(self) -> dict[str, list[str]]:
        """Clusters of two ids and more, by what stands for them."""
        found: dict[str, list[str]] = defaultdict(list)
        for member in sorted(self._parent):
            found[self.root(member)].append(member)
        return {root: ids for root, ids in found.items() if len(ids) > 1}
