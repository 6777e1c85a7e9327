"""A session for the tests of formats."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from columns_of_text import Columns


@pytest.fixture(scope="session")
def columns() -> Iterator[Columns]:
    """Columns of text in one embedded session."""
    columns = Columns()
    with columns.session:
        yield columns
