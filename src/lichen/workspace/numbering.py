"""The id of the next run: later than every id before it, whatever the clock says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lichen.kernel.ids import moment_of, new_run_id
from lichen.runs import list_runs
from lichen.vocabulary.finding import Finding, Severity


def next_run_id(root: Path, content: Any) -> tuple[str, tuple[Finding, ...]]:
    """An id for a run made of `content`, and a warning where the clock was moved back.

    Readers fall back on the newest id where the pointer is lost, so ids keep the order in which
    runs were published.
    """
    moments = {moment: run for run in list_runs(root) if (moment := moment_of(run)) is not None}
    newest, now = max(moments, default=None), datetime.now(UTC)
    run_id = new_run_id(content, now, newest)
    if newest is None or now >= newest:
        return run_id, ()
    return run_id, (
        Finding(
            code="clock_moved_back",
            entity="workspace",
            count=1,
            sentence=(
                f"The clock says {now:%Y-%m-%d %H:%M} UTC, but run {moments[newest]} was published "
                "later than that. This run is numbered after it; set the clock right."
            ),
            severity=Severity.WARNING,
        ),
    )
