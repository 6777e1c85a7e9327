"""The registrable domain of what people write into a domain field: `www.Acme.co.uk/` is acme.co.uk.

Only a domain that one company can own counts: mail providers, hosts that give everybody a page
(private suffixes of the public-suffix list among them), addresses of machines and names without a
public suffix have none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^(?:mailto|https?):")
AFTER_HOST = re.compile(r"[/?#\\\s,;|<>]")
PORT = re.compile(r":\d*$")
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"(?:{LABEL}\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{{2,63}}")
INSIDE = (".local", ".internal", ".lan", ".localdomain", ".localhost", ".invalid", ".test")
"""Names that only mean something inside one network."""


def registrable(text: str | None) -> str | None:
    """`https://WWW.Acme.co.uk/de` and `ann@mail.acme.co.uk` are both `acme.co.uk`, in ASCII.

    None where there is no public domain, or one that does not tell companies apart.
    """
    host = _host(text or "")
    if host is None:
        return None
    suffix: str | None = _suffixes()[0].publicsuffix(host)
    if suffix is None or len(suffix) == len(host) or not _is_official(suffix):
        return None
    name = host[: -len(suffix) - 1].rpartition(".")[2]
    shared = _shared()
    domain = f"{name}.{suffix}"
    return None if domain in shared or f"{name}.*" in shared else domain


def _host(text: str) -> str | None:
    """The host in plain lower-case ASCII, where the text holds one."""
    low = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("。", ".")
    low = SCHEME.sub("", low.strip().strip("<>\"'").lower(), count=1)
    host = AFTER_HOST.split(low, maxsplit=1)[0].rpartition("@")[2]
    host = PORT.sub("", host).strip(".")
    if not host.isascii():
        host = ".".join(_ascii(label) for label in host.split("."))
    return host if HOST.fullmatch(host) and not host.endswith(INSIDE) else None


def _ascii(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


@cache
def _suffixes() -> tuple[PublicSuffixList, PublicSuffixList]:
    """All public suffixes, and those that registries alone give out."""
    from publicsuffixlist import PublicSuffixList

    everywhere = PublicSuffixList()
    return everywhere, PublicSuffixList(only_icann=True)


@cache
def _is_official(suffix: str) -> bool:
    """Whether a registry gives out names under it, and not a host that many share."""
    return bool(_suffixes()[1].publicsuffix(suffix) == suffix)


@cache
def _shared() -> frozenset[str]:
    text = (files("lichen.ledger.identity") / "unmatched_domains.txt").read_text("utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
