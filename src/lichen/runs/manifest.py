"""The manifest: what a run is made of, sealed by a hash so that a mixed run is noticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lichen.kernel.ids import content_hash, file_hash
from lichen.runs.errors import RunDamaged, RunFormatRefused

RUN_FORMAT = 1
"""Raised when a reader of the previous format could misread a run; columns are only ever added."""

MANIFEST = "manifest.json"


def readable_formats(newest: int = RUN_FORMAT) -> tuple[int, ...]:
    """The formats that a reader of `newest` accepts: it and the one before."""
    return (newest - 1, newest)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as the text of its file, keys sorted, dates in ISO form."""
    return json.dumps(
        manifest, sort_keys=True, indent=1, default=_iso, ensure_ascii=False, allow_nan=False
    )


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest as read back from its file, with `seal`, the hash of everything else in it."""
    content: dict[str, Any] = json.loads(manifest_text(manifest))
    content.pop("seal", None)
    return {**content, "seal": content_hash(content, length=32)}


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Hash and bytes of every file below `folder`, by its path relative to it."""
    return {
        path.relative_to(folder).as_posix(): {"hash": file_hash(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the run in `folder`, proven whole.

    Raises:
        RunDamaged: it is missing, unreadable, altered, or of another run.
        RunFormatRefused: it was written in a format this version does not read.
    """
    run_id = folder.name
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunDamaged(run_id, f"{MANIFEST} is missing") from None
    except (OSError, ValueError) as error:
        raise RunDamaged(run_id, f"{MANIFEST} cannot be read ({error})") from error
    if not isinstance(manifest, dict):
        raise RunDamaged(run_id, f"{MANIFEST} does not hold an object")
    # The format comes before the seal: a later format may be sealed in another way.
    found = manifest.get("run_format")
    if found not in readable_formats():
        raise RunFormatRefused(run_id, found, readable_formats())
    if manifest.get("seal") != sealed(manifest)["seal"]:
        raise RunDamaged(run_id, f"{MANIFEST} does not match its seal")
    if manifest.get("run_id") != run_id:
        raise RunDamaged(run_id, f"its manifest is of run {manifest.get('run_id')}")
    return manifest


def check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Prove that every file of the run is there with the bytes that were published.

    Raises:
        RunDamaged: a file is missing or holds other bytes.
    """
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise RunDamaged(folder.name, f"{name} is missing")
        if path.stat().st_size != expected["bytes"] or file_hash(path) != expected["hash"]:
            raise RunDamaged(folder.name, f"{name} does not hold the bytes that were published")


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"a manifest cannot hold {value!r}")
