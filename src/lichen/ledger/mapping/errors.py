"""What stops a mapping, told all at once."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.kernel.errors import LichenError
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import KeyPath, Problem, in_order


class MappingUnusable(LichenError):
    """A mapping file that cannot be used; `problems` holds every one of them."""

    def __init__(self, shown: str, problems: Sequence[Problem]) -> None:
        self.shown = shown
        self.problems = in_order(problems)
        listed = "\n".join(f"  {problem.told(shown)}" for problem in self.problems)
        errors = sum(problem.level is Severity.ERROR for problem in problems)
        count = "1 error" if errors == 1 else f"{errors} errors"
        super().__init__(
            f"{shown} has {count}:\n{listed}",
            "Nothing was loaded; correct them and load again.",
        )


def error(key: KeyPath, sentence: str, hint: str = "") -> Problem:
    """An error at one place of the file."""
    return Problem(Severity.ERROR, key, sentence, hint)
