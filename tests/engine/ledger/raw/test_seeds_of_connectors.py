"""Seeds that published connectors test themselves with read whole."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from raw_folder import RawFolder

from lichen.ledger.raw import Hints, read_raw

DATA = os.environ.get("LICHEN_SAMPLE_DATA")
SEEDS = sorted(Path(DATA, "connector_seeds").rglob("*.csv")) if DATA else []


def shown(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.skipif(not SEEDS, reason="LICHEN_SAMPLE_DATA names no folder with connector_seeds")
@pytest.mark.parametrize("path", SEEDS or [Path("none")], ids=shown)
def test_a_seed_reads_as_python_reads_it(raw: RawFolder, path: Path) -> None:
    raw.folder.mkdir(parents=True)
    shutil.copy(path, raw.folder / path.name)
    (file,) = raw.files()
    read = read_raw(raw.session, raw.root, file, Hints())
    with path.open(encoding="utf-8-sig", newline="") as stream:
        _, *rows = [row for row in csv.reader(stream) if row]
    assert read.rejects == ()
    trimmed = [tuple(cell.strip(" \t\r\n\u00a0") or None for cell in row) for row in rows]
    assert raw.rows(read) == trimmed
