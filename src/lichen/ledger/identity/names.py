"""Company names in one form, as SQL: `The Müller & Co. GmbH` and `muller and co` are one.

Accents, case, punctuation and legal forms at the end say little about which company it is.
"""

from __future__ import annotations

from lichen.engines.text import literal

LEGAL_FORMS = """
ab ag aktiengesellschaft aps as asa bv bvba co company corp corporation cv eg ev gbr gmbh inc
incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty pvt sa
sarl sas sasu se sl slu spa spzoo srl srls sro ug
"""
"""Words at the end of a name that only say how the company is founded."""
SPACED_FORMS = ("a s", "s a", "s r o", "sp z oo", "sp z o o", "k k", "b v", "l l c")
"""The same, written in several words."""
UNSPACED_FORMS = ("株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司", "㈱")
"""The same, in front of a name or behind it without a space."""
CYRILLIC_FORMS = ("ооо", "оао", "зао", "пао", "ао", "тов")
"""The same, in front of a name."""


def plain_name(name: str) -> str:
    """SQL of the name in its one form: words of plain small letters and digits; null without any.

    Names in scripts without accents or case only lose such forms.
    """
    folded = f"lower(strip_accents(replace({name}, 'ß', 'ss')))"
    joined = f"replace({folded}, '&', ' and ')"
    bare = f"regexp_replace({joined}, {literal('|'.join(UNSPACED_FORMS))}, ' ', 'g')"
    # Dots and apostrophes stand inside words (S.A., O'Brien), other signs between them.
    closed = rf"regexp_replace({bare}, '[.''’`]', '', 'g')"
    words = rf"trim(regexp_replace({closed}, '[^\pL\pN]+', ' ', 'g'))"
    fronts = "|".join(CYRILLIC_FORMS)
    started = f"regexp_replace({words}, '^(the|{fronts}) (.)', '\\2')"
    forms = "|".join([*LEGAL_FORMS.split(), *SPACED_FORMS])
    ended = f"regexp_replace({started}, {literal(f'(( and)? ({forms}))+$')}, '')"
    return f"nullif({ended}, '')"
