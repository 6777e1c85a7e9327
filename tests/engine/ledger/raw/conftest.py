"""A session and a folder for the tests of raw files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from raw_folder import RawFolder

from lichen.engines.embedded import Embedded


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One embedded session for all files."""
    with Embedded(tmp_path_factory.mktemp("scratch")) as session:
        yield session


@pytest.fixture
def raw(session: Embedded, tmp_path: Path) -> RawFolder:
    """An empty folder of a source."""
    return RawFolder(session, tmp_path)
