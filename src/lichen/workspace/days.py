"""Whether the facts reach the day that figures are asked for."""

from __future__ import annotations

from datetime import date

from lichen.kernel.periods import month_index
from lichen.vocabulary.finding import Finding, Severity
from lichen.workspace.errors import AsOfOutOfReach

EARLIEST = date(1900, 1, 1)


def check_reach(day: date, newest: date | None) -> None:
    """Refuse a day whose twelve-month window could hold no fact at all.

    Raises:
        AsOfOutOfReach: no fact has a date, or all are more than twelve months older.
    """
    if newest is None or day < EARLIEST or month_index(day) - month_index(newest) > 12:
        raise AsOfOutOfReach(day, newest)


def reach_findings(day: date, newest: date | None) -> tuple[Finding, ...]:
    """A warning where figures end in a later month than the facts do."""
    if newest is None or month_index(day) <= month_index(newest):
        return ()
    return (
        Finding(
            code="as_of_beyond_facts",
            entity="workspace",
            count=month_index(day) - month_index(newest),
            sentence=(
                f"Figures are as of {day}, but the newest fact is of {newest}: months after it "
                "look quiet because nothing is known of them. Load newer feeds, or run as of "
                f"{newest}."
            ),
            severity=Severity.WARNING,
        ),
    )
