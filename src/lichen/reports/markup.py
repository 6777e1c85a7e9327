"""HTML that escapes unless told not to: the only way text reaches a page."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"meta", "input", "br", "link"})


class Markup(str):
    """Text that is already HTML; plain `str` is escaped wherever it meets Markup."""

    __slots__ = ()


Child = str | Markup | None
Attribute = str | bool | int | None


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """`<tag attributes>children</tag>`.

    Attribute names lose a trailing underscore and write others as hyphens (`class_`,
    `aria_label`); None and False leave an attribute out, True writes its bare name.
    """
    opened = f"<{tag}{''.join(_attribute(*pair) for pair in attributes.items())}>"
    if tag in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{join(*children)}</{tag}>")


def join(*children: Child) -> Markup:
    """Children one after the other; plain text escaped, None left out."""
    return Markup("".join(_child(child) for child in children if child is not None))


def _child(child: str) -> str:
    return str(child) if isinstance(child, Markup) else escape(child, quote=False)


def _attribute(name: str, value: Attribute) -> str:
    spelled = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {spelled}"
    return f' {spelled}="{escape(str(value))}"'
