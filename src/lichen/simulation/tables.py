"""From arrays to Arrow columns in the shape of a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lichen.simulation.draws import Bools, Floats, Ints
from lichen.vocabulary.entities import ENTITIES, Kind

MONEY = pa.decimal128(18, 2)
RATE = pa.decimal128(18, 8)
TEXT = pa.dictionary(pa.int32(), pa.string())
"""Texts are dictionaries in memory and plain text in files."""

_TYPES = {
    Kind.TEXT: TEXT,
    Kind.ENUM: TEXT,
    Kind.ENUM_LIST: TEXT,
    Kind.CURRENCY: TEXT,
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.MONTH: pa.date32(),
    Kind.INSTANT: pa.timestamp("us"),
    Kind.AMOUNT: MONEY,
    Kind.RATE: RATE,
}


def words(codes: Ints, vocabulary: Sequence[str] | pa.Array) -> pa.Array:
    """Words by position; a negative code is null."""
    values = vocabulary if isinstance(vocabulary, pa.Array) else pa.array(vocabulary, pa.string())
    missing = codes < 0
    indices = pa.array(codes.astype(np.int32), mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(indices, values)


def numbered(prefix: str, number: Ints, width: int) -> pa.Array:
    """Texts like `crm:A0000042`."""
    digits = pc.utf8_lpad(pc.cast(pa.array(number), pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together row by row; null where any part is."""
    plain = [p.cast(pa.string()) if isinstance(p, pa.DictionaryArray) else p for p in parts]
    return pc.binary_join_element_wise(*plain, "")


def money(minor: Ints, present: Bools | None = None) -> pa.Array:
    """Major units with two digits; null where not `present`."""
    return _decimal(minor, MONEY, present)


def rates(scaled: Ints) -> pa.Array:
    """Exchange rates from their hundred-millionths."""
    return _decimal(scaled, RATE, None)


def _decimal(scaled: Ints, kind: pa.DataType, present: Bools | None) -> pa.Array:
    # A decimal128 is two little-endian int64: the number, and its sign repeated.
    pair = np.empty((len(scaled), 2), dtype=np.int64)
    pair[:, 0] = scaled
    pair[:, 1] = scaled >> 63
    valid = None if present is None else pa.array(present).buffers()[1]
    return pa.Array.from_buffers(kind, len(scaled), [valid, pa.py_buffer(pair)])


def days(day: Ints, present: Bools | None = None) -> pa.Array:
    """Dates from days since 1970; null where not `present`."""
    mask = None if present is None else ~present
    return pa.array(day.astype(np.int32), mask=mask).view(pa.date32())


def instants(day: Ints, second: Ints, present: Bools | None = None) -> pa.Array:
    """Moments in UTC: a day and the seconds since its midnight."""
    mask = None if present is None else ~present
    return pa.array((day * 86_400 + second) * 1_000_000, mask=mask).view(pa.timestamp("us"))


def whole(value: Ints, present: Bools | None = None) -> pa.Array:
    """Whole numbers; null where not `present`."""
    return pa.array(value.astype(np.int64), mask=None if present is None else ~present)


def real(value: Floats, present: Bools | None = None) -> pa.Array:
    """Real numbers; null where not `present`."""
    return pa.array(value.astype(np.float64), mask=None if present is None else ~present)


def truths(value: Bools, present: Bools | None = None) -> pa.Array:
    """Yes or no; null where not `present`."""
    return pa.array(value, mask=None if present is None else ~present)


def feed(entity: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table of the entity with these columns, in the types of its contract."""
    contract = ENTITIES[entity]
    fields, arrays = [], []
    for name, values in columns.items():
        kind = _TYPES[contract.by_name[name].kind]
        if kind is TEXT and not isinstance(values, pa.DictionaryArray):
            kind = pa.string()
        fields.append(pa.field(name, kind))
        arrays.append(values)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
