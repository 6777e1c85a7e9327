"""What is wrong with a definitions file: each problem with its place, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.errors import LichenError
from lichen.vocabulary.finding import Severity

KeyPath = tuple[str | int, ...]

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True)
class Problem:
    """One thing to know about one place of the file.

    An error stops every run. A warning is read as written, though it is probably not what was
    meant. A note is worth knowing. `key` is empty for the file as a whole; `line` counts from 1
    and is None where no line can be named. `hint` is the next step.
    """

    level: Severity
    key: KeyPath
    sentence: str
    hint: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """The key path as people write it: `target[1].groups.served_via`."""
        return key_text(self.key)

    def told(self, file: str) -> str:
        """The problem on one line: file and line, level, key, sentence, hint."""
        line = f":{self.line}" if self.line is not None else ""
        key = f"{self.place}: " if self.key else ""
        return f"{file}{line}: {self.level.value}: {key}{self.sentence} {self.hint}".rstrip()


class DefinitionsError(LichenError):
    """A definitions file that cannot be used; lists every problem, errors first."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = in_order(problems)
        errors = sum(problem.level is Severity.ERROR for problem in problems)
        listed = "\n".join(f"  {problem.told(path.name)}" for problem in self.problems)
        count = "1 error" if errors == 1 else f"{errors} errors"
        super().__init__(
            f"{path} has {count}:\n{listed}",
            "Correct them and run the same command again; `lichen init NEW_FOLDER` writes a "
            "commented file to compare with.",
        )


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Errors first, then by line."""
    return tuple(sorted(problems, key=lambda each: (ORDER.index(each.level), each.line or 0)))


def key_text(key: KeyPath) -> str:
    """A key path as text; a row of an array of tables is numbered from 1, as people count."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text
