"""Text of unknown origin made safe to show: what a terminal or a spreadsheet would obey."""

from __future__ import annotations

import unicodedata

# Embeddings, overrides and isolates let a name change the order of the words around it.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OBEYED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_FORMULA = ("=", "+", "-", "@")


def visible(text: str, *, keep: str = "") -> str:
    """The text with every character that a terminal obeys written as an escape, such as \\x1b.

    Letters of every script, emoji and their joiners stay. `keep` names characters to leave alone,
    such as the line breaks of a text that is meant to have several lines.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter in keep or not _is_obeyed(letter) else _escape(letter) for letter in text
    )


def inert_cell(text: str) -> str:
    """The text as a spreadsheet cell that shows it and never calculates it.

    A text that begins like a formula gets an apostrophe before it, as a person would type it.
    """
    shown = visible(text, keep="\n")
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _is_obeyed(letter: str) -> bool:
    return letter in _REORDERING or unicodedata.category(letter) in _OBEYED


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
