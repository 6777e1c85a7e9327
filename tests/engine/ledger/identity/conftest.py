"""Rows of a few systems as the ledger sees them before any company has one id."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from lichen.engines.embedded import Embedded
from lichen.ledger.identity import Decision, Resolution, resolve

sys.path.insert(0, str(Path(__file__).parents[1]))

Row = tuple[str, int, str | None]
"""Id, rank of its system, domain as written."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("scratch")) as session:
        yield session


@pytest.fixture(scope="module")
def resolved(session: Embedded) -> Callable[..., Resolution]:
    """Resolve rows (id, rank, domain); the rest is empty unless told."""

    def resolve_rows(
        rows: Sequence[Row],
        aliases: Sequence[tuple[str, str]] = (),
        decisions: Sequence[tuple[str, str, bool]] = (),
        registered: dict[str, str] | None = None,
        match_domains: bool = True,
    ) -> Resolution:
        columns = {
            "id": pa.array([row[0] for row in rows], pa.string()),
            "rank": pa.array([row[1] for row in rows], pa.int32()),
            "domain": pa.array([row[2] for row in rows], pa.string()),
        }
        name = session.keep(pa.table(columns), "rows")
        decided = [Decision("account", *one, record) for record, one in enumerate(decisions, 1)]
        query = f"SELECT * FROM {name}"
        return resolve(
            session,
            "account",
            query,
            aliases,
            decided,
            match_domains=match_domains,
            registered=registered,
        )

    return resolve_rows
