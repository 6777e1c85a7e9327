"""JSON as a raw table: one object a line, or one array of objects; nested names joined by dots."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.find import refused
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.unpack import as_utf8, unpacked
from lichen.ledger.raw.workbook import as_text

LONGEST = 1 << 24
LARGEST_ARRAY = 1 << 30
INSIDE = ("results", "data", "records", "items", "value")
EXCERPT = 120
BATCH = 20_000

Reject = list[int | str]


def convert(staging: Path, file: RawFile, hints: Hints, where: str) -> dict[str, Any]:
    """Write one row per object; returns what the entry says.

    Raises:
        FeedsUnusable: it holds no object.
    """
    text = as_utf8(unpacked(file, staging, where), hints.encoding, staging, where)
    names = _names(text.path, where)
    if not names:
        raise refused(where, "holds no JSON object.", "Export one object a line.")
    rejects: list[Reject] = []
    rows = _write(staging, _objects(text.path, where, rejects), names)
    for spare in ("unpacked", "text"):
        (staging / spare).unlink(missing_ok=True)
    return {
        "columns": column_names(names),
        "typed": [True] * len(names),
        "in_place": False,
        "notes": ["JSON"],
        "records": rows + len(rejects),
        "rejects": rejects,
    }


def flat(value: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """`{"a": {"b": 1}}` as `{"a.b": "1"}`; lists stay JSON text."""
    found: dict[str, str | None] = {}
    for key, inside in value.items():
        name = f"{prefix}{key}"
        if isinstance(inside, dict) and inside:
            found |= flat(inside, f"{name}.")
        elif isinstance(inside, list | dict):
            found[name] = json.dumps(inside, ensure_ascii=False) if inside else None
        elif isinstance(inside, int) and not isinstance(inside, bool):
            found[name] = str(inside)
        else:
            found[name] = as_text(inside)
    return found


def _names(path: Path, where: str) -> list[str]:
    """Every name in the file, in the order of first appearance."""
    names: dict[str, None] = {}
    for _, value in _objects(path, where, []):
        names.update(dict.fromkeys(value))
    return list(names)


def _objects(
    path: Path, where: str, rejects: list[Reject]
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Record number and flat object of each; lines that are none go to `rejects`."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    whole = _whole(path, where) if head.startswith(b"[") or _is_wrapped(head) else None
    if whole is not None:
        for record, value in enumerate(whole, start=1):
            if isinstance(value, dict):
                yield record, flat(value)
            else:
                rejects.append([record, str(value)[:EXCERPT], "is no object", "a JSON object"])
        return
    record = 0
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST):
            if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            record += 1
            value, problem = _line(line)
            while not line.endswith(b"\n") and (line := stream.readline(LONGEST)):
                value, problem = None, f"is a line over {LONGEST:,} bytes"
            if value is None:
                shown = line[: 4 * EXCERPT].decode(errors="replace").strip()[:EXCERPT]
                rejects.append([record, shown, problem, "one JSON object a line"])
            else:
                yield record, value


def _line(line: bytes) -> tuple[dict[str, str | None] | None, str]:
    try:
        value = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
        return (flat(value), "") if isinstance(value, dict) else (None, "is no object")
    except UnicodeDecodeError:
        return None, "is not UTF-8"
    except (ValueError, RecursionError):
        return None, "is not JSON"


def _is_wrapped(head: bytes) -> bool:
    """Whether the file begins as one object over several lines, or around a list."""
    first = head.split(b"\n", 1)[0]
    return (head.startswith(b"{") and _line(first)[0] is None) or any(
        f'"{name}":['.encode() in first.replace(b" ", b"")[:200] for name in INSIDE
    )


def _whole(path: Path, where: str) -> list[Any] | None:
    """The objects of a document that is one array, or one object around an array."""
    if path.stat().st_size > LARGEST_ARRAY:
        found = f"is one JSON document of over {LARGEST_ARRAY:,} bytes."
        raise refused(where, found, "Export one object a line (.jsonl).")
    try:
        value = json.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        inside = next((value[name] for name in INSIDE if isinstance(value.get(name), list)), None)
        return inside if inside is not None else [value]
    return value if isinstance(value, list) else None


def _write(
    staging: Path, objects: Iterator[tuple[int, dict[str, str | None]]], names: list[str]
) -> int:
    columns = [f"c{place}" for place in range(len(names))]
    schema = pa.schema([("record", pa.int64()), *((name, pa.string()) for name in columns)])
    rows = 0
    with pq.ParquetWriter(staging / "rows.parquet", schema, compression="zstd") as writer:
        while batch := [one for _, one in zip(range(BATCH), objects, strict=False)]:
            rows += len(batch)
            arrays = [pa.array([record for record, _ in batch], pa.int64())]
            arrays += [
                pa.array([value.get(name) for _, value in batch]).cast(pa.string())
                for name in names
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return rows
