"""The workspace currency is an ISO 4217 code."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.kernel.money import currencies
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

MAJOR = ("AUD", "BRL", "CAD", "CHF", "CNY", "EUR", "GBP", "INR", "JPY", "SEK", "SGD", "USD")


def currency_is_known(draft: Draft) -> Iterator[Problem]:
    """Amounts of an unknown currency have no number of digits, so nothing can be reported in it."""
    found = draft.definitions.workspace.currency
    if found in currencies():
        return
    # "Usd" is a slip of case; other near misses are sought among the codes people mostly use.
    hint = f"Did you mean '{found.upper()}'?" if found.upper() in currencies() else ""
    yield Problem(
        Severity.ERROR,
        ("workspace", "currency"),
        f'found "{found}", expected an ISO 4217 code.',
        hint or did_you_mean(found.upper(), MAJOR).replace("Known names", "For example"),
    )
