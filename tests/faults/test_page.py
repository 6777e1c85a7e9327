"""docs/faults.md shows the faults that are tried, and no other."""

from __future__ import annotations

from tests.faults.matrix import FAULTS, Fault
from tests.faults.test_kills import ROW
from tests.faults.workspaces import REPOSITORY


def row_of(fault: Fault) -> tuple[str, str, str, str]:
    """The cells of a fault on the page."""
    return fault.name, fault.readers, fault.printed or "nothing", fault.next_run


def rows_of_page() -> list[tuple[str, ...]]:
    """The cells of the page's table, without its head."""
    text = (REPOSITORY / "docs" / "faults.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def test_every_fault_that_is_tried_stands_on_the_page_as_it_is_tried() -> None:
    assert rows_of_page() == [ROW, *map(row_of, FAULTS)]


def test_no_fault_is_named_twice() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names))
