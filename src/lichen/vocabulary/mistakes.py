"""What the models refuse, said for people: found, expected, and the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import KeyPath, Problem

BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}

EXPECTED = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "date_type": "a date such as 2025-12-31",
    "date_parsing": "a date such as 2025-12-31",
    "date_from_datetime_parsing": "a date such as 2025-12-31",
    "date_from_datetime_inexact": "a date without a time, such as 2025-12-31",
    "tuple_type": "a list in square brackets",
    "dict_type": 'a table such as { segment = "smb" }',
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_too_short": "text that is not empty",
    "string_too_long": "a single character",
    "missing": "exactly two names",
    "too_long": "exactly two names",
}


def problems_of(
    errors: Sequence[Mapping[str, Any]], root: type[BaseModel] = Definitions
) -> Iterator[Problem]:
    """One problem per error of the models; `root` is the model of the whole file."""
    for error in errors:
        key: KeyPath = tuple(error["loc"])
        if error["type"] == "extra_forbidden":
            yield _unknown_key(key, root)
        elif key in (("target",), ("pilot",)):
            hint = f"Begin each {key[0]} with [[{key[0]}]]."
            yield Problem(Severity.ERROR, key, "is not a list of tables.", hint)
        elif error["type"] == "missing" and isinstance(key[-1], str):
            yield Problem(Severity.ERROR, key, "is missing.", "Add it; it has no default.")
        else:
            yield _wrong_value(key, error)


def _unknown_key(key: KeyPath, root: type[BaseModel]) -> Problem:
    what = "table" if len(key) == 1 else "key"
    return Problem(
        Severity.ERROR,
        key,
        f"there is no {what} '{key[-1]}' here.",
        did_you_mean(str(key[-1]), keys_of(key[:-1], root)),
    )


def _wrong_value(key: KeyPath, error: Mapping[str, Any]) -> Problem:
    found = f"found {_shown(error['input'])}"
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        words = _words(str(context["expected"]))
        hint = did_you_mean(str(error["input"]), words)
        return Problem(Severity.ERROR, key, f"{found}, expected one of {', '.join(words)}.", hint)
    if kind in BOUNDS:
        phrase, bound = BOUNDS[kind]
        hint = _as_share(error["input"], context[bound]) if kind.startswith("less") else ""
        sentence = f"{found}, expected {phrase} {context[bound]:g}."
        return Problem(Severity.ERROR, key, sentence, hint)
    expected = EXPECTED.get(kind, str(error["msg"]).removeprefix("Input should be "))
    return Problem(Severity.ERROR, key, f"{found}, expected {expected}.")


def _as_share(found: Any, bound: float) -> str:
    """The likely slip where a share up to 1 was written as a percentage."""
    if bound == 1 and isinstance(found, int | float) and 1 < found <= 100:
        return f"Shares are written from 0 to 1: for {found:g}% write {found / 100:g}."
    return ""


def _words(expected: str) -> list[str]:
    """The words of pydantic's "'a', 'b' or 'c'"."""
    return [word.strip("' ") for word in expected.replace(" or ", ", ").split(", ")]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "a table"
    return f"a list of {len(value)}" if isinstance(value, list) else f"{value}"


def keys_of(table: KeyPath, root: type[BaseModel] = Definitions) -> Iterable[str]:
    """The keys that the model at this place knows, as they are written in the file."""
    annotation: Any = root
    for part in table:
        annotation = _inside(annotation, part)
    model = _model_in(annotation) or root
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inside(annotation: Any, part: str | int) -> Any:
    """What stands at a key of a model or dict, or at a place of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        found = (field.annotation for name, field in fields if part in (name, field.alias))
        return next(found, annotation)
    within = [each for each in get_args(annotation) if each not in (NoneType, Ellipsis)]
    if get_origin(annotation) in (dict, tuple) or not within:
        return within[-1] if within else annotation
    return _inside(within[0], part)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation holds, through tuples and dicts."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = (_model_in(part) for part in get_args(annotation))
    return next((model for model in inside if model is not None), None)
