"""Read `lichen.toml`: the definitions, or every problem of the file at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.draft import draft_of
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.lines import line_of, lines_of_keys
from lichen.vocabulary.mistakes import problems_of
from lichen.vocabulary.problems import DefinitionsError, Problem, in_order
from lichen.vocabulary.validate import meaning_problems


@dataclass(frozen=True)
class Checked:
    """What a definitions file says, and what is to be said about it.

    `definitions` is None when there is at least one error.
    """

    definitions: Definitions | None
    problems: tuple[Problem, ...]


def load_definitions(path: Path) -> Definitions:
    """The definitions in this file, defaults filled in.

    Raises:
        DefinitionsError: lists every error of the file, and its warnings with them.
    """
    checked = check_definitions(path)
    if checked.definitions is None:
        raise DefinitionsError(path, checked.problems)
    return checked.definitions


def check_definitions(path: Path) -> Checked:
    """Read and check the file; never raises for what stands in it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return _refused(f"cannot be read: {error.strerror}.", "Write one with `lichen init`.")
    except UnicodeDecodeError as error:
        return _refused(f"is not UTF-8 text (byte {error.start + 1}).", "Save it again as UTF-8.")
    return check_text(text)


def check_text(text: str) -> Checked:
    """Check the content of a definitions file."""
    text = text.replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Checked(None, (_syntax_problem(error),))
    return _checked(content, text)


def _checked(content: dict[str, Any], text: str) -> Checked:
    # Validated as JSON in strict mode: arrays and dates are read, but "24" or true are no numbers.
    try:
        definitions = Definitions.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        wrong = error.errors()
        found = [*problems_of(wrong), *meaning_problems(draft_of(content, wrong))]
        return Checked(None, _with_lines(found, text))
    found = list(meaning_problems(draft_of(content, ())))
    stopped = any(problem.level is Severity.ERROR for problem in found)
    return Checked(None if stopped else definitions, _with_lines(found, text))


def _with_lines(problems: Sequence[Problem], text: str) -> tuple[Problem, ...]:
    if not problems:
        return ()
    lines = lines_of_keys(text)
    return in_order([replace(each, line=line_of(each.key, lines)) for each in problems])


def _syntax_problem(error: tomllib.TOMLDecodeError) -> Problem:
    sentence, line = str(error), re.search(r"at line (\d+)", str(error))
    return Problem(
        Severity.ERROR,
        (),
        f"is not valid TOML: {sentence}.",
        "What follows is not checked until this is corrected.",
        int(line[1]) if line else None,
    )


def _refused(sentence: str, hint: str) -> Checked:
    return Checked(None, (Problem(Severity.ERROR, (), sentence, hint),))
