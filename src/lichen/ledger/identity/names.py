"""Company names in one form, as SQL: `The Müller & Co. GmbH` and `muller and co` are one.

Accents, case, punctuation and legal forms at the end say little about which company it is.
"""

from __future__ import annotations

from lichen.engines.text import literal

LEGAL_FORMS = """
ab ag aps as asa bv bvba co company corp corporation eg ev gbr gmbh inc incorporated kft kg kk lda
limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty pvt sa sarl sas sasu se sl spa spzoo srl
srls sro ug
"""
"""Words at the end of a name that only say how the company is founded."""


def plain_name(name: str) -> str:
    """SQL of the name in its one form: words of plain small letters and digits; null without any.

    Names in scripts without accents or case stay as they are.
    """
    folded = f"lower(strip_accents(replace({name}, 'ß', 'ss')))"
    joined = f"replace({folded}, '&', ' and ')"
    # Dots and apostrophes stand inside words (S.A., O'Brien), other signs between them.
    closed = rf"regexp_replace({joined}, '[.''’`]', '', 'g')"
    words = rf"trim(regexp_replace({closed}, '[^\pL\pN]+', ' ', 'g'))"
    started = f"regexp_replace({words}, '^the (.)', '\\1')"
    forms = "|".join(LEGAL_FORMS.split())
    ended = f"regexp_replace({started}, {literal(f'(( and)? ({forms}))+$')}, '')"
    return f"nullif({ended}, '')"
