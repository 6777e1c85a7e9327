"""Whether the facts reach the day that figures are asked for."""

from __future__ import annotations

from datetime import date

from lichen.kernel.periods import month_end, month_index
from lichen.vocabulary.finding import Finding, Severity
from lichen.workspace.errors import AsOfOutOfReach

EARLIEST = date(1900, 1, 1)
REACH_MONTHS = 60


def check_reach(day: date, newest: date | None) -> None:
    """Refuse a day that lies so far after the newest fact that it must be a slip.

    Lines without an end still run after the newest fact, so a day beyond it may be asked for.

    Raises:
        AsOfOutOfReach: no fact has a date, or the day is more than five years beyond them all.
    """
    if newest is None or day < EARLIEST or month_index(day) - month_index(newest) > REACH_MONTHS:
        raise AsOfOutOfReach(day, newest, last_day_in_reach(newest))


def last_day_in_reach(newest: date | None) -> date | None:
    """The last day that `check_reach` lets pass."""
    if newest is None:
        return None
    return month_end(min(month_index(newest) + REACH_MONTHS, month_index(date.max)))


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
