"""The registrable domain of messy text, by the public suffix list that ships with the package.

Two rows of one registrable domain belong to one company, unless the domain is one that many
companies share: a provider of mail, or a host under a private suffix (`github.io`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

INSIDE = (".local", ".internal", ".lan", ".localdomain", ".invalid", ".test")
"""Names that only mean something inside one network."""

FREE_MAIL = Path(__file__).with_name("free_mail.txt")
HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)


def registrable(text: str | None) -> str | None:
    """`https://WWW.Acme.co.uk/de` and `ann@mail.acme.co.uk` are both `acme.co.uk`.

    None where there is no public domain, or one that does not tell companies apart.
    """
    found = HOST.match((text or "").strip())
    host = found[1].strip(".").lower() if found else ""
    if "." not in host or host.replace(".", "").isdigit() or host.endswith(INSIDE):
        return None
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    everything, official = _suffixes()
    domain: str | None = official.privatesuffix(host)
    if domain is None or domain in _free_mail():
        return None
    # A host that the full list takes for a public suffix, or puts under one, is shared.
    shared: str | None = everything.privatesuffix(host)
    return domain if shared == domain else None


@lru_cache(maxsize=1)
def _suffixes() -> tuple[Any, Any]:
    """The whole list, and its official part without private suffixes."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(), PublicSuffixList(only_icann=True)


@lru_cache(maxsize=1)
def _free_mail() -> frozenset[str]:
    return frozenset(FREE_MAIL.read_text(encoding="ascii").split())
