"""Imports that go on beside a block."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Timer, active_count

import pytest

from lichen.kernel.ahead import imported_ahead, settle


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules can be imported, and are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("ahead_first", "ahead_second", "ahead_broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_modules_are_imported_beside_the_block(folder: Path) -> None:
    waits = "import sys\nsys.ahead_begun.set()\nsys.ahead_go_on.wait(10)\n"
    (folder / "ahead_first.py").write_text(waits)
    begun, go_on = Event(), Event()
    sys.ahead_begun, sys.ahead_go_on = begun, go_on  # type: ignore[attr-defined]
    with imported_ahead(["ahead_first"]):
        assert begun.wait(10)
        go_on.set()
    assert "ahead_first" in sys.modules


def test_what_has_not_begun_when_the_block_ends_is_left_alone(folder: Path) -> None:
    waits = "import sys\nsys.ahead_begun.set()\nsys.ahead_go_on.wait(10)\n"
    (folder / "ahead_first.py").write_text(waits)
    (folder / "ahead_second.py").write_text("")
    begun, go_on = Event(), Event()
    sys.ahead_begun, sys.ahead_go_on = begun, go_on  # type: ignore[attr-defined]
    threads = active_count()
    with imported_ahead(["ahead_first", "ahead_second"]):
        begun.wait(10)
        # The first module ends a little after the block has.
        Timer(0.2, go_on.set).start()
    assert "ahead_first" in sys.modules
    assert "ahead_second" not in sys.modules
    assert active_count() == threads


def test_a_missing_module_keeps_no_later_one_from_coming(folder: Path) -> None:
    (folder / "ahead_broken.py").write_text("import nowhere_to_be_found")
    (folder / "ahead_second.py").write_text("import sys\nsys.ahead_second_there.set()\n")
    there = Event()
    sys.ahead_second_there = there  # type: ignore[attr-defined]
    with imported_ahead(["ahead_broken", "ahead_second"]):
        assert there.wait(10)
    assert "ahead_broken" not in sys.modules
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        __import__("ahead_broken")


def test_who_settles_meets_no_import_half_done_and_then_the_rest_goes_on(folder: Path) -> None:
    (folder / "ahead_first.py").write_text(
        "import sys\nsys.ahead_begun.set()\nsys.ahead_go_on.wait(10)\nwhole = True\n"
    )
    (folder / "ahead_second.py").write_text("")
    (folder / "ahead_broken.py").write_text("import sys\nsys.ahead_second_there.set()\n")
    begun, go_on, there = Event(), Event(), Event()
    sys.ahead_begun, sys.ahead_go_on = begun, go_on  # type: ignore[attr-defined]
    sys.ahead_second_there = there  # type: ignore[attr-defined]
    with imported_ahead(["ahead_first", "ahead_second"], then=["ahead_broken"]):
        assert begun.wait(10)
        Timer(0.2, go_on.set).start()
        settle()
        assert sys.modules["ahead_first"].whole
        assert "ahead_second" not in sys.modules
        assert there.wait(10)


def test_without_imports_ahead_there_is_nothing_to_settle() -> None:
    threads = active_count()
    settle()
    assert active_count() == threads
