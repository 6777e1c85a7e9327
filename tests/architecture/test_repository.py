"""What a stranger's machine has is all that the repository asks for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.architecture.source import REPOSITORY

SCRIPTS = ("Makefile", ".ci/run", "scripts/setup-system.sh")
TEXTS = {".md", ".toml", ".txt", ".sh", ".yaml", ".yml", ".cfg", ""}

ELSEWHERE = ("/usr/", "/dev/", "/path/to/", "/bin/")
"""Absolute paths that mean the same on every machine."""


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_text_names_a_place_on_one_machine() -> None:
    places = {}
    for path in tracked():
        if path.suffix in TEXTS:
            found = re.findall(r"(?<![\w.~$:<)}*/])/[a-z][\w-]*/[\w./-]*", path.read_text())
            here = [place for place in found if not place.startswith(ELSEWHERE)]
            if here:
                places[str(path.relative_to(REPOSITORY))] = here
    assert places == {}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_name_no_host(name: str) -> None:
    assert "://" not in (REPOSITORY / name).read_text()


@pytest.mark.parametrize("name", [".ci/run", "scripts/setup-system.sh"])
def test_scripts_stop_at_the_first_failure_and_can_be_run(name: str) -> None:
    path = REPOSITORY / name
    assert "set -euo pipefail" in path.read_text()
    assert path.stat().st_mode & 0o111


def test_no_run_feed_or_cache_is_kept_in_the_repository() -> None:
    kept = [str(path.relative_to(REPOSITORY)) for path in tracked()]
    assert [
        name
        for name in kept
        if re.search(r"(^|/)(feeds|truth|runs|\.lichen)/", name) and name.startswith("examples/")
    ] == []


def test_no_file_is_large() -> None:
    large = {path.name: path.stat().st_size for path in tracked() if path.stat().st_size > 500_000}
    assert large == {}
