"""Folders named after their content: written aside, synced, renamed; checked before use."""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any

from lichen.kernel.ids import content_hash, file_hash
from lichen.kernel.writing import writing

INFO = "info.json"
STALE_SECONDS = 86_400
UNUSED_SECONDS = 30 * STALE_SECONDS


def staging_folder(root: Path) -> Path:
    """A fresh folder under `.lichen/tmp`, on the same disk as what it will become."""
    folder = root / ".lichen" / "tmp" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    return folder


def sweep_staging(root: Path) -> None:
    """Remove what loads that were killed more than a day ago left behind."""
    _remove_older(root / ".lichen" / "tmp", STALE_SECONDS)


def sweep_unused(folder: Path, used: Collection[str]) -> None:
    """Remove entries that are 30 days old and not among those used now."""
    _remove_older(folder, UNUSED_SECONDS, used)


def _remove_older(parent: Path, seconds: int, spare: Collection[str] = ()) -> None:
    if not parent.is_dir():
        return
    for folder in parent.iterdir():
        try:
            if folder.name not in spare and time.time() - folder.stat().st_mtime > seconds:
                shutil.rmtree(folder)
        except FileNotFoundError:
            continue


def mark_used(folder: Path) -> None:
    """Let an entry count as used now, so that it is not swept while it serves."""
    os.utime(folder)


def commit(staging: Path, target: Path, content: dict[str, Any]) -> None:
    """Make a staged folder the content of `target`, whole or not at all.

    `content` becomes part of `info.json`, beside size and hash of every file. Where a sound folder
    is there already its `tables/` stay, being of the same content, and the rest is replaced file
    by file: names of feeds may have changed.
    """
    files = {
        path.relative_to(staging).as_posix(): {
            "bytes": path.stat().st_size,
            "hash": file_hash(path),
        }
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    }
    write_info(staging, content, files)
    for path in staging.rglob("*"):
        _sync(path)
    _sync(staging)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        if read_info(target, deep=True) is not None:
            _renew(staging, target, content)
            return
        target.rename(staging.with_name(f"{staging.name}.replaced"))
    try:
        staging.rename(target)
    except OSError:
        if read_info(target, deep=True) is None:
            raise
        shutil.rmtree(staging)
    _sync(target.parent)
    shutil.rmtree(staging.with_name(f"{staging.name}.replaced"), ignore_errors=True)


def _renew(staging: Path, target: Path, content: dict[str, Any]) -> None:
    kept = json.loads((target / INFO).read_text(encoding="utf-8"))["files"]
    fresh = json.loads((staging / INFO).read_text(encoding="utf-8"))["files"]
    changed = [name for name in fresh if "/" not in name and fresh[name] != kept.get(name)]
    for name in changed:
        (staging / name).replace(target / name)
    write_info(target, content, {**kept, **{name: fresh[name] for name in changed}})
    shutil.rmtree(staging)


def write_info(folder: Path, content: dict[str, Any], files: dict[str, Any]) -> None:
    """Write `info.json` with a check over itself, replacing an older one atomically."""
    info = {"content": content, "files": files}
    text = json.dumps({**info, "check": content_hash(info)}, indent=1, sort_keys=True)
    aside = folder / f"{INFO}.{uuid.uuid4().hex}"
    with writing(folder / INFO):
        aside.write_text(text, encoding="utf-8")
        _sync(aside)
        aside.replace(folder / INFO)


def read_info(folder: Path, *, deep: bool) -> dict[str, Any] | None:
    """What was committed here; None where anything is absent or not as it was written.

    Sizes are always compared; `deep` reads every file and compares its hash.
    """
    try:
        stored = json.loads((folder / INFO).read_text(encoding="utf-8"))
        check = stored.pop("check")
        if check != content_hash(stored):
            return None
        for name, expected in stored["files"].items():
            path = folder / name
            if path.stat().st_size != expected["bytes"]:
                return None
            if deep and file_hash(path) != expected["hash"]:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Whatever is wrong with a cache entry, the cure is the same: it is built again.
        return None
    content: dict[str, Any] = stored["content"]
    return content


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
