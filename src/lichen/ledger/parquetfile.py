"""One Parquet file checked against its contract; its rows are read where they are, never copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.engines.text import quoted, read_rows, scan_parquet
from lichen.ledger.contracts import DIGITS, ColumnReading
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.feeds import FeedFile
from lichen.ledger.headers import Header, check_types
from lichen.ledger.reading import Reading, as_it_stands, is_plain_text, reading_of
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Kind


def parse(
    session: Embedded, staging: Path, file: FeedFile, header: Header, definitions: Definitions
) -> dict[str, Any]:
    """Write which rows fail and why into `staging`; returns what the entry says of the file.

    Raises:
        FeedsUnusable: a column has a type that cannot be read, or pages are damaged.
    """
    try:
        types = _types(session, file, header)
        problems = check_types(file, types)
        if problems:
            raise FeedsUnusable(problems)
        reading = _reading(file, types, definitions)
        source = scan_parquet(file.path, types)
        records, failing, plain, in_hundredths = _check(session, reading, source)
        bad = f"SELECT record, failing FROM ({reading.checked(source)}) WHERE failing <> 0"
        if failing:
            session.copy(bad, staging / "failing.parquet")
        reading.write_quarantine(
            session, staging, ENTITIES[file.entity], file.name, source, bad if failing else None
        )
    except QueryFailed as error:
        found = f"cannot be read ({error.reason})."
        problem = FeedProblem(f"feeds/{file.name}", found, "Export it again.")
        raise FeedsUnusable([problem]) from error
    return {
        "columns": reading.names,
        "types": types,
        "trimmed": plain,
        "in_hundredths": in_hundredths,
        "records": records,
        "rejected": 0,
        "failing": failing,
    }


def sound_rows(
    file: FeedFile, folder: Path, info: Mapping[str, Any], definitions: Definitions
) -> str:
    """SQL of the rows of the file that have no failing cell."""
    plain = frozenset(info["trimmed"])
    reading = _reading(file, info["types"], definitions, in_hundredths=info["in_hundredths"])
    known = tuple(as_it_stands(one) if one.column.name in plain else one for one in reading.columns)
    rows = replace(reading, columns=known).values(scan_parquet(file.path, info["types"]))
    if not info["failing"]:
        return rows
    return (
        f"{rows} WHERE record NOT IN (SELECT record FROM {read_rows(folder / 'failing.parquet')})"
    )


def _check(session: Embedded, reading: Reading, source: str) -> tuple[int, int, list[str], bool]:
    """Rows, failing rows, and what later passes need not work out again.

    These are the text columns in which every cell is its own value, and whether all amounts are in
    currencies of two decimals.
    """
    text = [one for one in reading.columns if is_plain_text(one)]
    trim = [
        f"({one.shown} IS NOT DISTINCT FROM {one.cell}) AS {quoted('p_' + one.column.name)}"
        for one in text
    ]
    told = [f"{_stands(one)} AS {quoted('p_' + one.column.name)}" for one in text]
    hundredths = "false" if reading.digits is None else f"{DIGITS} = 2"
    told.append(f"{hundredths} AS in_hundredths")
    every = "".join(f", bool_and({quoted('p_' + one.column.name)})" for one in text)
    found = session.row(
        f"SELECT count(*), count(*) FILTER (failing <> 0), bool_and(in_hundredths){every} "
        f"FROM ({reading.checked(source, trim, told)})"
    )
    plain = [
        one.column.name for one, clean in zip(text, found[3:], strict=True) if clean is not False
    ]
    return found[0], found[1], plain, bool(found[2])


def _stands(one: ColumnReading) -> str:
    """Whether the cell is its own value: nothing to trim, and a word as the contract writes it."""
    name = one.column.name
    trimmed = quoted(f"p_{name}")
    if one.column.kind is Kind.TEXT:
        return trimmed
    cell, value = quoted(f"t_{name}"), quoted(f"v_{name}")
    return f"({trimmed} AND {cell} IS NOT DISTINCT FROM {value})"


def _types(session: Embedded, file: FeedFile, header: Header) -> dict[str, str]:
    """Engine types of the mapped columns; columns that hold only nulls count as text."""
    schema = pq.read_schema(file.path)
    types = session.types(scan_parquet(file.path, header.places))
    return {
        name: "NULL" if pa.types.is_null(schema.field(name).type) else types[name]
        for name in header.places
    }


def _reading(
    file: FeedFile,
    types: Mapping[str, str],
    definitions: Definitions,
    *,
    in_hundredths: bool = False,
) -> Reading:
    raw = {
        name: ("CAST(NULL AS VARCHAR)", "VARCHAR") if held == "NULL" else (quoted(name), held)
        for name, held in types.items()
    }
    return reading_of(ENTITIES[file.entity], raw, definitions, in_hundredths=in_hundredths)
