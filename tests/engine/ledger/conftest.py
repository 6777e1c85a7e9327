"""Workspaces written by hand: a few lines of CSV per entity, loaded as a user would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

sys.path.insert(0, str(Path(__file__).parent))

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write feeds by file name and give the workspace."""

    def write_feeds(feeds: dict[str, str | bytes]) -> Path:
        for name, content in feeds.items():
            path = tmp_path / "feeds" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(data)
        return tmp_path

    return write_feeds


@pytest.fixture
def loaded(write: Write) -> Callable[..., Ledger]:
    """Write feeds and load them; keyword `definitions` where the defaults do not serve."""

    def load_feeds(feeds: dict[str, str | bytes], definitions: Definitions | None = None) -> Ledger:
        return load(write(feeds), definitions or Definitions())

    return load_feeds
