"""The time zone is a name of the IANA database."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

EXAMPLES = ("America/New_York", "Asia/Singapore", "Europe/Berlin", "UTC")


def time_zone_is_known(draft: Draft) -> Iterator[Problem]:
    """An offset such as "CET" or "+01:00" does not say when summer time begins."""
    found = draft.definitions.workspace.time_zone
    known = available_timezones()
    if found in known:
        return
    by_city = [name for name in known if name.lower().endswith("/" + found.lower())]
    hint = did_you_mean(found, sorted(known))
    if by_city:
        hint = f"Did you mean '{min(by_city)}'?"
    elif hint.startswith("Known"):
        hint = "For example " + ", ".join(EXAMPLES) + "."
    yield Problem(
        Severity.ERROR,
        ("workspace", "time_zone"),
        f'found "{found}", expected an IANA time zone.',
        hint,
    )
