"""JSON as a raw table: one object a line, or one array of objects; nested names joined by dots."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.ledger.csvtext import excerpt
from lichen.ledger.raw.celltext import as_text
from lichen.ledger.raw.encoding import as_utf8
from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.foreign import refuse_foreign
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.unpack import unpacked

LONGEST = 1 << 24
LARGEST_ARRAY = 1 << 28
INSIDE = ("results", "data", "records", "items", "value")
AROUND = frozenset(
    "object url count total totalsize total_count size limit offset page pages per_page has_more "
    "hasmore next next_page nextrecordsurl previous prev paging pagination links meta metadata "
    "done status success @odata.context @odata.nextlink schema version generated_at".split()
)
"""Names that answers of programs put around a list; an object with others is itself a record."""

EXCERPT = 120
BATCH = 20_000
BOM = codecs.BOM_UTF8
OBJECT = "a JSON object"

Row = dict[str, str | None]
Reject = list[int | str]


def convert(staging: Path, file: RawFile, hints: Hints, where: str) -> dict[str, Any]:
    """Write one row per object; returns what the entry says.

    Raises:
        FeedsUnusable: it holds no object.
    """
    path = unpacked(file, staging, where)
    refuse_foreign(path, where)
    text = as_utf8(path, hints.encoding, staging, where)
    source = _Objects(text.path, _may_be_one_document(file, text.path), where)
    names = list(dict.fromkeys(name for _, row in source.rows() for name in row))
    columns = column_names(names, where)
    if not names:
        raise refused(where, "holds no JSON object.", "Export one object a line.")
    rows = _write(staging, source.rows(), names)
    return {
        "columns": columns,
        "typed": [True] * len(names),
        "in_place": False,
        "notes": ["JSON", text.note],
        "records": rows + len(source.rejects),
        "rejects": source.rejects,
    }


class _Objects:
    """The objects of a file; what is none stands in `rejects` once all rows were taken."""

    def __init__(self, path: Path, is_document: bool, where: str) -> None:
        self.path, self.rejects = path, list[Reject]()
        self._whole = _whole(path, where) if is_document else None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Record number, counted from 1, and flat object of each."""
        self.rejects = []
        found = _lines(self.path) if self._whole is None else map(_of_value, self._whole)
        for record, (row, problem, shown) in enumerate(found, start=1):
            if row is None:
                self.rejects.append([record, shown, problem, OBJECT])
            else:
                yield record, row


Found = tuple[Row | None, str, str]
"""A row; or none, what is wrong with it, and its beginning."""


def _lines(path: Path) -> Iterator[Found]:
    """One object a line, blank lines left out."""
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST):
            is_long = False
            piece = line
            while not piece.endswith(b"\n") and (piece := stream.readline(LONGEST)):
                is_long = True
            if is_long:
                yield None, f"is a line over {LONGEST:,} bytes", excerpt(line)
            elif line.strip(BOM + b" \t\r\n"):
                yield _of_line(line)


def _of_line(line: bytes) -> Found:
    try:
        value = parsed(line.removeprefix(BOM))
    except UnicodeDecodeError:
        return None, "is not UTF-8", excerpt(line)
    except (ValueError, RecursionError):
        return None, "is not JSON", excerpt(line)
    row, problem, _ = _of_value(value)
    return row, problem, excerpt(line) if row is None else ""


def _of_value(value: Any) -> Found:
    """The flat row of an object, where all its text is text that can be kept."""
    try:
        if not isinstance(value, dict):
            return None, "is no object", json.dumps(value)[:EXCERPT]
        row = flat(value)
        text = "\n".join([*row, *filter(None, row.values())])
        text.encode()
    except RecursionError:
        return None, "is nested too deep", ""
    except _SameName as error:
        return None, str(error), json.dumps(value)[:EXCERPT]
    except UnicodeEncodeError:
        return None, "holds half of a character", json.dumps(value)[:EXCERPT]
    if "\0" in text:
        return None, "holds a NUL character", json.dumps(value)[:EXCERPT]
    return row, "", ""


def parsed(text: bytes) -> Any:
    """JSON whose decimals are kept as they are written: money does not pass through a double."""
    return json.loads(text, parse_float=plain_number, parse_constant=_nothing)


def _nothing(_: str) -> None:
    """NaN and Infinity, which are no JSON, but which programs write for what is missing."""


class _SameName(ValueError):
    """Two values of an object would stand in one cell."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"has two values named {name}")


def plain_number(written: str) -> str:
    """`1.5e3` as `1500`; one with an exponent beyond those of doubles stays as it is written."""
    if "e" not in written.lower():
        return written
    exponent = written.lower().split("e")[1].lstrip("+-0")
    return written if len(exponent) > 3 else format(Decimal(written), "f")


def flat(value: dict[str, Any], prefix: str = "") -> Row:
    """`{"a": {"b": 1}}` as `{"a.b": "1"}`; lists stay JSON text."""
    found: Row = {}
    for key, inside in value.items():
        name = f"{prefix}{key}"
        if isinstance(inside, dict) and inside:
            deeper = flat(inside, f"{name}.")
            twice = next((one for one in deeper if one in found), None)
            if twice is not None:
                raise _SameName(twice)
            found |= deeper
        elif name in found:
            raise _SameName(name)
        elif isinstance(inside, list | dict):
            found[name] = json.dumps(inside, ensure_ascii=False) if inside else None
        elif isinstance(inside, int) and not isinstance(inside, bool):
            found[name] = str(inside)
        else:
            found[name] = as_text(inside)
    return found


def _may_be_one_document(file: RawFile, path: Path) -> bool:
    """Whether the file is to be tried as one array, or one object around an array.

    Names in .jsonl or .ndjson promise lines, and are so read unless they begin an array.
    """
    with path.open("rb") as stream:
        head = stream.read(1 << 16).removeprefix(BOM).lstrip()
    if head.startswith(b"[") or file.format != "json":
        return head.startswith(b"[")
    first = head.split(b"\n", 1)[0]
    is_wrapped = any(f'"{name}":['.encode() in first.replace(b" ", b"") for name in INSIDE)
    return head.startswith(b"{") and (is_wrapped or _of_line(first)[0] is None)


def _whole(path: Path, where: str) -> list[Any] | None:
    """The objects of a document that is one array, or one object around an array."""
    if path.stat().st_size > LARGEST_ARRAY:
        found = f"is one JSON document of over {LARGEST_ARRAY:,} bytes."
        raise refused(where, found, "Export one object a line (.jsonl).")
    try:
        value = parsed(path.read_bytes().removeprefix(BOM))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        lists = [name for name in INSIDE if isinstance(value.get(name), list)]
        others = {str(name).lower() for name in value if name not in lists}
        return value[lists[0]] if len(lists) == 1 and others <= AROUND else [value]
    return value if isinstance(value, list) else None


def _write(staging: Path, objects: Iterator[tuple[int, Row]], names: list[str]) -> int:
    columns = [f"c{place}" for place in range(len(names))]
    schema = pa.schema([("record", pa.int64()), *((name, pa.string()) for name in columns)])
    rows = 0
    with pq.ParquetWriter(staging / "rows.parquet", schema, compression="zstd") as writer:
        while batch := list(islice(objects, BATCH)):
            rows += len(batch)
            arrays = [pa.array([record for record, _ in batch], pa.int64())]
            arrays += [
                pa.array([value.get(name) for _, value in batch], pa.string()) for name in names
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return rows
