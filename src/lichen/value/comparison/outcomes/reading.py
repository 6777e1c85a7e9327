"""How outcomes are read: from which facts, and what an account without any of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from lichen.value.comparison.outcomes.cases import Cases


@dataclass(frozen=True)
class Reading:
    """Outcomes that are read from the same facts.

    `read` gives account_key, landmark and one column for each of `names`, at most one row a case;
    null where the account is no case of it. `absent` is the value of a case without a row, and
    `gone` of one without a row whose account had no ARR left at the end of the horizon; None is
    null. Where `needs` is not mapped, every value is null.
    """

    names: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    read: Callable[[Cases], ir.Table]
    absent: float | None = None
    gone: float | None = None

    def is_mapped(self, cases: Cases) -> bool:
        """Whether feeds provide what it needs."""
        return all(cases.facts.is_mapped(entity, column) for entity, column in self.needs)
