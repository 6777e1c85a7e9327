"""One published Harbor Cloud for every story that only reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.value.made_comparisons import COMPARED
from tests.stories.harbor import small_run, write_workspace
from tests.stories.published_again import with_tables

from lichen.value.comparison.stored import comparison_tables

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def lichen_command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `lichen` as a person would, outside any terminal."""
    environment = {key: value for key, value in os.environ.items() if key != "LICHEN_DEBUG"}
    return subprocess.run(
        [sys.executable, "-c", "from lichen.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
    )


@pytest.fixture(scope="session")
def command() -> Command:
    """Run `lichen` with these arguments."""
    return lichen_command


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one run; tests read it and leave it as it is."""
    root = write_workspace(tmp_path_factory.mktemp("harbor"))
    small_run(root)
    return root


@pytest.fixture(scope="session")
def compared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a newer run that also holds comparisons written by hand."""
    root = tmp_path_factory.mktemp("compared") / "harbor"
    shutil.copytree(published, root)
    with_tables(root, comparison_tables(COMPARED.comparisons, COMPARED.ranks))
    return root
