"""Ids that are known to be one company, joined step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

Edge = tuple[str, str]


class Clusters:
    """Disjoint sets of ids; an id that was never joined is a set of its own."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, member: str) -> str:
        """The id that stands for its set: the smallest one."""
        parent = self._parent
        top = member
        while (above := parent.get(top, top)) != top:
            top = above
        while member != top:
            parent[member], member = top, parent.get(member, member)
        return top

    def union(self, left: str, right: str) -> None:
        """Make one set of the sets of both."""
        one, other = self.root(left), self.root(right)
        low, high = (one, other) if one <= other else (other, one)
        self._parent.setdefault(low, low)
        self._parent[high] = low

    def are_one(self, left: str, right: str) -> bool:
        """Whether both are in the same set."""
        return self.root(left) == self.root(right)

    def members(self) -> dict[str, list[str]]:
        """The sets of what was ever joined, by root, each sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for member in sorted(self._parent):
            found[self.root(member)].append(member)
        return dict(found)

    def join(
        self, edges: Iterable[Edge], refuses: Callable[[Sequence[str]], bool]
    ) -> list[list[str]]:
        """Follow these edges all at once, so that their order does not matter.

        Where `refuses` says so of the roots that they would join, none of those is joined; returns
        the roots of every such refusal.
        """
        trial = Clusters()
        for left, right in edges:
            trial.union(self.root(left), self.root(right))
        refused = []
        for roots in trial.members().values():
            if len(roots) > 1 and refuses(roots):
                refused.append(roots)
                continue
            for other in roots[1:]:
                self.union(roots[0], other)
        return refused
