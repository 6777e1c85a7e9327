"""Names that callers give: read from text or lists, and checked against the known ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lichen.kernel.errors import UnknownName
from lichen.kernel.periods import WindowKind
from lichen.workspace.errors import NothingNamed, UnknownNames, WrongKind

Names = str | Sequence[str] | None

WINDOWS = tuple(each.value for each in WindowKind)
LISTS = {
    "metric": ("metric", 'metric="nrr"'),
    "dimension": ("by", 'by="served_via"'),
    "window": ("windows", 'windows=["12m", "quarter"]'),
    "outcome": ("outcome", 'outcome="logo_retention"'),
    "without": ("without", 'without="model"'),
}
"""The argument that lists names of this kind, and how it is written."""

ONES = {"window": 'window="12m"', "engine": 'engine="duckdb"'}


def names(what: str, given: Names) -> tuple[str, ...]:
    """`"a,b"` or `["a", "b"]` as names, each once; None and an empty list name nothing.

    Raises:
        WrongKind: neither text nor a list of texts.
        NothingNamed: empty text, or nothing between two commas.
    """
    if given is None:
        return ()
    if not isinstance(given, str | Sequence | set | frozenset):
        raise _wrong(what, given)
    parts = given.split(",") if isinstance(given, str) else list(given)
    for part in parts:
        if not isinstance(part, str):
            raise _wrong(what, given)
    found = [part.strip() for part in parts]
    if "" in found:
        raise NothingNamed(what, given)
    return tuple(dict.fromkeys(found))


def check_known(*asked: tuple[str, Sequence[str], Collection[str]]) -> None:
    """Refuse every unknown name at once; each of `asked` is (what, names, known names).

    Raises:
        UnknownName, UnknownNames: one or several are unknown.
    """
    wrong = [
        (what, name, known) for what, given, known in asked for name in given if name not in known
    ]
    if len(wrong) == 1:
        raise UnknownName(*wrong[0])
    if wrong:
        raise UnknownNames(wrong)


def one_name(what: str, given: str) -> tuple[str]:
    """Exactly one name, as the only entry of a tuple.

    Raises:
        WrongKind: it is no text.
    """
    if not isinstance(given, str):
        raise WrongKind(what, given, "text", ONES[what])
    return (given,)


def _wrong(what: str, given: object) -> WrongKind:
    argument, example = LISTS[what]
    return WrongKind(argument, given, "text or a list of texts", example)
