"""A commented `lichen.toml` with every default spelt out, made from the models themselves."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lichen.kernel.errors import LichenError
from lichen.vocabulary.definitions import Definitions, Feed, Pilot, Source, Target

FILE = "lichen.toml"

HEADING = """\
# What this workspace means by its words. Every key stands at its default, so a line may be left
# out. Comments do not count: a definition's hash is taken over its parsed content.
# `lichen define DIR` prints the definitions in force, with their hashes.
"""

FEEDS = """\
# How the files of one entity are read together; one table per entity that differs from this:
"""

EXAMPLES = {
    "as_of": "2025-12-31",
    "observed_from": "2019-01-01",
    "keep_latest_by": '"updated_at"',
    "system": '"salesforce"',
    "folder": '"raw/crm"',
    "mapping": '"mappings/crm.toml"',
}

SOURCES = """\
# Exports of other systems, one table per folder under raw/ that needs one; the first is believed
# first where systems disagree:
"""

TARGETS = """\
# A promise about a figure, with the people who answer for it; one [[target]] per figure:
"""

EXAMPLE_TARGET = {
    "metric": "nrr",
    "groups": {"served_via": "partner"},
    "value": 1.05,
    "owner": "VP Partnerships",
    "co_owners": ["VP Customer Success"],
}


PILOTS = """\
# A play held out from some by lot; `lichen model DIR pilots` says who, and later what it changed:
"""

EXAMPLE_PILOT = {
    "name": "onboarding review 2026",
    "play": "onboarding review",
    "starts_on": date(2026, 1, 1),
}


class AlreadyDefined(LichenError):
    """The folder has definitions already, which are never overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} exists already and is left as it is.",
            "Edit it, or choose another folder.",
        )


def write_template(folder: Path) -> Path:
    """Write a commented lichen.toml into the folder, which is made if missing; returns its path.

    Raises:
        AlreadyDefined: there is one.
    """
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(template())
    except FileExistsError:
        raise AlreadyDefined(path) from None
    return path


def template() -> str:
    """The text of the file: it parses to exactly the default definitions."""
    return "\n".join([HEADING, *_sections()])


def _sections() -> Iterator[str]:
    for name in Definitions.model_fields:
        if name == "feeds":
            yield FEEDS + _commented("[feeds.subscription]\n" + _keys(Feed()))
        elif name == "sources":
            yield SOURCES + _commented("[sources.crm]\n" + _keys(Source()))
        elif name == "target":
            yield TARGETS + _commented("[[target]]\n" + _keys(Target, EXAMPLE_TARGET))
        elif name == "pilot":
            yield PILOTS + _commented("[[pilot]]\n" + _keys(Pilot, EXAMPLE_PILOT))
        else:
            table = getattr(Definitions(), name)
            yield f"# {inspect.getdoc(type(table))}\n[{name}]\n{_keys(table)}"


def _commented(text: str) -> str:
    """Each line as a comment; removing the first two characters brings it back."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _keys(table: BaseModel | type[BaseModel], values: dict[str, Any] | None = None) -> str:
    """The keys of a table, each under its meaning."""
    model = table if isinstance(table, type) else type(table)
    lines = []
    for key, field in model.model_fields.items():
        value = (values or {}).get(key, field.get_default(call_default_factory=True))
        lines.append(f"# {_meaning(field)}")
        # A key without a value is shown as an example of what it takes.
        lines.append(f"# {key} = {_example(key)}" if value is None else f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _meaning(field: FieldInfo) -> str:
    words = list(dict.fromkeys(_choices(field.annotation)))
    choices = f" One of {', '.join(words)}." if words else ""
    described = field.description or ""
    return described if all(word in described for word in words) else described + choices


def _choices(annotation: Any) -> Iterator[str]:
    """The words that a closed annotation allows, through lists."""
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif get_origin(annotation) in (tuple, Union, UnionType):
        for part in get_args(annotation):
            if part not in (NoneType, Ellipsis):
                yield from _choices(part)


def _example(key: str) -> str:
    return EXAMPLES[key]


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return json.dumps(value.value)
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_toml(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    # Text, numbers and booleans are written alike in TOML and JSON.
    return json.dumps(value, ensure_ascii=False)
