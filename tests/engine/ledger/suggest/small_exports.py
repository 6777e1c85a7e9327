"""Small exports written in tests, looked at as the command looks at files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from lichen.ledger.suggest import ColumnSample, MapSuggestion, Suggestion, TableSample, suggest


def seen(name: str, text: str) -> TableSample:
    """A table of comma-separated text with a header, in lines that may be indented."""
    lines = [line.strip() for line in text.strip().splitlines()]
    header, *records = list(csv.reader(io.StringIO("\n".join(lines))))
    columns = {}
    for place, column in enumerate(header):
        cells = [record[place] for record in records if record[place]]
        distinct = tuple(dict.fromkeys(cells))
        columns[column] = ColumnSample(distinct, len(cells), len(distinct))
    return TableSample(name, len(records), columns)


def proposed(source: str, tables: Mapping[str, str], currency: str | None = "USD") -> Suggestion:
    """What is proposed for a source of these tables."""
    return suggest(source, [seen(name, text) for name, text in tables.items()], currency=currency)


def map_of(suggestion: Suggestion, table: str, entity: str | None = None) -> MapSuggestion:
    """The map of a table; the test fails where there is none."""
    found = suggestion.of(table, entity)
    assert found is not None, f"nothing is proposed for {table}"
    return found


def raw_columns(row: MapSuggestion) -> dict[str, str]:
    """Which raw column each active column of a map comes from."""
    active = (each for each in row.columns if each.is_active and "column" in each.how)
    return {each.column: str(each.how["column"]) for each in active}
