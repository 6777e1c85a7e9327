"""Short content hashes and the ids made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

CHUNK = 1 << 20
MOMENT = "%Y%m%dT%H%M%S%fZ"


def content_hash(value: Any, length: int = 12) -> str:
    """A short hash of a JSON-serialisable value; key order does not count, list order does."""
    return hashlib.blake2b(_text_of(value).encode(), digest_size=16).hexdigest()[:length]


def list_hashes(first: Sequence[Any]) -> Callable[..., str]:
    """The same as `content_hash` of lists that all begin with `first`, which is hashed once.

    What is given back takes the rest of a list, text or dates, and gives 12 hex digits.
    """
    begun = hashlib.blake2b(_text_of(list(first))[:-1].encode(), digest_size=16)

    def of_rest(*rest: Any) -> str:
        ended = begun.copy()
        ended.update(_ending(rest))
        return ended.hexdigest()[:12]

    return of_rest


@lru_cache(maxsize=4096)
def _ending(rest: tuple[Any, ...]) -> bytes:
    """How a list ends: many lists end alike, as figures do in their windows."""
    return "".join([f',"{item}"' for item in rest]).encode() + b"]"


def _text_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)


def file_hash(path: Path) -> str:
    """The full 128-bit content hash of a file, in 32 hex digits."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def new_run_id(content: Any, now: datetime | None = None, after: datetime | None = None) -> str:
    """UTC time to the microsecond plus a short hash of what the run was made of; sorts by time.

    `after` is the moment of the newest id so far: where the clock was moved back behind it, the
    new id takes that moment and a microsecond, so that ids sort in the order of publication.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    if after is not None and moment <= after:
        moment = after + timedelta(microseconds=1)
    return f"{moment:{MOMENT}}-{content_hash(content, 8)}"


def moment_of(run_id: str) -> datetime | None:
    """When a run with this id was made by the clock of then; None where the id tells no time."""
    try:
        return datetime.strptime(run_id.partition("-")[0], MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
