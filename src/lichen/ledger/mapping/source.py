"""The rows that maps start from, ready to be observed and mapped."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named
from pathlib import Path
from types import TracebackType
from typing import Self

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.ledger.mapping.bind import Bound
from lichen.ledger.mapping.errors import MappingUnusable, error
from lichen.ledger.mapping.rows import Source, expressions, source_of_table
from lichen.ledger.mapping.select import Selects
from lichen.ledger.mapping.spec import EntityMap
from lichen.vocabulary.problems import Problem

FAILS = "TRY_CAST and try_strptime give an empty cell where the text does not fit."


class Origins:
    """The rows that each map of a bound mapping starts from.

    SELECTs share one locked session, opened for the first of them; `scratch` is a folder for it.
    """

    def __init__(self, session: Embedded, bound: Bound, scratch: Path) -> None:
        self._session, self._bound, self._scratch = session, bound, scratch
        self._selects: Selects | None = None

    def of(self, entity_map: EntityMap) -> Source:
        """The rows of a map's table or SELECT, its expressions tried on all of them.

        Raises:
            MappingUnusable: a SELECT or an expression fails on some row.
        """
        if entity_map.sql is None:
            source = source_of_table(self._bound.tables[entity_map.table])
        else:
            source = self._opened().source(self._session, entity_map)
        _try_expressions(self._session, entity_map, source)
        return source

    def close(self) -> None:
        """Close the session of the SELECTs; rows that they gave stay readable."""
        if self._selects is not None:
            self._selects.close()

    def _opened(self) -> Selects:
        if self._selects is None:
            self._scratch.mkdir(parents=True, exist_ok=True)
            bound = self._bound
            self._selects = Selects(self._session, bound.tables, bound.maps, self._scratch)
        return self._selects

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _try_expressions(session: Embedded, entity_map: EntityMap, source: Source) -> None:
    """Work the expressions out once on all rows, so that one which fails is told by its name."""
    relation, found = expressions(entity_map, source)
    if not found:
        return
    try:
        _work_out(session, relation, list(found.values()))
    except QueryFailed as failure:
        problems = list(_failing(session, relation, found))
        if not problems:
            raise
        raise MappingUnusable(f"The map '{entity_map.title}'", problems) from failure


def _failing(
    session: Embedded, relation: str, found: Named[tuple[str, str], str]
) -> Iterator[Problem]:
    for (part, name), sql in found.items():
        try:
            _work_out(session, relation, [sql])
        except QueryFailed as failure:
            yield error((part, name, "sql"), f"fails: {failure.reason}.", FAILS)


def _work_out(session: Embedded, relation: str, expressions: list[str]) -> None:
    counts = ", ".join(f"count({sql})" for sql in expressions)
    session.row(f"SELECT {counts} FROM ({relation})")
