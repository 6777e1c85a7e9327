"""A session for the tests of mappings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from raw_rows import Exports


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exports]:
    """Raw tables in one embedded session."""
    exports = Exports(tmp_path_factory.mktemp("scratch"))
    with exports.session:
        yield exports
