"""An error of writing names its file, also where the system does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lichen.kernel.writing import writing

FULL = OSError(28, "No space left on device")


def test_a_full_disk_names_the_file_that_was_being_written() -> None:
    with pytest.raises(OSError, match="No space") as told, writing(Path("runs/latest")):
        raise OSError(*FULL.args)
    assert told.value.filename == "runs/latest"


def test_a_name_that_the_system_gave_stays() -> None:
    with pytest.raises(OSError, match="No space") as told, writing(Path("runs/latest")):
        raise OSError(*FULL.args, "runs/.latest.tmp")
    assert told.value.filename == "runs/.latest.tmp"
