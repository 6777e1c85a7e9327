"""The schema of the last load of each source, kept as a note that no ledger depends on."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lichen.kernel.ids import content_hash
from lichen.kernel.writing import writing
from lichen.ledger.drift.schema import ColumnSeen, Schema

FOLDER = Path(".lichen") / "schemas"


def read_last(root: Path, source: str) -> Schema | None:
    """The schema of the last load of a source; None when there is none that can be read."""
    try:
        return schema_of(json.loads(_path(root, source).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        # The note is only a note: a lost or damaged one means that nothing is compared.
        return None


def keep(root: Path, source: str, schema: Schema) -> None:
    """Remember the schema of a load that succeeded; the file is replaced whole."""
    path = _path(root, source)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid.uuid4().hex}")
    content = {"source": source, **asdict(schema)}
    try:
        with writing(path):
            aside.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _path(root: Path, source: str) -> Path:
    # A source may be called anything in lichen.toml; only plain names become file names.
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", source) is not None
    return root / FOLDER / f"{source if plain else content_hash(source)}.json"


def schema_of(content: Mapping[str, Any]) -> Schema:
    """A schema from what `asdict` made of it."""
    tables = {
        str(table): {
            str(name): ColumnSeen(str(seen["type"]), float(seen["filled"]))
            for name, seen in columns.items()
        }
        for table, columns in content["tables"].items()
    }
    return Schema(tables)
