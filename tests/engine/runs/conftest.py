"""A workspace folder in which small runs are published."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.runs.small_runs import Publisher, publisher_in


@pytest.fixture
def published(tmp_path: Path) -> Publisher:
    """Publish a run with this id in the test's workspace."""
    return publisher_in(tmp_path)
