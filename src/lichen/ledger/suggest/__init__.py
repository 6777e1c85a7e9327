"""A mapping proposed from the names and the values of the columns of a source's exports.

`sample` looks at a raw table in one scan, `suggest` proposes entities for tables and columns for
entities, and `Suggestion.as_toml` writes them as a mapping file that a person edits.
"""

from __future__ import annotations

from lichen.ledger.suggest.proposing import suggest
from lichen.ledger.suggest.samples import ColumnSample, TableSample, sample
from lichen.ledger.suggest.suggestion import (
    ColumnSuggestion,
    Confidence,
    MapSuggestion,
    Suggestion,
)

__all__ = [
    "ColumnSample",
    "ColumnSuggestion",
    "Confidence",
    "MapSuggestion",
    "Suggestion",
    "TableSample",
    "sample",
    "suggest",
]
